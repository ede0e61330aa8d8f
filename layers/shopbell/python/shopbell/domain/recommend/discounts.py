"""Discounted products: what costs less than it did, as far as the visitor may care for it."""

from collections.abc import Sequence
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.recommend.lists import Ranked, Shelf
from shopbell.domain.recommend.offers import smart_offers
from shopbell.domain.recommend.taste import Taste

LEAST: Final = 10
"""Per cent; less is no discount that anybody comes back for."""
_PER_CENT: Final = 100


def discounted(taste: Taste, shelf: Shelf, window: int, least: float) -> Sequence[Ranked]:
    """Of the favourite categories, by what the visitor cares for times how far the price fell."""
    found = []
    for one in smart_offers(taste, shelf, window):
        drop = drop_of(one.product, taste.seen.get(one.product.id))
        if drop >= least:
            found.append(Ranked(one.product, one.score * drop / _PER_CENT, f"{drop:.0f} % off, {one.reason}"))
    return sorted(found, key=lambda one: (-one.score, one.product.id))


def drop_of(product: Product, seen: int | None) -> float:
    """Per cent below the price that the visitor saw last, else below the list price."""
    reference = seen or product.list_price
    if not reference or reference <= product.price:
        return 0.0
    return _PER_CENT * (reference - product.price) / reference
