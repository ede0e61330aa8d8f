"""What a visitor did with products, told by category and by product; rows are the standing interactions in order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId, element_hash
from shopbell.domain.visits.interactions import LONG_VIEW, Interaction, Kind
from shopbell.domain.visits.sessions import PAUSE

DEPTH: Final = 2
"""Categories are told apart down to this level of their path."""
BOUGHT: Final[Kind] = "purchase"
_TAKEN_BACK: Final[frozenset[Kind]] = frozenset({"cart_remove", "refund"})
_VIEWS: Final[frozenset[Kind]] = frozenset({"view", "long_view"})
_MAX_DWELL: Final = 1.5


@dataclass(frozen=True, slots=True)
class Visited:
    """A product that the visitor looked at."""

    views: int
    last: Instant
    carted: bool
    dwell: float
    """1 for a glance at each view, 1.5 for a long look at each."""
    longest: int = LONG_VIEW
    """Seconds of the longest view; 30 stands for all that is longer, was not told, or was looked at twice."""


@lru_cache(maxsize=8_192)
def shallow(path: str) -> str:
    """The path down to DEPTH."""
    return "/".join(path.split("/")[:DEPTH])


def categories(one: Interaction) -> Sequence[str]:
    return _shallow_paths(one.categories)


@lru_cache(maxsize=8_192)
def _shallow_paths(paths: tuple[str, ...]) -> Sequence[str]:
    return tuple(dict.fromkeys(map(shallow, paths)))


def prices(rows: Sequence[Interaction]) -> Mapping[str, float]:
    seen: dict[str, list[int]] = {}
    for one in rows:
        for path in categories(one):
            if one.price and one.kind not in _TAKEN_BACK:
                seen.setdefault(path, []).append(one.price)
    return {path: median(prices) for path, prices in seen.items()}


def deeds(rows: Sequence[Interaction]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, Counter[str]] = {}
    for one in rows:
        kind = "view" if one.kind in _VIEWS else one.kind
        for path in categories(one):
            found.setdefault(path, Counter())[kind] += 1
    return found


def purchased(rows: Sequence[Interaction]) -> Mapping[ProductId, tuple[Instant, ...]]:
    found: dict[ProductId, list[Instant]] = {}
    for one in rows:
        if one.kind == BOUGHT:
            found.setdefault(one.product, []).append(one.at)
    return {product: tuple(dict.fromkeys(times)) for product, times in found.items()}


def refunded(rows: Sequence[Interaction]) -> frozenset[ProductId]:
    """Given back after it was last bought."""
    last = {one.product: one.kind for one in rows if one.kind in {BOUGHT, "refund"}}
    return frozenset(product for product, kind in last.items() if kind == "refund")


def ordered(rows: Sequence[Interaction]) -> tuple[ProductId, ...]:
    """Products of the latest order, and of those of the same session, in the order of their names."""
    orders = [one for one in rows if one.kind == BOUGHT]
    found: set[ProductId] = set()
    last = orders[-1].at if orders else 0
    for one in reversed(orders):
        if last - one.at > PAUSE:
            break
        found.add(one.product)
        last = one.at
    return tuple(sorted(found))


def orders(rows: Sequence[Interaction]) -> Mapping[int, tuple[ProductId, ...]]:
    """Products of each order, by its hash, in the order of their names."""
    found: dict[int, set[ProductId]] = {}
    for one in rows:
        if one.kind == BOUGHT:
            found.setdefault(one.event, set()).add(one.product)
    return {order: tuple(sorted(products)) for order, products in found.items()}


def order_hash(order: str) -> int:
    """Of an order's id, as the interactions of its purchase are marked with."""
    return int.from_bytes(element_hash(f"purchase:{order}"), "big")


def visited(rows: Sequence[Interaction]) -> Mapping[ProductId, Visited]:
    """Those that were viewed and not bought after it."""
    views: dict[ProductId, list[Interaction]] = {}
    carted, bought = set(), {}
    for one in rows:
        if one.kind in _VIEWS:
            views.setdefault(one.product, []).append(one)
        elif one.kind == "cart_add":
            carted.add(one.product)
        elif one.kind == BOUGHT:
            bought[one.product] = one.at
    return {
        product: Visited(len(seen), seen[-1].at, product in carted, _dwell(seen), _longest(seen))
        for product, seen in views.items()
        if bought.get(product, -1) < seen[-1].at
    }


def _dwell(seen: Sequence[Interaction]) -> float:
    long = sum(one.kind == "long_view" for one in seen) / len(seen)
    return 1 + (_MAX_DWELL - 1) * long


def _longest(seen: Sequence[Interaction]) -> int:
    if len(seen) > 1 or seen[0].seconds is None:
        return LONG_VIEW
    return seen[0].seconds
