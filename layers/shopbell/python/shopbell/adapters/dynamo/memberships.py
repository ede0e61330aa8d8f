"""Members and the log of their entries and exits, as `commits` wrote them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from itertools import chain, islice
from typing import cast

from shopbell.adapters import cursors
from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Item, maybe_text, number, text, truth
from shopbell.adapters.dynamo.batches import get_many, side_by_side
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.pages import Where, page, query
from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId, StoreId, VisitorId, visitor_shard
from shopbell.domain.membership import Change, Flip, LogLine, Member
from shopbell.ports import Page

_HEADS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class DynamoMemberships:
    dynamo: Dynamo
    members: str
    """Table name."""
    log: str
    """Table name."""
    shards: Callable[[StoreId], int]

    def page(self, store: StoreId, segment: SegmentId, shard: int, cursor: str | None, limit: int) -> Page[Member]:
        after = cursors.position(cursor)
        partition = keys.members(store, segment, shard)
        where = Where(partition) if after is None else Where(partition, "above", after)
        rows = query(self.dynamo, self.members, where, limit=limit + 1)
        return page(rows, limit, member, lambda row: text(row, keys.SK))

    def of_visitor(
        self, store: StoreId, visitor: VisitorId, segments: Collection[SegmentId]
    ) -> Mapping[SegmentId, Member]:
        shard = visitor_shard(store, visitor, self.shards(store))
        wanted = ({keys.PK: keys.members(store, name, shard), keys.SK: visitor} for name in segments)
        rows = get_many(self.dynamo, self.members, wanted)
        return {keys.members_of(text(row, keys.PK))[1]: member(row) for row in rows}

    def log_of_shard(
        self, store: StoreId, segment: SegmentId, shard: int, since: Instant, limit: int
    ) -> Sequence[LogLine]:
        where = Where(keys.members(store, segment, shard), "from", keys.millis(max(since, 0)))
        rows = query(self.dynamo, self.log, where, limit=limit, newest_first=True)
        return [line(row) for row in islice(rows, limit)]

    def log_of_segment(self, store: StoreId, segment: SegmentId, cursor: str | None, limit: int) -> Page[LogLine]:
        before = cursors.position(cursor)
        shards = self.shards(store)
        at_a_time = limit + 1 if shards == 1 else max(4, 2 * limit // shards + 1)

        def head(shard: int) -> Iterator[Item]:
            return self._shard_log(keys.members(store, segment, shard), before, at_a_time)

        heads = side_by_side(head, range(shards), _HEADS_AT_ONCE)
        newest = merge(*heads, key=_segment_place, reverse=True)
        return page(newest, limit, line, _segment_place)

    def log_of_visitor(self, store: StoreId, visitor: VisitorId, cursor: str | None, limit: int) -> Page[LogLine]:
        before = cursors.position(cursor)
        where = Where.of_index("by_visitor", keys.BY_VISITOR, keys.visitor(store, visitor))
        where = where if before is None else replace(where, sort="below", value=before)
        rows = query(self.dynamo, self.log, where, limit=limit + 1, newest_first=True)
        return page(rows, limit, line, lambda row: text(row, keys.BY_VISITOR.sort))

    def _shard_log(self, partition: str, before: str | None, at_a_time: int) -> Iterator[Item]:
        """The newest lines of a shard; the first read is done at once, so that shards are read side by side."""
        where = Where(partition) if before is None else Where(partition, "below", before)
        rows = query(self.dynamo, self.log, where, limit=at_a_time, newest_first=True)
        first = next(rows, None)
        return iter(()) if first is None else chain((first,), rows)


def _segment_place(row: Item) -> str:
    return text(row, keys.SK)


def member(row: Item) -> Member:
    """A row as read, or as the stream of the table shows it."""
    return Member(
        visitor=VisitorId(text(row, keys.SK)),
        entered_at=number(row, "entered_at"),
        reachable=truth(row, "reach"),
        version=number(row, "segment_ver") if "segment_ver" in row else 0,
    )


def is_line(row: Item) -> bool:
    """A row of the log, where rows of several tables meet."""
    return "change" in row


def line(row: Item) -> LogLine:
    flip = Flip(
        segment=SegmentId(text(row, "segment")),
        version=number(row, "segment_ver"),
        change=cast("Change", text(row, "change")),
        at=number(row, "at"),
        cause=text(row, "cause"),
        leaf=maybe_text(row, "leaf"),
    )
    return LogLine(VisitorId(text(row, "visitor")), flip, number(row, "ver"))
