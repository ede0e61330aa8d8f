"""All products of a store by their age, from an index of keys alone: a changed price writes nothing there."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Final

from shopbell.adapters import cursors
from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import text
from shopbell.adapters.dynamo.batches import side_by_side
from shopbell.adapters.dynamo.catalogue import DynamoCatalogue
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.keys import demand
from shopbell.adapters.dynamo.pages import Where, count, query
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId, StoreId
from shopbell.ports import Page

_AT_A_TIME: Final = 100


@dataclass(frozen=True, slots=True)
class DynamoAssortment:
    """An index lags behind its table by moments: a product that is gone is passed over."""

    dynamo: Dynamo
    table: str

    def newest(self, store: StoreId, since: Instant = 0) -> Iterator[tuple[Instant, ProductId]]:
        return (demand.listed_of(place) for place in self._places(store, demand.listed_place(since, ProductId(""))))

    def page(self, store: StoreId, cursor: str | None, limit: int) -> Page[Product]:
        after = cursors.position(cursor)
        places = list(islice(self._places(store, "", after), limit + 1))
        names = [demand.listed_of(place)[1] for place in places[:limit]]
        found = DynamoCatalogue(self.dynamo, self.table).get_many(store, names)
        more = cursors.encode(places[limit - 1]) if len(places) > limit else None
        return Page(tuple(found[name] for name in names if name in found), more)

    def count(self, store: StoreId) -> int:
        numbers = list(range(demand.LISTED_SHARDS))
        return sum(side_by_side(lambda number: count(self.dynamo, self.table, _where(store, number)), numbers))

    def _places(self, store: StoreId, since: str, before: str | None = None) -> Iterator[str]:
        """Newest first, merged over the shards; each is read a page at a time."""
        shards = [self._shard(store, number, since, before) for number in range(demand.LISTED_SHARDS)]
        return merge(*shards, reverse=True)

    def _shard(self, store: StoreId, number: int, since: str, before: str | None) -> Iterator[str]:
        where = _where(store, number, before)
        for row in query(self.dynamo, self.table, where, limit=_AT_A_TIME, newest_first=True):
            place = text(row, keys.LISTED.sort)
            if place < since:
                return
            yield place


def _where(store: StoreId, number: int, before: str | None = None) -> Where:
    partition = demand.listed_partition(store, number)
    if before is None:
        return Where.of_index("listed", keys.LISTED, partition)
    return Where.of_index("listed", keys.LISTED, partition, "below", before)
