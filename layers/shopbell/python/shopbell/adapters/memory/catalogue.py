"""The product catalogue in memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld, page_of
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId, StoreId
from shopbell.ports import Page


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


@dataclass(frozen=True, slots=True)
class MemoryAssortment:
    world: MemoryWorld

    def newest(self, store: StoreId, since: Instant = 0) -> Iterator[tuple[Instant, ProductId]]:
        return iter([(at, one.id) for at, one in self._dated(store) if at >= since])

    def page(self, store: StoreId, cursor: str | None, limit: int) -> Page[Product]:
        products = [one for _, one in self._dated(store)]
        return page_of(products, lambda one: f"{one.created_at:015d}#{one.id}", cursor, limit, newest_first=True)

    def count(self, store: StoreId) -> int:
        return len(self._dated(store))

    def _dated(self, store: StoreId) -> Sequence[tuple[Instant, Product]]:
        with self.world.lock:
            mine = [one for (owner, _), one in self.world.products.items() if owner == store]
        dated = [(one.created_at, one) for one in mine if one.created_at is not None]
        return sorted(dated, key=lambda row: (row[0], row[1].id), reverse=True)
