"""New arrivals: what came into the shop since the Monday of last week, as far as the visitor may care for it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, SECOND, Duration, Instant
from shopbell.domain.events import Json
from shopbell.domain.recommend.deeds import shallow
from shopbell.domain.recommend.lists import Arrival, Ranked, Shelf
from shopbell.domain.recommend.offers import fitness, why
from shopbell.domain.recommend.options import number_of
from shopbell.domain.recommend.taste import Taste

FRESH: Final[Duration] = 14 * DAY
"""After so long a new product counts half."""
RELAUNCH: Final = 0.2
"""Of the catalogue: if more of it becomes new in one day, that day was an import and nothing in it is new."""
SMALL: Final = 20
"""Products up to which a catalogue is too small to tell an import from a delivery."""
EARLY: Final[Duration] = 2 * DAY
_CATEGORY: Final = 0.6
_BRAND: Final = 0.25
_PRICE: Final = 0.15
_MIN_POOL: Final = 3
_MIN_AFFINITY: Final = 0.05


def new_since(now: Instant, zone: ZoneInfo) -> Instant:
    """Monday 00:00 of the previous ISO week, in the store's zone."""
    today = datetime.fromtimestamp(now / SECOND, zone).date()
    monday = today - timedelta(days=today.weekday() + 7)
    return _midnight(monday, zone)


def imports(days: Mapping[int, int], catalogue: int) -> frozenset[int]:
    """Days on which so much became new that it was an import, from how many products came on each."""
    return frozenset(day for day, count in days.items() if catalogue > SMALL and count > RELAUNCH * catalogue)


def without_imports(rows: Sequence[Arrival], catalogue: int) -> Sequence[Arrival]:
    """Those that did not come on a day of an import (UTC)."""
    odd = imports(Counter(row.created_at // DAY for row in rows), catalogue)
    return [row for row in rows if row.created_at // DAY not in odd]


def new_arrivals(
    taste: Taste, shelf: Shelf, since: Instant, now: Instant, options: Mapping[str, Json]
) -> Sequence[Ranked]:
    """By what the visitor cares for; who has no history: what was looked at most in its first two days.

    Empty in a week with fewer than `min_pool` new products. `new_until` of the options ends the pool before now.
    """
    until = min(now, number_of(options, "new_until", now))
    pool = [
        (row, product)
        for row in shelf.overview.arrivals
        if since <= row.created_at <= until and (product := shelf.products.get(row.product)) is not None
    ]
    if len(pool) < number_of(options, "min_pool", _MIN_POOL):
        return ()
    mine = [(row, product) for row, product in pool if product.id not in shelf.barred]
    if not taste.categories:
        return _most_viewed(mine)
    least = number_of(options, "min_affinity", _MIN_AFFINITY)
    found = [_scored(taste, row, product, now) for row, product in mine if fitness(taste, product)[0] >= least]
    return sorted(found, key=lambda one: (-one.score, one.product.id))


def _scored(taste: Taste, row: Arrival, product: Product, now: Instant) -> Ranked:
    category, brand, price = fitness(taste, product)
    fresh = 0.5 ** ((now - row.created_at) / FRESH)
    path = max(
        (shallow(one) for one in product.categories), key=lambda one: taste.categories.get(one, 0.0), default=""
    )
    return Ranked(
        product, (_CATEGORY * category + _BRAND * brand + _PRICE * price) * fresh, f"new, {why(taste, path)}"
    )


def _most_viewed(rows: Sequence[tuple[Arrival, Product]]) -> Sequence[Ranked]:
    found = [Ranked(one, row.early_views, f"new, {row.early_views} views in its first 2 days") for row, one in rows]
    return sorted(found, key=lambda one: (-one.score, one.product.id))


def _midnight(day: date, zone: ZoneInfo) -> Instant:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * SECOND
