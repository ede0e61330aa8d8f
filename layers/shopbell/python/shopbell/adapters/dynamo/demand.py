"""Daily counts of what sells, moved with the places of their sources, and the lists rolled up from them."""

import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Final

import orjson

from shopbell.adapters.dynamo import bonds as rows_of_bonds
from shopbell.adapters.dynamo import keys, named_rows
from shopbell.adapters.dynamo.attributes import Item, b, binary, keyed, maybe_text, n, number, s, seconds, text
from shopbell.adapters.dynamo.batches import get_many, put_many, side_by_side
from shopbell.adapters.dynamo.database import Condition, Dynamo, update_op
from shopbell.adapters.dynamo.keys import demand as places
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.clock import DAY, Clock, Duration, Instant
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.recommend.bonds import Bonds, Subject
from shopbell.domain.recommend.lists import NOTHING, Arrival, Demand, Overview, Popular, TopList
from shopbell.domain.recommend.named import ProductList
from shopbell.domain.recommend.portions import Addition, Place, Portion, Row
from shopbell.domain.recommend.together import Note, packed_notes, unpacked_notes
from shopbell.ports.demand import NOTES_KEPT

DAYS_KEPT: Final[Duration] = 100 * DAY
BONDS_KEPT: Final[Duration] = 400 * DAY
PLACE_KEPT: Final[Duration] = 7 * DAY
"""A stream holds what it tells for a day: an older record never comes again."""
_FIELDS: Final = ("orders", "units", "revenue", "views")
_AT: Final = "at"
_TRAIL: Final = "trail"


@dataclass(frozen=True, slots=True)
class DynamoDemandCounters:
    dynamo: Dynamo
    table: str
    shards: Callable[[StoreId], int]
    now: Clock

    def places(self, store: StoreId, sources: Collection[str]) -> Mapping[str, Place]:
        wanted = {places.demand_place(store, one)[keys.PK]: one for one in sources}
        rows = get_many(self.dynamo, self.table, (places.demand_place(store, one) for one in sources))
        return {wanted[text(row, keys.PK)]: Place(text(row, _AT), maybe_text(row, _TRAIL) or "") for row in rows}

    def add(self, store: StoreId, addition: Addition) -> bool:
        """One transaction. Which shard and slot its rows are in follows from what it moves: any would do."""
        moved = addition.moved
        digest = zlib.crc32("\n".join(f"{source} {to.at}" for source, (_, to) in sorted(moved.items())).encode())
        shard, slot = digest % self.shards(store), digest // 256 % places.SLOTS
        sums: dict[Row, Demand] = {}
        for portion in addition.portions:
            for row, demand in portion.rows.items():
                sums[row] = sums.get(row, NOTHING) + demand
        operations = [self._move(store, source, *steps) for source, steps in moved.items()]
        for (day, product), demand in sums.items():
            key = places.demand(store, day, shard, slot, product)
            operations.append(update_op(self.table, key, _added(demand, day)))
        operations += [self._noted(store, addition.day, shard, one) for one in addition.portions if one.notes]
        return not self.dynamo.transact(operations)

    def notes(self, store: StoreId, day: int) -> Iterator[Note]:
        def read(shard: int) -> list[Note]:
            rows = query(self.dynamo, self.table, Where(places.notes_day(store, day, shard)))
            return [note for row in rows for note in unpacked_notes(binary(row, "body"))]

        return (found for rows in side_by_side(read, range(self.shards(store))) for found in rows)

    def day(self, store: StoreId, day: int) -> Iterator[tuple[ProductId, Demand]]:
        def read(shard: int) -> list[tuple[ProductId, Demand]]:
            rows = query(self.dynamo, self.table, Where(places.demand_day(store, day, shard)))
            return [(places.demand_product(text(row, keys.SK)), _demand(row)) for row in rows]

        return (found for rows in side_by_side(read, range(self.shards(store))) for found in rows)

    def _noted(self, store: StoreId, day: int, shard: int, one: Portion) -> Mapping[str, Any]:
        """An update, as all that the transaction does: it is the only one to name this row."""
        change = Condition(
            "SET #body = :body, #ttl = :ttl",
            {"#body": "body", "#ttl": keys.TTL},
            {":body": b(packed_notes(one.notes)), ":ttl": seconds(day * DAY + NOTES_KEPT)},
        )
        return update_op(self.table, places.note(store, day, shard, one.source, one.place), change)

    def _move(self, store: StoreId, source: str, before: str | None, after: Place) -> Mapping[str, Any]:
        change = Condition(
            "SET #at = :after, #ttl = :ttl" + (", #trail = :trail" if after.trail else " REMOVE #trail"),
            {"#at": _AT, "#trail": _TRAIL, "#ttl": keys.TTL},
            {":after": s(after.at), ":ttl": seconds(self.now() + PLACE_KEPT)}
            | ({":trail": s(after.trail)} if after.trail else {}),
        )
        guard = (
            Condition("attribute_not_exists(#at)")
            if before is None
            else Condition("#at = :was", {}, {":was": s(before)})
        )
        return update_op(self.table, places.demand_place(store, source), change, guard)


