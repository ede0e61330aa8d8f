"""The one way in which products are written: what does not differ is not touched, what does leaves its version."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import NotFound, Unavailable
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.versions import Change, Shelved, Source, Version, change_to
from shopbell.ports import Stockroom

TRIES: Final = 5
"""How often a product is read again because somebody else wrote it first."""
Wish = Callable[[Shelved | None, Instant, Version | None], Change | None]
"""From what stands there, or what stood there until it was deleted, to what shall; None: it may stay."""


@dataclass(frozen=True, slots=True)
class Stocked:
    """How many products were new, differed, or stood there already; `price` and `stock` are among `changed`."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    price_changed: int = 0
    stock_changed: int = 0

    def __add__(self, other: "Stocked") -> "Stocked":
        return Stocked(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Stocked)))


@dataclass(frozen=True, slots=True)
class StockUp:
    """What an API, a feed or a page says of products."""

    stockroom: Stockroom
    now: Clock

    def __call__(self, store: StoreId, products: Sequence[Product], source: Source) -> Stocked:
        """No id twice. It costs a read of each product and a write of each that differs. Raises Unavailable."""

        def wish(product: Product) -> Wish:
            return lambda before, now, gone: change_to(product, before, source, now, gone)

        return self.change(store, {product.id: wish(product) for product in products})

    def change(self, store: StoreId, wishes: Mapping[ProductId, Wish]) -> Stocked:
        """Decides from what stands there; where somebody else was faster, once more. Raises Unavailable."""
        done, left = Stocked(unchanged=len(wishes)), dict(wishes)
        for _ in range(TRIES):
            known = self.stockroom.standing(store, list(left))
            absent = [name for name in left if name not in known]
            gone = self.stockroom.gone(store, absent) if absent else {}
            asked = {name: wish(known.get(name), self.now(), gone.get(name)) for name, wish in left.items()}
            changes = {name: change for name, change in asked.items() if change is not None}
            saved = self.stockroom.save(store, list(changes.values()))
            for change, stands in zip(changes.values(), saved, strict=True):
                done += _counted(change) if stands else Stocked()
            left = {name: left[name] for name, stands in zip(changes, saved, strict=True) if not stands}
            if not left:
                return done
        raise Unavailable(f"another write came first {TRIES} times")

    def remove(self, store: StoreId, product: ProductId) -> None:
        """NotFound where there is none."""
        for _ in range(TRIES):
            known = self.stockroom.standing(store, [product]).get(product)
            if known is None:
                raise NotFound(product)
            if all(self.stockroom.save(store, [Change(known, None, self.now())])):
                return
        raise Unavailable(f"another write came first {TRIES} times")


def _counted(change: Change) -> Stocked:
    return Stocked(
        created=change.created,
        changed=not change.created,
        unchanged=-1,
        price_changed=change.price_changed,
        stock_changed=change.stock_changed,
    )
