"""Top sellers of a scope and a window."""

from collections.abc import Sequence
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.recommend.lists import WINDOWS, Demand, Ranked, Shelf, TopList
from shopbell.domain.recommend.options import Measure

ENOUGH: Final = 10
"""Products that a window must have sold, or a longer one is looked at."""
DAMPING: Final = 0.5
"""What a view counts of the sales that it would make on average: few sales are chance, many views are not."""
Sold = tuple[Product, float, str]
"""A product with its damped score and what was counted, in words."""


def top_sellers(shelf: Shelf, scopes: Sequence[str], measure: Measure, window: int) -> Sequence[Ranked]:
    """Of the first scope that sold anything; a shop without sales: most viewed, then newest first."""
    for scope in scopes:
        found, days = sold(shelf, scope, measure, window)
        if found:
            said = _place(scope)
            return [Ranked(one, score, f"{counted} in {days} days{said}") for one, score, counted in found]
    return newest(shelf)


def sold(shelf: Shelf, scope: str, measure: Measure, window: int) -> tuple[Sequence[Sold], int]:
    """Best first, with the days that were looked at: the window, widened until it has ENOUGH; then views."""
    top = shelf.lists.get(scope)
    if top is None:
        return (), WINDOWS[window]
    found: Sequence[Sold] = ()
    place = window
    for place in range(window, len(WINDOWS)):
        found = _ranked(shelf, top, measure, place)
        if len(found) >= ENOUGH:
            break
    if not found and measure != "views":
        return _ranked(shelf, top, "views", place), WINDOWS[place]
    return found, WINDOWS[place]


def count_of(demand: Demand, measure: Measure) -> int:
    counted: int = getattr(demand, measure)
    return counted


def _ranked(shelf: Shelf, top: TopList, measure: Measure, window: int) -> Sequence[Sold]:
    rate = _rate(top.totals[window], measure)
    found: list[Sold] = []
    for one in top.products:
        counted, product = count_of(one.windows[window], measure), shelf.open(one.product)
        if counted > 0 and product is not None:
            score = counted + DAMPING * rate * one.windows[window].views
            found.append((product, score, _counted(counted, measure)))
    return sorted(found, key=lambda row: (-row[1], row[0].id))


def _rate(total: Demand, measure: Measure) -> float:
    """What a view makes on average; never more than an order makes."""
    return 0.0 if measure == "views" else count_of(total, measure) / max(total.views, total.orders, 1)


def newest(shelf: Shelf) -> Sequence[Ranked]:
    """What a shop without any demand has to show."""
    rows = [product for name in shelf.overview.recent if (product := shelf.open(name)) is not None]
    return [Ranked(product, float(-place), "among the newest of the shop") for place, product in enumerate(rows)]


def _counted(count: int, measure: Measure) -> str:
    if measure == "revenue":
        return "best revenue"
    return f"{count} {measure if count != 1 else measure.removesuffix('s')}"


def _place(scope: str) -> str:
    return f" in {leaf(scope)}" if scope else ""


def leaf(path: str) -> str:
    return path.rpartition("/")[2]
