"""Keep the catalogue as the shop's server tells it."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbell.app.catalogue.stocking import Stocked, StockUp
from shopbell.domain.catalogue import Product
from shopbell.domain.ids import ProductId
from shopbell.domain.store import Principal


@dataclass(frozen=True, slots=True)
class PutProducts:
    stock: StockUp

    def __call__(self, caller: Principal, products: Sequence[Product]) -> Stocked:
        """A product keeps the `created_at` of its first appearance unless the shop says otherwise."""
        return self.stock(caller.store, products, "api")


@dataclass(frozen=True, slots=True)
class DeleteProduct:
    stock: StockUp

    def __call__(self, caller: Principal, product: ProductId) -> None:
        self.stock.remove(caller.store, product)
