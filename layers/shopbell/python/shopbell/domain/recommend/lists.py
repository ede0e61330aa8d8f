"""Lists of what sells and what is new, rolled up ahead of time, so that a pick reads a few of them and no more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.bonds import Bonds, Subject
from shopbell.domain.recommend.filters import under
from shopbell.domain.versions import Version

WINDOWS: Final = (7, 30, 90)
"""Days, today among them."""
STORE: Final = ""
"""The scope of the whole store; every other one is a category's path, or a brand's or label's (`narrow_of`)."""
_MARK: Final = "\x1f"
"""No path of a category holds it: they are printable."""
NEVER: Final[Instant] = 0


def narrow_of(kind: Literal["brand", "label"], name: str) -> str:
    """The scope of what is of one brand or has one label, whatever its category."""
    return f"{_MARK}{kind}{_MARK}{name}"


def is_narrow(scope: str) -> bool:
    return scope.startswith(_MARK)


@dataclass(frozen=True, slots=True)
class Demand:
    """What happened with a product. `orders` are distinct ones, `revenue` minor units of the store's currency."""

    orders: int = 0
    units: int = 0
    revenue: int = 0
    views: int = 0

    def __add__(self, other: "Demand") -> "Demand":
        return Demand(
            self.orders + other.orders,
            self.units + other.units,
            self.revenue + other.revenue,
            self.views + other.views,
        )


NOTHING: Final = Demand()


@dataclass(frozen=True, slots=True)
class Popular:
    """A product's demand in each of WINDOWS."""

    product: ProductId
    windows: tuple[Demand, ...]


@dataclass(frozen=True, slots=True)
class TopList:
    """The most wanted products of one scope, in no order that matters; `totals` of all products of it."""

    scope: str
    products: tuple[Popular, ...] = ()
    totals: tuple[Demand, ...] = (NOTHING, NOTHING, NOTHING)


def widened(top: TopList, narrow: Iterable[TopList], products: Mapping[ProductId, Product]) -> TopList:
    """With what narrower lists hold of its scope beside it, as far as it is among these products."""
    there = {row.product for row in top.products}
    more = {row.product: row for one in narrow for row in one.products if row.product not in there}
    fitting = (row for name, row in more.items() if name in products and _is_of(products[name], top.scope))
    return replace(top, products=(*top.products, *fitting)) if more else top


def _is_of(product: Product, scope: str) -> bool:
    return scope == STORE or any(under(path, scope) for path in product.categories)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A product that is new. `early_views`: in its first 48 hours, to the day."""

    product: ProductId
    created_at: Instant
    early_views: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """What is true of the whole store. `made_at` is when it and all lists were rolled up."""

    arrivals: tuple[Arrival, ...] = ()
    """What is new, newest first; what an import brought is not."""
    recent: tuple[ProductId, ...] = ()
    """The newest there are, however old and however they came."""
    categories: Mapping[str, float] = field(default_factory=dict)
    """Shares of orders, the greatest first; of the greatest only."""
    made_at: Instant = NEVER


@dataclass(frozen=True, slots=True)
class Known:
    """What an algorithm knows before the products are read that it may pick from."""

    overview: Overview = field(default_factory=Overview)
    seeds: Mapping[ProductId, Product] = field(default_factory=dict)
    """Those that are in the catalogue, whether they may be shown or not; the first one most."""
    bonds: Mapping[Subject, Bonds] = field(default_factory=dict)
    """What goes together with the seeds, and with what they go together with."""
    named: tuple[ProductId, ...] = ()
    """Of the merchant's lists, in their order."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What may be picked from: the lists that were asked for, and what of their products may be shown to anybody."""

    lists: Mapping[str, TopList] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    products: Mapping[ProductId, Product] = field(default_factory=dict)
    barred: frozenset[ProductId] = frozenset()
    """Not for this visitor: bought or shown already."""
    past: Mapping[ProductId, Sequence[Version]] = field(default_factory=dict)
    """What stood there before, newest first, of those that a link asks it of."""

    @property
    def overview(self) -> Overview:
        return self.known.overview

    def open(self, product: ProductId) -> Product | None:
        """None: not for this visitor, or for nobody now."""
        return None if product in self.barred else self.products.get(product)


@dataclass(frozen=True, slots=True)
class Ranked:
    """What an algorithm says of one product, the best first."""

    product: Product
    score: float
    reason: str
    lowest: int | None = None
    """As of `Pick`."""
