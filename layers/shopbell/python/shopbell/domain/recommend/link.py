"""One level of the fallback chain: an algorithm with what it must read before it can rank anything."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.bonds import Relation
from shopbell.domain.recommend.lists import Known, Ranked, Shelf
from shopbell.domain.recommend.named import ProductList
from shopbell.domain.recommend.names import Seed
from shopbell.domain.recommend.seeds import in_cart, seed_of, seeds_of
from shopbell.domain.recommend.taste import Taste
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.visits.cart import EMPTY, Cart

Rank = Callable[[Shelf], Iterable[Ranked]]
Scopes = Callable[[Known], Sequence[str]]
Products = Callable[[Known], Sequence[ProductId]]
Named = Callable[[Mapping[ProductId, Product], Sequence[ProductList]], tuple[ProductId, ...]]
"""From the seeds and the store's lists that may be meant to the products of those that are."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One visitor's selection: the taste of all that is known, and of the latest session alone."""

    selection: Selection
    taste: Taste
    session: Taste
    entry: tuple[str, ...]
    """Categories that the trigger or the latest session began with, the first one most."""
    now: Instant
    zone: ZoneInfo
    cart: Cart = EMPTY
    facts: Mapping[str, Json] = field(default_factory=dict)
    """Of the trigger."""
    visitor: str = ""
    segments: frozenset[str] = frozenset()
    """Whose member the visitor is."""

    def seeds(self, otherwise: Seed) -> tuple[ProductId, ...]:
        """Where the trigger names none, those that the algorithm starts from by itself."""
        seed = seed_of(self.selection.options, otherwise)
        found = seeds_of(seed, self.facts, self.taste, self.cart, self.now)
        if found or seed != "event":
            return found
        return seeds_of(otherwise, self.facts, self.taste, self.cart, self.now)

    @property
    def in_cart(self) -> tuple[ProductId, ...]:
        """The last added first."""
        return in_cart(self.cart)


def nothing(_: Known) -> Sequence[ProductId]:
    """No product beside those of the lists."""
    return ()


def recent(known: Known) -> Sequence[ProductId]:
    return known.overview.recent


@dataclass(frozen=True, slots=True)
class Link:
    """How a level ranks, out of which lists, and out of which products beside those of the lists.

    `seeds` are read before both, with what goes together with them by each of `relations`.
    """

    level: int
    algorithm: str
    rank: Rank
    scopes: Scopes = lambda _: ()
    products: Products = nothing
    seeds: tuple[ProductId, ...] = ()
    relations: tuple[Relation, ...] = ()
    past: Callable[[Mapping[ProductId, Product]], Sequence[ProductId]] = lambda _: ()
    """Of which of the products that may be picked what stood there before is read."""
    named: Named | None = None
    """Whose products are `known.named`."""
    fresh: bool = False
    """What changed a moment ago is what it is about: its products are read anew each time."""
