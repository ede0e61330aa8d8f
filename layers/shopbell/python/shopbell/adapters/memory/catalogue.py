"""The product catalogue in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.catalogue import Product
from shopbell.domain.ids import ProductId, StoreId


@dataclass(frozen=True, slots=True)
class MemoryCatalogue:
    world: MemoryWorld

    def put(self, store: StoreId, products: Sequence[Product]) -> Sequence[Product | None]:
        with self.world.lock:
            return [self._put(store, product) for product in products]

    def get_many(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Product]:
        with self.world.lock:
            found = {name: self.world.products.get((store, name)) for name in products}
        return {name: product for name, product in found.items() if product is not None}

    def delete(self, store: StoreId, product: ProductId) -> bool:
        with self.world.lock:
            return self.world.products.pop((store, product), None) is not None

    def _put(self, store: StoreId, product: Product) -> Product | None:
        before = self.world.products.get((store, product.id))
        self.world.products[store, product.id] = product
        return before
