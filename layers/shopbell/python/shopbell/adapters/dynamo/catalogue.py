"""The product catalogue as it is now."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import Attribute, Item, keyed, s, text
from shopbell.adapters.dynamo.batches import get_many, side_by_side
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.keys import demand
from shopbell.domain.catalogue import Product
from shopbell.domain.ids import ProductId, StoreId


@dataclass(frozen=True, slots=True)
class DynamoCatalogue:
    dynamo: Dynamo
    table: str

    def put(self, store: StoreId, products: Sequence[Product]) -> Sequence[Product | None]:
        """Eight at a time; a product that comes twice is put in order, so that the second answers the first."""
        by_id: dict[ProductId, list[int]] = {}
        for place, product in enumerate(products):
            by_id.setdefault(product.id, []).append(place)

        def put_all(places: list[int]) -> list[tuple[int, Product | None]]:
            return [(place, self._put(store, products[place])) for place in places]

        answers = dict(pair for pairs in side_by_side(put_all, list(by_id.values())) for pair in pairs)
        return [answers[place] for place in range(len(products))]

    def get_many(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Product]:
        wanted = (keys.product(store, name) for name in products)
        found = map(_product, get_many(self.dynamo, self.table, wanted))
        return {product.id: product for product in found}

    def delete(self, store: StoreId, product: ProductId) -> bool:
        key = keyed(keys.product(store, product))
        answer = self.dynamo.call("delete_item", TableName=self.table, Key=key, ReturnValues="ALL_OLD")
        return "Attributes" in answer

    def _put(self, store: StoreId, product: Product) -> Product | None:
        body = s(documents.dump(product).decode())
        row = {**keyed(keys.product(store, product.id)), **_listed(store, product), "body": body}
        answer = self.dynamo.call("put_item", TableName=self.table, Item=row, ReturnValues="ALL_OLD")
        return _product(answer["Attributes"]) if answer.get("Attributes") else None


def _listed(store: StoreId, product: Product) -> dict[str, Attribute]:
    """What the index finds it by; nothing for one that never got a date."""
    if product.created_at is None:
        return {}
    number = zlib.crc32(product.id.encode()) % demand.LISTED_SHARDS
    return keyed(demand.listed(store, number, product.created_at, product.id))


def _product(row: Item) -> Product:
    return documents.product(text(row, "body"))
