"""Last visited: what the visitor looked at, on whatever device, and did not buy afterwards."""

from collections.abc import Sequence
from math import log
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.recommend.deeds import Visited
from shopbell.domain.recommend.lists import Ranked, Shelf
from shopbell.domain.recommend.taste import Taste

HALF_LIFE: Final[Duration] = 3 * DAY


def last_visited(taste: Taste, shelf: Shelf, now: Instant) -> Sequence[Ranked]:
    """The latest first, what was looked at often, put in the cart or looked at for long before the rest."""
    found = [
        Ranked(product, _score(seen, now), _why(seen))
        for name, seen in taste.visited.items()
        if (product := shelf.open(name)) is not None
    ]
    return sorted(found, key=lambda one: (-one.score, one.product.id))


def _score(seen: Visited, now: Instant) -> float:
    recency = 0.5 ** (max(now - seen.last, 0) / HALF_LIFE)
    return float(recency * (1 + log(seen.views)) * (1 + seen.carted) * seen.dwell)


def _why(seen: Visited) -> str:
    views = "viewed once" if seen.views == 1 else f"viewed {seen.views} times"
    return f"{views} and put in the cart" if seen.carted else views
