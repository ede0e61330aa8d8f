"""Roll daily counts up into the lists that picks are made from: for the store, and for each category."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, Instant
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.arrivals import EARLY
from shopbell.domain.recommend.deeds import shallow
from shopbell.domain.recommend.filters import upwards
from shopbell.domain.recommend.lists import (
    NOTHING,
    STORE,
    WINDOWS,
    Arrival,
    Demand,
    Popular,
    TopList,
    is_narrow,
    narrow_of,
)

KEPT: Final = 40
"""Products of a category's list; enough to stay useful where some are sold out, bought or shown already."""
KEPT_OF_STORE: Final = 120
NARROW: Final = 500
"""Brands and labels that have lists of their own: those of which most was sold."""
CATEGORIES: Final = 200
"""Whose share of orders is kept."""
_LONGEST: Final = len(WINDOWS) - 1
_RANKINGS: Final[Sequence[Callable[[Popular], int]]] = (
    lambda row: row.windows[1].orders,
    lambda row: row.windows[0].orders,
    lambda row: row.windows[1].views,
    lambda row: row.windows[2].orders,
    lambda row: row.windows[1].units,
    lambda row: row.windows[1].revenue,
    lambda row: row.windows[0].views,
    lambda row: row.windows[2].views,
)
"""What a product may be asked for by: a list holds the first of each."""


@dataclass(slots=True)
class Rolling:
    """Sums over days as they are read; `today` is a UTC day, days since 1970."""

    today: int
    arrived: Mapping[ProductId, Instant]
    sums: dict[ProductId, list[Demand]] = field(default_factory=dict)
    early: dict[ProductId, int] = field(default_factory=dict)

    @property
    def days(self) -> range:
        """All that must be read."""
        return range(self.today - WINDOWS[-1] + 1, self.today + 1)

    def add(self, day: int, rows: Iterable[tuple[ProductId, Demand]]) -> None:
        """What was counted on one of the days."""
        within = [place for place, days in enumerate(WINDOWS) if self.today - day < days]
        for product, demand in rows:
            mine = self.sums.setdefault(product, [NOTHING] * len(WINDOWS))
            for place in within:
                mine[place] = mine[place] + demand
            born = self.arrived.get(product)
            if born is not None and born // DAY <= day <= (born + EARLY) // DAY:
                self.early[product] = self.early.get(product, 0) + demand.views

    def lists(self, products: Mapping[ProductId, Product]) -> Sequence[TopList]:
        """Of the store, of each category, at whatever depth, and of brands and labels, of the products there are."""
        scopes: dict[str, list[Popular]] = {STORE: []}
        narrow: dict[str, list[Popular]] = {}
        for name, windows in sorted(self.sums.items()):
            product = products.get(name)
            if product is not None and product.active:
                row = Popular(name, tuple(windows))
                for scope in {STORE, *(up for path in product.categories for up in upwards(path))}:
                    scopes.setdefault(scope, []).append(row)
                for scope in narrow_scopes([product.brand] if product.brand else [], product.tags):
                    narrow.setdefault(scope, []).append(row)
        kept = sorted(narrow, key=lambda scope: (-sum(row.windows[_LONGEST].orders for row in narrow[scope]), scope))
        return [_top(scope, rows) for scope, rows in scopes.items()] + [
            _top(scope, narrow[scope]) for scope in kept[:NARROW]
        ]

    def arrivals(self, rows: Iterable[Arrival]) -> tuple[Arrival, ...]:
        """With what was looked at in their first days."""
        return tuple(Arrival(one.product, one.created_at, self.early.get(one.product, 0)) for one in rows)


def narrow_scopes(brands: Iterable[str], labels: Iterable[str]) -> Sequence[str]:
    return sorted({*(narrow_of("brand", one) for one in brands), *(narrow_of("label", one) for one in labels)})


def shares(lists: Iterable[TopList]) -> Mapping[str, float]:
    """Of orders, by category at the depth that tastes are kept at: of the greatest CATEGORIES, together 1."""
    orders = {top.scope: top.totals[_LONGEST].orders for top in lists if _is_kind(top.scope)}
    leaves = {path: count for path, count in orders.items() if not _has_below(path, orders)}
    kept = sorted(((count, path) for path, count in leaves.items() if count > 0), key=lambda row: (-row[0], row[1]))
    total = sum(count for count, _ in kept)
    return {path: count / total for count, path in kept[:CATEGORIES]}


def _is_kind(scope: str) -> bool:
    return scope == shallow(scope) != STORE and not is_narrow(scope)


def _has_below(path: str, others: Iterable[str]) -> bool:
    return any(other.startswith(path + "/") for other in others)


def _top(scope: str, rows: Sequence[Popular]) -> TopList:
    most = KEPT if scope else KEPT_OF_STORE
    totals = [NOTHING] * len(WINDOWS)
    for row in rows:
        totals = [sum_ + demand for sum_, demand in zip(totals, row.windows, strict=True)]
    return TopList(scope, tuple(_best(rows, most)), tuple(totals))


def _best(rows: Sequence[Popular], most: int) -> Sequence[Popular]:
    """The first of every ranking in turn, until there are so many."""
    if len(rows) <= most:
        return rows
    orders = [sorted(rows, key=lambda row: (-count(row), row.product))[:most] for count in _RANKINGS]
    taken: dict[ProductId, Popular] = {}
    for turn in zip(*orders, strict=True):
        for row in turn:
            if len(taken) < most:
                taken[row.product] = row
    return list(taken.values())
