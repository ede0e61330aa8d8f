"""Products of the cart: one drawn by lot, or the last added; what is sold out makes way for the next."""

import hashlib
from collections.abc import Sequence

from shopbell.domain.recommend.lists import Ranked, Shelf
from shopbell.domain.recommend.names import Seed


def from_cart(shelf: Shelf, seed: Seed, lot: str) -> Sequence[Ranked]:
    """Each product once. By lot every one is first equally often, and the same lot always draws the same."""
    rows = [product for name in shelf.known.seeds if (product := shelf.open(name)) is not None]
    if seed == "cart":
        rows.sort(key=lambda product: (_drawn(lot, product.id), product.id))
    reason = "drawn from the cart" if seed == "cart" else "last put in the cart"
    return [Ranked(product, 1.0 / (place + 1), reason) for place, product in enumerate(rows)]


def _drawn(lot: str, product: str) -> bytes:
    return hashlib.sha256(f"{lot}\n{product}".encode()).digest()
