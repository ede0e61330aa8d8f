"""Members and their log in memory."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from shopbell.adapters.dynamo import keys
from shopbell.adapters.memory.world import MemoryWorld, page_of
from shopbell.domain.clock import Instant
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

    def of_visitor(
        self, store: StoreId, visitor: VisitorId, segments: Collection[SegmentId]
    ) -> Mapping[SegmentId, Member]:
        with self.world.lock:
            found = {name: self.world.members.get((store, name), {}).get(visitor) for name in segments}
        return {name: row for name, row in found.items() if row is not None}

    def log_of_shard(
        self, store: StoreId, segment: SegmentId, shard: int, since: Instant, limit: int
    ) -> Sequence[LogLine]:
        with self.world.lock:
            shards = self.world.shards(store)
            lines = [
                written
                for (owner, who), history in self.world.log.items()
                for written in history
                if (owner, written[0].flip.segment) == (store, segment)
                and visitor_shard(store, who, shards) == shard
                and written[0].flip.at >= since
            ]
        return _page(lines, lambda line: line.visitor, None, limit).items

    def log_of_segment(self, store: StoreId, segment: SegmentId, cursor: str | None, limit: int) -> Page[LogLine]:
        with self.world.lock:
            lines = [
                written
                for (owner, _), history in self.world.log.items()
                for written in history
                if owner == store and written[0].flip.segment == segment
            ]
        return _page(lines, lambda line: line.visitor, cursor, limit)

    def log_of_visitor(self, store: StoreId, visitor: VisitorId, cursor: str | None, limit: int) -> Page[LogLine]:
        with self.world.lock:
            lines = list(self.world.log.get((store, visitor), []))
        return _page(lines, lambda line: line.flip.segment or line.flip.cause, cursor, limit)


def _page(
    lines: Sequence[tuple[LogLine, int]], subject: Callable[[LogLine], str], cursor: str | None, limit: int
) -> Page[LogLine]:
    def place(written: tuple[LogLine, int]) -> str:
        line, repeat = written
        return keys.log_sort(line.flip.at, line.profile_version, subject(line), repeat)

    found = page_of(lines, place, cursor, limit, newest_first=True)
    return Page(tuple(line for line, _ in found.items), found.cursor)
