"""What falls due: wake-ups of visitors, candidates of scheduled scenarios; keys without a store in front."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shopbell.adapters import candidates
from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Item, number, text
from shopbell.adapters.dynamo.batches import delete_many, side_by_side
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.pages import Where, page, query
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.ports import Page


@dataclass(frozen=True, slots=True)
class DynamoDueIndex:
    dynamo: Dynamo
    table: str

    def due(self, shard: int, until: Instant) -> Iterator[tuple[StoreId, VisitorId, Instant]]:
        end = keys.millis(until + 1)
        where = Where.of_index("due", keys.DUE, keys.due_partition(shard), "below", end)
        for row in query(self.dynamo, self.table, where):
            at, store, visitor = keys.due_of(text(row, keys.DUE.sort))
            yield store, visitor, at


@dataclass(frozen=True, slots=True)
class DynamoCandidates:
    dynamo: Dynamo
    table: str

    def stores(self, scenario: str, until: Instant) -> frozenset[StoreId]:
        def of_shard(shard: int) -> frozenset[StoreId]:
            return frozenset(StoreId(text(row, "store")) for row in self._rows(scenario, shard, until))

        return frozenset().union(*side_by_side(of_shard, range(keys.CANDIDATE_SHARDS)))

    def page(
        self, scenario: str, store: StoreId, shard: int, until: Instant, cursor: str | None, limit: int
    ) -> Page[tuple[VisitorId, Instant]]:
        after = candidates.after(cursor, store, shard, until)
        start = keys.candidate(scenario, store, after[1], after[0]) if after else None
        rows = self._rows(scenario, shard, until, start)
        mine = (row for row in rows if text(row, "store") == store)
        return page(mine, limit, _candidate, _place)

    def remove(self, scenario: str, store: StoreId, taken: Sequence[tuple[VisitorId, Instant]]) -> None:
        unwanted = (keys.candidate(scenario, store, who, send_at) for who, send_at in taken)
        delete_many(self.dynamo, self.table, unwanted)

    def _rows(self, scenario: str, shard: int, until: Instant, start: keys.Key | None = None) -> Iterator[Item]:
        where = Where(keys.candidate_partition(scenario, shard), "below", keys.millis(until + 1))
        return query(self.dynamo, self.table, where, start=start)


def _candidate(row: Item) -> tuple[VisitorId, Instant]:
    return VisitorId(text(row, "visitor")), number(row, "send_at")


def _place(row: Item) -> str:
    visitor, send_at = _candidate(row)
    return candidates.place(send_at, visitor)
