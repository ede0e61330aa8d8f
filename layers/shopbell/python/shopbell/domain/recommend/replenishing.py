"""What runs out: products bought again and again whose time has come."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.lists import Ranked, Shelf
from shopbell.domain.recommend.taste import Taste


def due_again(taste: Taste, now: Instant) -> Sequence[ProductId]:
    """Bought twice at least, and last longer ago than the median time between: the longest overdue first."""
    due: list[tuple[float, ProductId]] = []
    for product, times in taste.purchased.items():
        gaps = [later - earlier for earlier, later in pairwise(times)]
        if gaps and (over := times[-1] + median(gaps)) <= now:
            due.append((over, product))
    return [product for _, product in sorted(due)]


def replenished(due: Sequence[ProductId], shelf: Shelf) -> Sequence[Ranked]:
    """Those of them that are made to be bought again."""
    found = [product for name in due if (product := shelf.open(name)) is not None and product.replenishable]
    return [Ranked(product, 1.0, "due to be bought again") for product in found]
