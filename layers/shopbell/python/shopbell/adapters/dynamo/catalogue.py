"""The product catalogue as it is now, read by id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import text
from shopbell.adapters.dynamo.batches import get_many
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.domain.catalogue import Product
from shopbell.domain.ids import ProductId, StoreId


@dataclass(frozen=True, slots=True)
class DynamoCatalogue:
    dynamo: Dynamo
    table: str

    def get_many(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Product]:
        wanted = (keys.product(store, name) for name in products)
        found = (documents.product(text(row, "body")) for row in get_many(self.dynamo, self.table, wanted))
        return {product.id: product for product in found}
