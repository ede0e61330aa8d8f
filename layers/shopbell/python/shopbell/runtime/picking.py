"""The wiring of what picks products, for every function that shows some."""

from collections.abc import Callable, Sequence
from typing import Final

from shopbell.adapters.dynamo.assortment import DynamoAssortment
from shopbell.adapters.dynamo.catalogue import DynamoCatalogue
from shopbell.adapters.dynamo.demand import DynamoDemandCounters, DynamoTops
from shopbell.adapters.dynamo.sends import DynamoSends
from shopbell.adapters.dynamo.stockroom import DynamoStockroom
from shopbell.app.recommend import Recommend
from shopbell.app.rollup import Refresh, RollUp
from shopbell.app.shelves import Shelves
from shopbell.app.tracking.landing import PickList
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.versions import Version
from shopbell.ports import Stores, Visitors
from shopbell.runtime import clients, clock

VERSIONS: Final = 50
"""Of a product, the newest: more changes than one a day say enough."""
Shards = Callable[[StoreId], int]


def recommend(runs_table: str, catalogue_table: str, shards: Shards) -> Recommend:
    """One for a worker: it keeps lists and products for minutes."""
    rolling = roll_up(runs_table, catalogue_table, shards)
    refresh = Refresh(rolling, rolling.tops, clock.now)
    return Recommend(Shelves(rolling.tops, rolling.catalogue, refresh, clock.now, _past(catalogue_table)))


def landing(
    runs_table: str, catalogue_table: str, stores: Stores, visitors: Visitors, visitors_table: str
) -> PickList:
    """For the pages that messages lead to. It reads the lists of what sells and leaves rolling them up to others."""
    dynamo = clients.dynamo()
    catalogue, tops = DynamoCatalogue(dynamo, catalogue_table), DynamoTops(dynamo, runs_table, clock.now)
    select = Recommend(Shelves(tops, catalogue, lambda _: False, clock.now, _past(catalogue_table)))
    return PickList(stores, visitors, DynamoSends(dynamo, visitors_table), catalogue, select, clock.now)


def _past(catalogue_table: str) -> Callable[[StoreId, ProductId], Sequence[Version]]:
    stockroom = DynamoStockroom(clients.dynamo(), catalogue_table)
    return lambda store, product: stockroom.versions(store, product, None, VERSIONS).items


def roll_up(runs_table: str, catalogue_table: str, shards: Shards) -> RollUp:
    dynamo = clients.dynamo()
    return RollUp(
        DynamoDemandCounters(dynamo, runs_table, shards, clock.now),
        DynamoTops(dynamo, runs_table, clock.now),
        DynamoCatalogue(dynamo, catalogue_table),
        DynamoAssortment(dynamo, catalogue_table),
    )
