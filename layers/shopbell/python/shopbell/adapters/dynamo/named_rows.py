"""Rows of a merchant's product lists."""

from collections.abc import Sequence

import orjson

from shopbell.adapters.dynamo.attributes import binary, keyed, n
from shopbell.adapters.dynamo.database import Condition, Dynamo
from shopbell.adapters.dynamo.keys import demand as places
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.recommend.named import ProductList, Target


def all_of(dynamo: Dynamo, table: str, store: StoreId) -> Sequence[ProductList]:
    return [_list(store, binary(row, "body")) for row in query(dynamo, table, Where(places.named_lists(store)))]


def put(dynamo: Dynamo, table: str, given: ProductList) -> bool:
    target = None if given.target is None else [given.target.kind, given.target.id]
    body = orjson.dumps([given.name, given.products, target, given.starts_at, given.ends_at, given.revision])
    row = {**keyed(places.named_list(given.store, given.name)), "rev": n(given.revision), "body": {"B": body}}
    unchanged = Condition("attribute_not_exists(#rev)", {"#rev": "rev"})
    if given.revision > 1:
        unchanged = Condition("#rev = :was", {"#rev": "rev"}, {":was": n(given.revision - 1)})
    return dynamo.put(table, row, unchanged)


def _list(store: StoreId, body: bytes) -> ProductList:
    name, products, target, starts_at, ends_at, revision = orjson.loads(body)
    return ProductList(
        store,
        name,
        tuple(map(ProductId, products)),
        Target(*target) if target else None,
        starts_at,
        ends_at,
        revision,
    )
