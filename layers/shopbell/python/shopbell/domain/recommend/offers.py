"""Smart offers: what sells best in the categories that the visitor cares for most, in proportion to that."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from math import exp, log
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.deeds import shallow
from shopbell.domain.recommend.filters import upwards
from shopbell.domain.recommend.lists import Overview, Ranked, Shelf
from shopbell.domain.recommend.sellers import leaf, sold
from shopbell.domain.recommend.taste import Taste

CATEGORIES: Final = 5
LOOKED_AT: Final = 10
"""Favourites among which those are found that have something to offer."""
PRIOR: Final = 0.5
"""What the store's own shares of orders weigh beside the visitor's: a few deeds say little of what comes next."""
ENOUGH: Final = 5
"""Products that a category must offer, or its parent stands in for it."""
_POPULAR: Final = 0.6
"""Of the best seller of its category; nothing of what stands in no list."""
_BRAND: Final = 0.25
_PRICE: Final = 0.15
_WORDS: Final = (
    ("purchase", "purchase", "purchases"),
    ("cart_add", "put in the cart", "times put in the cart"),
    ("view", "view", "views"),
    ("wishlist", "wish", "wishes"),
)


def smart_offers(
    taste: Taste, shelf: Shelf, window: int, most: int = CATEGORIES, *, own: bool = False
) -> Iterator[Ranked]:
    """Best first, category by category in turn, the dearer ones more often. None where no taste is known.

    `own`: out of none but the categories that the visitor has shown to care for.
    """
    shares = favourites(taste, shelf, most, own=own)
    offers = {path: _offered(taste, shelf, path, window, share) for path, share in shares.items()}
    taken = dict.fromkeys(offers, 0)
    seen: set[ProductId] = set()
    while left := [path for path in offers if taken[path] < len(offers[path])]:
        path = max(left, key=lambda one: shares[one] / (taken[one] + 1))
        one = offers[path][taken[path]]
        taken[path] += 1
        if one.product.id not in seen:
            seen.add(one.product.id)
            yield one


def favourites(taste: Taste, shelf: Shelf, most: int, *, own: bool = False) -> Mapping[str, float]:
    """The `most` categories that count most and have something to offer, each with its share."""
    found: dict[str, float] = {}
    for path, share in liked(taste, shelf.overview, own=own).items():
        place = _standing_in(shelf, path)
        if place is not None and (place in found or len(found) < most):
            found[place] = found.get(place, 0.0) + share
    return found


def leanings(taste: Taste, overview: Overview, prior: float = PRIOR) -> Mapping[str, float]:
    """Categories by what the visitor and the whole store care for, shares of 1, the greatest first, equals by name.

    Empty where nothing is known of the visitor.
    """
    if not taste.categories:
        return {}
    paths = {**taste.categories, **overview.categories}
    shares = {
        path: (taste.categories.get(path, 0.0) + prior * overview.categories.get(path, 0.0)) / (1 + prior)
        for path in paths
    }
    return dict(sorted(shares.items(), key=lambda row: (-row[1], row[0])))


def liked(taste: Taste, overview: Overview, *, own: bool = False) -> Mapping[str, float]:
    """The first LOOKED_AT of `leanings`; `own`: of those that the visitor did anything in."""
    rows = leanings(taste, overview).items()
    return dict(islice((row for row in rows if not own or row[0] in taste.categories), LOOKED_AT))


def scopes_for(taste: Taste, overview: Overview, *, own: bool = False) -> Sequence[str]:
    """The lists that it may need: those of the favourites and of what lies above them."""
    return list(dict.fromkeys(up for path in liked(taste, overview, own=own) for up in upwards(path)))


def fitness(taste: Taste, product: Product) -> tuple[float, float, float]:
    """How much the visitor cares for its category, its brand and its price, each 0 to 1."""
    paths = [shallow(path) for path in product.categories]
    path = max(paths, key=lambda one: taste.categories.get(one, 0.0), default="")
    category = taste.categories.get(path, 0.0)
    return category, taste.brands.get(product.brand or "", 0.0), price_fit(product.price, taste.prices.get(path))


def worth(taste: Taste, product: Product, share: float, popular: float = 0.0) -> float:
    """Its score in a category of that share; `popular`: 1 for the best seller there."""
    _, brand, price = fitness(taste, product)
    return share * (_POPULAR * popular + _BRAND * brand + _PRICE * price)


def price_fit(price: int, usual: float | None) -> float:
    """1 for the visitor's usual price in the category, a half for the double or the half; 0: nothing is known."""
    return exp(-abs(log(price / usual))) if usual and price else 0.0


def why(taste: Taste, path: str) -> str:
    """The strongest thing that the visitor did there, as "3 views in Boots"."""
    deeds: dict[str, int] = {}
    for name, counts in taste.deeds.items():
        if name == path or name.startswith(path + "/"):
            _add(deeds, counts)
    for kind, one, many in _WORDS:
        if count := deeds.get(kind, 0):
            return f"{count} {one if count == 1 else many} in {leaf(path)}"
    return f"popular in {leaf(path)}"


def _add(sums: dict[str, int], counts: Mapping[str, int]) -> None:
    for kind, count in counts.items():
        sums[kind] = sums.get(kind, 0) + count


def _standing_in(shelf: Shelf, path: str) -> str | None:
    """The category itself where it offers ENOUGH, else the lowest above it that does, else whatever offers most."""
    sizes = {up: _size(shelf, up) for up in upwards(path) if _open(shelf, up)}
    enough = next((up for up, size in sizes.items() if size >= ENOUGH), None)
    return enough or next((up for up, size in reversed(sizes.items()) if size), None)


def _open(shelf: Shelf, path: str) -> bool:
    """Whether it has anything wanted for this visitor."""
    top = shelf.lists.get(path)
    return top is not None and any(shelf.open(one.product) is not None for one in top.products)


def _size(shelf: Shelf, path: str) -> int:
    """What it offers to anybody: who has bought half of it is still at home there."""
    top = shelf.lists.get(path)
    return sum(one.product in shelf.products for one in top.products) if top else 0


def _offered(taste: Taste, shelf: Shelf, path: str, window: int, share: float) -> Sequence[Ranked]:
    rows, _ = sold(shelf, path, "orders", window)
    reason = why(taste, path)
    found = [
        Ranked(product, worth(taste, product, share, 1 - place / len(rows)), reason)
        for place, (product, _, _) in enumerate(rows)
    ]
    return sorted(found, key=lambda one: (-one.score, one.product.id))
