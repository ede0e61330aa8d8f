"""Exact counters: one row per stream shard, guarded by the last sequence number that it counted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Item, n, number, s, text
from shopbell.adapters.dynamo.database import Condition, Dynamo
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.ids import StoreId

LAST: Final = "last_seq"
COUNT: Final = "n_"
"""Before the name of a count, so that none can meet another attribute."""


@dataclass(frozen=True, slots=True)
class DynamoCounters:
    dynamo: Dynamo
    table: str

    def position(self, store: StoreId, subject: str, source_shard: str) -> str | None:
        row = self.dynamo.get(self.table, keys.counter(store, subject, source_shard), LAST)
        return None if row is None else text(row, LAST)

    def add(self, store: StoreId, subject: str, source_shard: str, sequence: str, deltas: Mapping[str, int]) -> bool:
        names = {f"#n{place}": COUNT + name for place, name in enumerate(deltas)}
        values = {f":n{place}": n(delta) for place, delta in enumerate(deltas.values())}
        added = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
        change = Condition("SET #last = :last" + (f" ADD {added}" if added else ""), names, values)
        guard = Condition("attribute_not_exists(#last) OR #last < :last", {"#last": LAST}, {":last": s(sequence)})
        return self.dynamo.update(self.table, keys.counter(store, subject, source_shard), change, guard)

    def total(self, store: StoreId, subject: str) -> Mapping[str, int]:
        totals: Counter[str] = Counter()
        for row in query(self.dynamo, self.table, Where(keys.counters(store, subject))):
            totals.update(_counts(row))
        return dict(totals)

    def by_source(
        self, store: StoreId, subject: str, first: str, last: str
    ) -> Iterator[tuple[str, Mapping[str, int]]]:
        where = Where(keys.counters(store, subject), "from", first)
        for row in query(self.dynamo, self.table, where):
            name = text(row, keys.SK)
            if name > last:
                return
            yield name, _counts(row)


def _counts(row: Item) -> Mapping[str, int]:
    return {name.removeprefix(COUNT): number(row, name) for name in row if name.startswith(COUNT)}
