"""Last visited: what was looked at, on whatever device, and not bought afterwards; last purchased, to buy again."""

from collections.abc import Sequence
from math import log
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.deeds import Visited
from shopbell.domain.recommend.lists import Ranked, Shelf
from shopbell.domain.recommend.taste import Taste

HALF_LIFE: Final[Duration] = 3 * DAY


def last_visited(taste: Taste, shelf: Shelf, now: Instant, least: float = 0) -> Sequence[Ranked]:
    """The latest first, what was looked at often, put in the cart or looked at for long before the rest.

    `least`: seconds for which it was looked at.
    """
    found = [
        Ranked(product, score_of(seen, now), _why(seen))
        for name, seen in taste.visited.items()
        if seen.longest >= least and (product := shelf.open(name)) is not None
    ]
    return sorted(found, key=lambda one: (-one.score, one.product.id))


def score_of(seen: Visited, now: Instant) -> float:
    """How much it meant: lately, often, long, or put in the cart."""
    recency = 0.5 ** (max(now - seen.last, 0) / HALF_LIFE)
    return float(recency * (1 + log(seen.views)) * (1 + seen.carted) * seen.dwell)


def _why(seen: Visited) -> str:
    views = "viewed once" if seen.views == 1 else f"viewed {seen.views} times"
    return f"{views} and put in the cart" if seen.carted else views


def last_purchased(taste: Taste, shelf: Shelf) -> Sequence[Ranked]:
    """Of the latest order what is made to be bought again, as the visitor bought it most often."""
    rows = [product for name in taste.ordered if (product := shelf.open(name)) is not None and product.replenishable]
    found = [Ranked(one, float(len(taste.purchased.get(one.id, ()))), _bought(taste, one.id)) for one in rows]
    return sorted(found, key=lambda one: (-one.score, one.product.id))


def _bought(taste: Taste, product: ProductId) -> str:
    times = len(taste.purchased.get(product, ()))
    return "in the latest order" if times < 2 else f"in the latest order, bought {times} times"  # noqa: PLR2004 - said as it is