@dataclass(frozen=True, slots=True)
class DynamoTops:
    dynamo: Dynamo
    table: str
    now: Clock
    kept: Duration = 30 * DAY

    def lists(self, store: StoreId, scopes: Collection[str]) -> Mapping[str, TopList]:
        rows = get_many(self.dynamo, self.table, (places.top_list(store, one) for one in scopes))
        return {top.scope: top for top in (_top(binary(row, "body")) for row in rows)}

    def overview(self, store: StoreId) -> Overview:
        row = self.dynamo.get(self.table, places.overview(store))
        return Overview() if row is None else _overview(binary(row, "body"))

    def save(self, store: StoreId, lists: Sequence[TopList], overview: Overview) -> None:
        put_many(
            self.dynamo, self.table, (self._row(places.top_list(store, top.scope), _packed(top)) for top in lists)
        )
        self.dynamo.put(self.table, self._row(places.overview(store), orjson.dumps(overview)))

    def named(self, store: StoreId) -> Sequence[ProductList]:
        return named_rows.all_of(self.dynamo, self.table, store)

    def put_named(self, given: ProductList) -> bool:
        return named_rows.put(self.dynamo, self.table, given)

    def bonds(self, store: StoreId, subjects: Collection[Subject]) -> Mapping[Subject, Bonds]:
        return rows_of_bonds.united_of(self.dynamo, self.table, store, subjects)

    def kept_bonds(self, store: StoreId, subjects: Collection[Subject]) -> Mapping[Subject, Bonds]:
        return rows_of_bonds.kept_of(self.dynamo, self.table, store, subjects)

    def keep_bonds(self, store: StoreId, rows: Mapping[Subject, Bonds], through: int | None = None) -> None:
        gone = seconds(self.now() + BONDS_KEPT)
        put_many(self.dynamo, self.table, rows_of_bonds.items(store, rows, rows_of_bonds.KEPT, gone))
        if through is not None:
            self.dynamo.put(self.table, {**keyed(places.bonds_kept(store)), "day": n(through), keys.TTL: gone})

    def renew_bonds(self, store: StoreId, rows: Mapping[Subject, Bonds]) -> None:
        gone = seconds(self.now() + NOTES_KEPT)
        put_many(self.dynamo, self.table, rows_of_bonds.items(store, rows, rows_of_bonds.NEW, gone))

    def kept_through(self, store: StoreId) -> int | None:
        row = self.dynamo.get(self.table, places.bonds_kept(store))
        return None if row is None else number(row, "day")

    def claim(self, store: StoreId, now: Instant, until: Instant) -> bool:
        names = {"#until": "until", "#ttl": keys.TTL}
        change = Condition("SET #until = :until, #ttl = :ttl", names, {":until": n(until), ":ttl": seconds(until)})
        free = Condition("attribute_not_exists(#until) OR #until <= :now", {}, {":now": n(now)})
        return self.dynamo.update(self.table, places.roll_up(store), change, free)

    def _row(self, key: Mapping[str, str], body: bytes) -> Item:
        return {**keyed(key), "body": {"B": body}, keys.TTL: seconds(self.now() + self.kept)}


def _added(demand: Demand, day: int) -> Condition:
    counted = {name: value for name, value in zip(_FIELDS, astuple(demand), strict=True) if value}
    names = {f"#{name}": name for name in counted} | {"#ttl": keys.TTL}
    values = {f":{name}": n(value) for name, value in counted.items()} | {":ttl": seconds(day * DAY + DAYS_KEPT)}
    adding = ", ".join(f"#{name} :{name}" for name in counted)
    return Condition("SET #ttl = :ttl" + (f" ADD {adding}" if adding else ""), names, values)


def _demand(row: Item) -> Demand:
    return Demand(*(number(row, name) if name in row else 0 for name in _FIELDS))


def _packed(top: TopList) -> bytes:
    rows = [(one.product, [astuple(demand) for demand in one.windows]) for one in top.products]
    return orjson.dumps([top.scope, rows, [astuple(demand) for demand in top.totals]])


def _top(body: bytes) -> TopList:
    scope, rows, totals = orjson.loads(body)
    return TopList(
        scope,
        tuple(Popular(ProductId(name), tuple(Demand(*row) for row in windows)) for name, windows in rows),
        tuple(Demand(*row) for row in totals),
    )


def _overview(body: bytes) -> Overview:
    raw = orjson.loads(body)
    new = tuple(Arrival(ProductId(one["product"]), one["created_at"], one["early_views"]) for one in raw["arrivals"])
    return Overview(new, tuple(map(ProductId, raw["recent"])), raw["categories"], raw["made_at"])
