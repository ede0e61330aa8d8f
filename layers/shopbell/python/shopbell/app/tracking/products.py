"""Keep the catalogue as the shop's server tells it, and notice what a price or stock scenario waits for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import ProductId
from shopbell.domain.store import Principal
from shopbell.ports import Catalogue


@dataclass(frozen=True, slots=True)
class Stocked:
    """How many products of a call were new, differed, or stood there already."""

    created: int
    changed: int
    unchanged: int
    price_changed: int
    stock_changed: int


@dataclass(frozen=True, slots=True)
class PutProducts:
    catalogue: Catalogue
    now: Clock

    def __call__(self, caller: Principal, products: Sequence[Product]) -> Stocked:
        """A product keeps the `created_at` of its first appearance unless the shop says otherwise."""
        known = self.catalogue.get_many(caller.store, [product.id for product in products])
        dated = [_dated(product, known, self.now()) for product in products]
        before = self.catalogue.put(caller.store, dated)
        pairs = [(old, new) for old, new in zip(before, dated, strict=True) if old is not None]
        changed = sum(old != new for old, new in pairs)
        return Stocked(
            created=len(dated) - len(pairs),
            changed=changed,
            unchanged=len(pairs) - changed,
            price_changed=sum((old.price, old.currency) != (new.price, new.currency) for old, new in pairs),
            stock_changed=sum((old.in_stock, old.stock) != (new.in_stock, new.stock) for old, new in pairs),
        )


@dataclass(frozen=True, slots=True)
class DeleteProduct:
    catalogue: Catalogue

    def __call__(self, caller: Principal, product: ProductId) -> None:
        if not self.catalogue.delete(caller.store, product):
            raise NotFound(product)


def _dated(product: Product, known: Mapping[ProductId, Product], now: Instant) -> Product:
    if product.created_at is not None:
        return product
    before = known.get(product.id)
    return replace(product, created_at=before.created_at if before and before.created_at is not None else now)
