"""The product catalogue as it is now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import Item, keyed, s, text
from shopbell.adapters.dynamo.batches import get_many, side_by_side
from shopbell.adapters.dynamo.database import Dynamo
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
        row = {**keyed(keys.product(store, product.id)), "body": s(documents.dump(product).decode())}
        answer = self.dynamo.call("put_item", TableName=self.table, Item=row, ReturnValues="ALL_OLD")
        return _product(answer["Attributes"]) if answer.get("Attributes") else None


def _product(row: Item) -> Product:
    return documents.product(text(row, "body"))
