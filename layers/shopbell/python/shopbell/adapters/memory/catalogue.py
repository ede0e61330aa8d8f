"""The product catalogue in memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shopbell.adapters.memory.world import MemoryWorld, page_of
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.versions import Change, Shelved, Version
from shopbell.ports import Page


@dataclass(frozen=True, slots=True)
class MemoryCatalogue:
    world: MemoryWorld

    def put(self, store: StoreId, products: Sequence[Product]) -> None:
        """As if they had always stood there: what a test begins with."""
        with self.world.lock:
            self.world.products.update(((store, product.id), product) for product in products)

    def get_many(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Product]:
        with self.world.lock:
            found = {name: self.world.products.get((store, name)) for name in products}
        return {name: product for name, product in found.items() if product is not None}


@dataclass(frozen=True, slots=True)
class MemoryStockroom:
    world: MemoryWorld

    def standing(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Shelved]:
        with self.world.lock:
            found = {name: self._standing(store, name) for name in products}
        return {name: one for name, one in found.items() if one is not None}

    def gone(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Version]:
        with self.world.lock:
            found = {name: self.world.products_gone.get((store, name)) for name in products}
        return {name: one for name, one in found.items() if one is not None}

    def save(self, store: StoreId, changes: Sequence[Change]) -> Sequence[bool]:
        return [self._save(store, change) for change in changes]

    def versions(self, store: StoreId, product: ProductId, cursor: str | None, limit: int) -> Page[Version]:
        with self.world.lock:
            rows = list(self.world.product_versions.get((store, product), ()))
        return page_of(rows, lambda one: f"{one.shelved.revision:015d}", cursor, limit, newest_first=True)

    def _standing(self, store: StoreId, name: ProductId) -> Shelved | None:
        product = self.world.products.get((store, name))
        if product is None:
            return None
        return replace(self.world.shelved.get((store, name), Shelved(product)), product=product)

    def _save(self, store: StoreId, change: Change) -> bool:
        one = change.after or change.before
        if one is None:
            return True
        key = (store, one.product.id)
        with self.world.lock:
            stands = self._standing(*key)
            if (stands and stands.revision) != (change.before and change.before.revision):
                return False
            if stands is not None:
                self.world.product_versions.setdefault(key, []).append(Version(stands, change.at))
                if change.after is None:
                    self.world.products_gone[key] = Version(stands, change.at)
            self._replace(key, change)
        return True

    def _replace(self, key: tuple[StoreId, ProductId], change: Change) -> None:
        if change.after is None:
            self.world.products.pop(key)
            self.world.shelved.pop(key, None)
            return
        self.world.products[key], self.world.shelved[key] = change.after.product, change.after
        if change.is_news:
            self.world.product_news.append((key[0], change))


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
