"""Report counts: sums by the hour and over all, in one transaction with the rows of the people they come from."""

import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Item, b, binary, n, number, seconds, text
from shopbell.adapters.dynamo.batches import get_many
from shopbell.adapters.dynamo.counters import COUNT
from shopbell.adapters.dynamo.database import Condition, Dynamo, update_op
from shopbell.adapters.dynamo.keys import reports as places
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.attribution.cells import Cells
from shopbell.domain.clock import DAY, Clock, Duration, Instant
from shopbell.domain.ids import StoreId
from shopbell.ports.attribution import Row, RowKind, RowName

_KEPT: Final[Mapping[RowKind, Duration]] = {
    "receipts": 7 * DAY,
    "orders": 400 * DAY,
    "lift": 400 * DAY,
    "claim": 400 * DAY,
}
_HOURS_KEPT: Final[Duration] = 400 * DAY


@dataclass(frozen=True, slots=True)
class DynamoReportCounts:
    dynamo: Dynamo
    table: str
    now: Clock

    def rows(self, store: StoreId, names: Collection[RowName]) -> Mapping[RowName, Row]:
        wanted = {tuple(places.person(store, *name).values()): name for name in names}
        found = get_many(self.dynamo, self.table, (places.person(store, *name) for name in names))
        return {
            wanted[text(row, keys.PK), text(row, keys.SK)]: Row(number(row, "ver"), binary(row, "body"))
            for row in found
        }

    def add(self, store: StoreId, rows: Mapping[RowName, Row], cells: Cells) -> bool:
        words = "\n".join(f"{name} {row.version}" for name, row in sorted(rows.items()))
        slot = zlib.crc32(words.encode()) % places.SLOTS
        totals: dict[str, Counter[str]] = {}
        hours: dict[tuple[str, Instant], Counter[str]] = {}
        for cell, count in cells.items():
            totals.setdefault(cell.source_id, Counter())[cell.name] += count
            hours.setdefault((cell.source_id, cell.at), Counter())[cell.name] += count
        operations = [self._written(store, name, row) for name, row in rows.items()]
        for source, counts in totals.items():
            operations.append(update_op(self.table, places.total(store, source, slot), _added(counts, None)))
        for (source, at), counts in hours.items():
            key = places.hour(store, source, at, slot)
            operations.append(update_op(self.table, key, _added(counts, at + _HOURS_KEPT)))
        return not self.dynamo.transact(operations)

    def totals(self, store: StoreId, source_id: str) -> Mapping[str, int]:
        total: Counter[str] = Counter()
        where = Where(places.counts(store, source_id), "prefix", places.TOTALS)
        for row in query(self.dynamo, self.table, where):
            total.update(_counts(row))
        return dict(total)

    def hours(
        self, store: StoreId, source_id: str, start: Instant, end: Instant
    ) -> Iterator[tuple[Instant, Mapping[str, int]]]:
        where = Where(places.counts(store, source_id), "from", places.hours_from(start))
        for row in query(self.dynamo, self.table, where):
            name = text(row, keys.SK)
            if not name.startswith(places.HOURS) or places.hour_of(name) >= end:
                return
            yield places.hour_of(name), _counts(row)

    def _written(self, store: StoreId, name: RowName, row: Row) -> Mapping[str, Any]:
        change = Condition(
            "SET #ver = :ver, #body = :body, #ttl = :ttl",
            {"#ver": "ver", "#body": "body", "#ttl": keys.TTL},
            {":ver": n(row.version), ":body": b(row.body), ":ttl": seconds(self.now() + _KEPT[name[1]])},
        )
        guard = (
            Condition("attribute_not_exists(#ver)")
            if row.version == 1
            else Condition("#ver = :was", {}, {":was": n(row.version - 1)})
        )
        return update_op(self.table, places.person(store, *name), change, guard)


def _added(counts: Mapping[str, int], until: Instant | None) -> Condition:
    names = {f"#n{place}": COUNT + name for place, name in enumerate(counts)}
    values = {f":n{place}": n(count) for place, count in enumerate(counts.values())}
    adding = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
    if until is None:
        return Condition(f"ADD {adding}", names, values)
    return Condition(f"SET #ttl = :ttl ADD {adding}", {**names, "#ttl": keys.TTL}, {**values, ":ttl": seconds(until)})


def _counts(row: Item) -> Mapping[str, int]:
    return {name.removeprefix(COUNT): number(row, name) for name in row if name.startswith(COUNT)}
