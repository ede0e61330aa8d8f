"""What a visitor cares for: shares of categories and brands, computed when read; nothing decayed is ever stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.deeds import (
    BOUGHT,
    Visited,
    categories,
    deeds,
    ordered,
    orders,
    prices,
    purchased,
    refunded,
    visited,
)
from shopbell.domain.visits.interactions import HALF_LIFE, WEIGHTS, Interaction, Kind, interactions_of, looked_at
from shopbell.domain.visits.notes import Looked
from shopbell.domain.visits.sessions import PAUSE

INTENT_HALF_LIFE: Final[Duration] = 14 * DAY
"""Of everything but purchases: what was looked at is soon forgotten, what was bought is bought again."""
SESSION_BOOST: Final = 1.5
"""What the latest session looked at, and bought nothing of, counts so much more."""
_ORDERS: Final[frozenset[Kind]] = frozenset({"purchase", "refund"})
Names = Callable[[Interaction], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Taste:
    """`categories` and `brands`: shares that make 1 together, the greatest first, equals by name."""

    categories: Mapping[str, float] = field(default_factory=dict)
    brands: Mapping[str, float] = field(default_factory=dict)
    prices: Mapping[str, float] = field(default_factory=dict)
    """Median of what was looked at and bought in a category, minor units."""
    deeds: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """How often what was done in a category."""
    session: tuple[str, ...] = ()
    """Categories of the latest session, the latest first."""
    visited: Mapping[ProductId, Visited] = field(default_factory=dict)
    purchased: Mapping[ProductId, tuple[Instant, ...]] = field(default_factory=dict)
    """When each product was bought, oldest first."""
    ordered: tuple[ProductId, ...] = ()
    """What the latest order brought, with those of the same session."""
    orders: Mapping[int, tuple[ProductId, ...]] = field(default_factory=dict)
    """What each order brought, by the hash of its id."""
    refunded: frozenset[ProductId] = frozenset()
    """Given back after it was last bought."""
    seen: Mapping[ProductId, int] = field(default_factory=dict)
    """The price at which the visitor saw or bought it last, minor units."""
    lasting: bool = False
    """Something is known from before the latest session."""
    entry: tuple[str, ...] = ()
    """The category that the latest session began with: a product's, or one whose page was looked at."""
    last_viewed: tuple[str, ...] = ()
    """The category that was looked at last, as a page or with a product."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """How deeds are weighed: half-lives, and what a purchase weighs beyond its weight."""

    half_life: Duration = HALF_LIFE
    """Of what was bought, and of what was given back: it takes away as much as it was."""
    purchase_factor: float = 1.0
    session_boost: float = SESSION_BOOST
    """Of the categories of the latest session that nothing was bought in."""

    def __call__(self, one: Interaction, newest: Instant) -> float:
        bought = one.kind in _ORDERS
        half_life = self.half_life if bought else min(INTENT_HALF_LIFE, self.half_life)
        left: float = 0.5 ** ((newest - one.at) / half_life)
        return WEIGHTS[one.kind] * left * (self.purchase_factor if bought else 1)


@lru_cache(maxsize=1_024)
def taste_of(state: bytes, weighing: Weighing, *, session_only: bool = False) -> Taste:
    """From a profile's interactions. Ages count from the newest one, so that time alone never changes a share."""
    found = standing(interactions_of(state))
    looked = looked_at(state)
    if not found:
        return Taste(entry=_entry((), looked), last_viewed=tuple(one.category for one in looked[-1:]))
    here = [one for one in found if one.kind != "refund"]
    start = latest_session(here) if here else found[-1].at
    session = [one for one in here if one.at >= start]
    rows = session if session_only else found
    named = tuple(dict.fromkeys(path for one in reversed(session) for path in categories(one)))
    return Taste(
        _boosted(_shares(rows, weighing, categories), _unfinished(session), weighing.session_boost),
        _shares(rows, weighing, lambda one: (one.brand,) if one.brand else ()),
        prices(rows),
        deeds(rows),
        named,
        visited(rows),
        purchased(found),
        ordered(found),
        orders(found),
        refunded(found),
        {one.product: one.price for one in here if one.price},
        lasting=len(session) < len(here),
        entry=_entry(here, looked),
        last_viewed=(looked[-1].category,) if looked and (looked[-1].at > found[-1].at or not named) else named[:1],
    )


def standing(rows: Sequence[Interaction]) -> Sequence[Interaction]:
    """Of several reports of one event the newest, oldest first."""
    newest = {(one.event, one.product): one for one in rows}
    return sorted(newest.values(), key=lambda one: (one.at, one.event, one.product))


def latest_session(rows: Sequence[Interaction]) -> Instant:
    """When it began, of rows in order: no two of its deeds lie further apart than a session's pause."""
    start = rows[-1].at
    for one in reversed(rows):
        if start - one.at > PAUSE:
            break
        start = one.at
    return start


def _entry(here: Sequence[Interaction], looked: Sequence[Looked]) -> tuple[str, ...]:
    """Of products and pages alike: of the latest session in which one of them told a category the first that did."""
    deeds_told = [(one.at, categories(one)[-1]) for one in here if categories(one)]
    told = sorted([*((one.at, one.category) for one in looked), *deeds_told], key=lambda row: row[0])
    first = told[-1:]
    for one in reversed(told):
        if first[0][0] - one[0] > PAUSE:
            break
        first = [one]
    return tuple(category for _, category in first)


def _shares(rows: Sequence[Interaction], weighing: Weighing, names: Names) -> Mapping[str, float]:
    """Each event once for each name: ten kinds of one thing in a basket are one purchase in its category."""
    sums: dict[str, float] = {}
    counted: set[tuple[int, str]] = set()
    for one in rows:
        weight = weighing(one, rows[-1].at)
        for name in names(one):
            if (one.event, name) not in counted:
                counted.add((one.event, name))
                sums[name] = sums.get(name, 0.0) + weight
    return _normal(sums)


def _unfinished(session: Sequence[Interaction]) -> set[str]:
    bought = {path for one in session if one.kind == BOUGHT for path in categories(one)}
    return {path for one in session for path in categories(one)} - bought


def _boosted(shares: Mapping[str, float], session: set[str], boost: float) -> Mapping[str, float]:
    return _normal({name: share * (boost if name in session else 1) for name, share in shares.items()})


def _normal(sums: Mapping[str, float]) -> Mapping[str, float]:
    """What more was taken out than put in is left out."""
    liked = sorted(((score, name) for name, score in sums.items() if score > 0), key=lambda row: (-row[0], row[1]))
    total = sum(score for score, _ in liked)
    return {name: score / total for score, name in liked}
