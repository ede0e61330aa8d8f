"""Members and their log in memory."""

from dataclasses import dataclass

from shopbell.adapters.dynamo import keys
from shopbell.adapters.memory.world import MemoryWorld, page_of
from shopbell.domain.ids import SegmentId, StoreId, VisitorId, visitor_shard
from shopbell.domain.membership import LogLine, Member
from shopbell.ports import Page


@dataclass(frozen=True, slots=True)
class MemoryMemberships:
    world: MemoryWorld

    def page(self, store: StoreId, segment: SegmentId, shard: int, cursor: str | None, limit: int) -> Page[Member]:
        with self.world.lock:
            shards = self.world.shards(store)
            rows = [
                row
                for who, row in self.world.members.get((store, segment), {}).items()
                if visitor_shard(store, who, shards) == shard
            ]
        return page_of(rows, lambda row: row.visitor, cursor, limit)

    def log_of_segment(self, store: StoreId, segment: SegmentId, cursor: str | None, limit: int) -> Page[LogLine]:
        with self.world.lock:
            lines = [
                line
                for (owner, _), written in self.world.log.items()
                for line in written
                if owner == store and line.flip.segment == segment
            ]
        return page_of(lines, lambda line: _place(line, line.visitor), cursor, limit, newest_first=True)

    def log_of_visitor(self, store: StoreId, visitor: VisitorId, cursor: str | None, limit: int) -> Page[LogLine]:
        with self.world.lock:
            lines = list(self.world.log.get((store, visitor), []))
        return page_of(lines, lambda line: _place(line, line.flip.segment), cursor, limit, newest_first=True)


def _place(line: LogLine, subject: str) -> str:
    return keys.log_sort(line.flip.at, line.profile_version, subject)
