"""How often things went together: counts that fade by half in half a year, of products and of what kind they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final, Literal, NamedTuple

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.together import Basket, Look, Note

HALF_LIFE: Final = 180
"""Days after which an order or a look counts half."""
KEPT: Final = 100
"""Partners of one subject, those it goes with most."""
MAX_AGE: Final = 365
"""Days; older notes say nothing."""
AT_ONCE: Final = 2_000_000
"""Pairs of one day in memory; beyond it those that came once go."""
Relation = Literal["bought", "category", "viewed"]
EVERY: Final[frozenset[Relation]] = frozenset({"bought", "category", "viewed"})


class Subject(NamedTuple):
    """A product that was bought or viewed, or the category of bought ones; `name` is its id or path."""

    relation: Relation
    name: str


@dataclass(frozen=True, slots=True)
class Bonds:
    """As of a day: how often the subject was there, and how often with each partner (of the same relation).

    `first`: the first day that is in it.
    """

    day: int
    count: float = 0.0
    partners: Mapping[str, float] = field(default_factory=dict)
    first: int = 0

    def at(self, day: int) -> "Bonds":
        """Faded up to a later day."""
        left = fading(day - self.day)
        if left == 1:
            return self
        return Bonds(
            day, self.count * left, {name: often * left for name, often in self.partners.items()}, self.first
        )

    def __add__(self, other: "Bonds") -> "Bonds":
        """As of the later day, with the KEPT strongest partners, equals by name."""
        day = max(self.day, other.day)
        one, two = self.at(day), other.at(day)
        sums = dict(one.partners)
        for name, often in two.partners.items():
            sums[name] = sums.get(name, 0.0) + often
        return Bonds(day, one.count + two.count, strongest(sums), min(self.first, other.first))


def united(kept: Bonds | None, new: Bonds | None) -> Bonds | None:
    """What is kept with what came since; the new part says nothing once a day of it is kept."""
    if kept is None or new is None:
        return kept or new
    return kept + new if new.first > kept.day else kept


def fading(days: int) -> float:
    return 0.5 ** (max(days, 0) / HALF_LIFE) if days else 1.0


def strongest(partners: Mapping[str, float]) -> Mapping[str, float]:
    if len(partners) <= KEPT:
        return partners
    return dict(sorted(partners.items(), key=lambda row: (-row[1], row[0]))[:KEPT])


def leaves(product: Product) -> tuple[str, ...]:
    """What kind of thing it is: its categories that no other one of its own goes further into."""
    paths = product.categories
    return tuple(path for path in paths if not any(other.startswith(path + "/") for other in paths))


def subjects_of(seeds: Mapping[ProductId, Product], relations: Iterable[Relation]) -> Sequence[Subject]:
    """What is asked of the seeds: of each by itself, or of the kinds that it is of."""
    found: list[Subject] = []
    for relation in relations:
        for name, product in seeds.items():
            found += [Subject(relation, one) for one in (leaves(product) if relation == "category" else (name,))]
    return list(dict.fromkeys(found))


@dataclass(slots=True)
class Binding:
    """Sums over notes as of `day`, since 1970, of the days from `first` on; `kinds`: of what kind a product is."""

    day: int
    kinds: Mapping[ProductId, tuple[str, ...]]
    first: int
    relations: frozenset[Relation] = EVERY
    """What is told apart."""
    counts: dict[Subject, float] = field(default_factory=dict)
    pairs: dict[tuple[Relation, str, str], float] = field(default_factory=dict)

    def add(self, notes: Iterable[Note]) -> None:
        for note in notes:
            age = self.day - note.at // DAY
            if age <= MAX_AGE:
                weight = fading(age)
                match note:
                    case Basket(products=products):
                        self._basket("bought", products, weight)
                        self._basket("category", self._kinds_of(products), weight)
                    case Look(fresh=fresh, links=links):
                        self._look(fresh, links, weight)
                if len(self.pairs) > AT_ONCE:
                    self.pairs = {pair: often for pair, often in self.pairs.items() if often > 1}

    def bonds(self) -> Mapping[Subject, Bonds]:
        partners: dict[Subject, dict[str, float]] = {}
        for (relation, one, other), often in self.pairs.items():
            partners.setdefault(Subject(relation, one), {})[other] = often
            partners.setdefault(Subject(relation, other), {})[one] = often
        subjects = sorted(self.counts.keys() | partners.keys())
        return {
            one: Bonds(self.day, self.counts.get(one, 0.0), strongest(partners.get(one, {})), self.first)
            for one in subjects
        }

    def _basket(self, relation: Relation, names: Iterable[str], weight: float) -> None:
        if relation not in self.relations:
            return
        mine = sorted(set(names))
        for name in mine:
            self._count(relation, name, weight)
        for one, other in combinations(mine, 2):
            self._pair(relation, one, other, weight)

    def _look(
        self, fresh: Iterable[str], links: Iterable[tuple[ProductId, tuple[ProductId, ...]]], weight: float
    ) -> None:
        for name in fresh:
            self._count("viewed", name, weight)
        for hub, others in links:
            for other in others:
                self._pair("viewed", hub, other, weight)

    def _kinds_of(self, products: Iterable[ProductId]) -> set[str]:
        return {kind for product in products for kind in self.kinds.get(product, ())}

    def _count(self, relation: Relation, name: str, weight: float) -> None:
        subject = Subject(relation, name)
        self.counts[subject] = self.counts.get(subject, 0.0) + weight

    def _pair(self, relation: Relation, one: str, other: str, weight: float) -> None:
        pair = (relation, one, other)
        self.pairs[pair] = self.pairs.get(pair, 0.0) + weight
