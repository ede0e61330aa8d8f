"""Daily counts of what sells, moved with the places of their sources, and the lists rolled up from them."""

import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Final

import orjson

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Item, binary, keyed, n, number, s, seconds, text
from shopbell.adapters.dynamo.batches import get_many, put_many, side_by_side
from shopbell.adapters.dynamo.database import Condition, Dynamo, update_op
from shopbell.adapters.dynamo.keys import demand as places
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.clock import DAY, Clock, Duration, Instant
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.recommend.lists import NOTHING, Arrival, Demand, Overview, Popular, TopList
from shopbell.domain.recommend.portions import Portion, Row

DAYS_KEPT: Final[Duration] = 100 * DAY
PLACE_KEPT: Final[Duration] = 7 * DAY
"""A stream holds what it tells for a day: an older record never comes again."""
_FIELDS: Final = ("orders", "units", "revenue", "views")
_AT: Final = "at"


@dataclass(frozen=True, slots=True)
class DynamoDemandCounters:
    dynamo: Dynamo
    table: str
    shards: Callable[[StoreId], int]
    now: Clock

    def positions(self, store: StoreId, sources: Collection[str]) -> Mapping[str, str]:
        wanted = {places.demand_place(store, one)[keys.PK]: one for one in sources}
        rows = get_many(self.dynamo, self.table, (places.demand_place(store, one) for one in sources))
        return {wanted[text(row, keys.PK)]: text(row, _AT) for row in rows}

    def add(self, store: StoreId, portions: Sequence[Portion], moved: Mapping[str, tuple[str | None, str]]) -> bool:
        """One transaction. Which shard and slot its rows are in follows from what it moves: any would do."""
        digest = zlib.crc32("\n".join(f"{source} {after}" for source, (_, after) in sorted(moved.items())).encode())
        shard, slot = digest % self.shards(store), digest // 256 % places.SLOTS
        sums: dict[Row, Demand] = {}
        for portion in portions:
            for row, demand in portion.rows.items():
                sums[row] = sums.get(row, NOTHING) + demand
        operations = [self._move(store, source, *steps) for source, steps in moved.items()]
        for (day, product), demand in sums.items():
            key = places.demand(store, day, shard, slot, product)
            operations.append(update_op(self.table, key, _added(demand, day)))
        return not self.dynamo.transact(operations)

    def day(self, store: StoreId, day: int) -> Iterator[tuple[ProductId, Demand]]:
        def read(shard: int) -> list[tuple[ProductId, Demand]]:
            rows = query(self.dynamo, self.table, Where(places.demand_day(store, day, shard)))
            return [(places.demand_product(text(row, keys.SK)), _demand(row)) for row in rows]

        return (found for rows in side_by_side(read, range(self.shards(store))) for found in rows)

    def _move(self, store: StoreId, source: str, before: str | None, after: str) -> Mapping[str, Any]:
        change = Condition(
            "SET #at = :after, #ttl = :ttl",
            {"#at": _AT, "#ttl": keys.TTL},
            {":after": s(after), ":ttl": seconds(self.now() + PLACE_KEPT)},
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
