"""Learn products from the pages that visitors look at, where a store wants it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from shopbell.app.catalogue.stocking import Stocked, StockUp, Wish
from shopbell.domain.catalogue import Product
from shopbell.domain.events import Event
from shopbell.domain.ids import ProductId
from shopbell.domain.learning import learned, lessons
from shopbell.domain.store import Store

MOST: Final = 5
"""New products that one call of a browser may teach."""


@dataclass(frozen=True, slots=True)
class Learn:
    stock: StockUp

    def __call__(self, store: Store, events: Sequence[Event], known: Mapping[ProductId, Product]) -> Stocked:
        """`known`: what the catalogue holds of the products that the events name. Raises Unavailable.

        It costs nothing where nothing is to be learned: what differs is seen from what was read anyway.
        """
        found = lessons(store, events, known)
        new = [name for name, event in found.items() if name not in known and not event.trusted]
        wishes: Mapping[ProductId, Wish] = {
            name: partial(learned, store, event) for name, event in found.items() if name not in new[MOST:]
        }
        return self.stock.change(store.id, wishes) if wishes else Stocked()
