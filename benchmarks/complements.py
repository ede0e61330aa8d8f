"""Do complements know what kind of thing a household buys for the first time? Beside `recommend.py`, on its data.

Every order before a cut is told as `tally` tells it and bound day by day as a night binds it; then the five kinds
that rank first for a household's latest order, of those that it did not buy in 90 days, are held against the kinds of
the next 14 days. The popularity that it must beat is the kinds that most baskets hold, with the same ones left out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.bonds import Binding, Bonds, Subject, leaves
from shopbell.domain.recommend.complements import leaning, ranked_kinds
from shopbell.domain.recommend.taste import Weighing, taste_of
from shopbell.domain.recommend.together import NOWHERE, Note, follow
from shopbell.domain.visits.interactions import fold_interactions
from shopbell.domain.visits.rows import MAX_INTERACTIONS

AHEAD: Final = 14 * DAY
OWNED: Final = 90 * DAY
PICKED: Final = 5
BAR: Final = 0.075
RESAMPLES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Household:
    """Its latest order before the cut as seeds, what it has bought, what it went on to buy, and its taste."""

    seeds: tuple[str, ...]
    owned: frozenset[str]
    truth: frozenset[str]
    state: bytes


def score(
    at: Instant, bought: Mapping[str, Sequence[Event]], known: Mapping[ProductId, Product]
) -> tuple[float, float]:
    """Prints the cut; answers the precision and the lower end of the gain's interval."""
    kinds = {name: leaves(product) for name, product in known.items()}
    bonds = bound(at, bought, kinds)
    popular = _popular(at, bought, kinds)
    rows = [(one, picked) for one in _households(at, bought, kinds) if (picked := _picked(one, bonds))]
    mine = np.array([len(one.truth.intersection(picked)) / PICKED for one, picked in rows])
    plain = np.array([len(one.truth.intersection(_first(popular, one))) / PICKED for one, _ in rows])
    low, high = interval(mine - plain)
    print(f"  households                            {len(rows)}")
    print(f"  popularity, new kinds                 {plain.mean():.4f}")
    print(f"  complementary, new kinds              {mine.mean():.4f}")
    print(f"  gain, paired bootstrap 95 %           {(mine - plain).mean():+.4f} [{low:+.4f}, {high:+.4f}]")
    return float(mine.mean()), low


def bound(
    at: Instant, bought: Mapping[str, Sequence[Event]], kinds: Mapping[ProductId, tuple[str, ...]]
) -> Mapping[Subject, Bonds]:
    """As of the cut: what each day noted, added to what was kept before it."""
    kept: dict[Subject, Bonds] = {}
    for day, notes in groupby(sorted(_notes(at, bought), key=lambda note: note.at), key=lambda note: note.at // DAY):
        binding = Binding(day, kinds, day, frozenset({"category"}))
        binding.add(notes)
        for one, fresh in binding.bonds().items():
            kept[one] = kept[one] + fresh if one in kept else fresh
    return {one: bonds.at(at // DAY) for one, bonds in kept.items()}


def interval(gains: Any) -> tuple[float, float]:
    random = np.random.default_rng(1)
    places = random.integers(0, len(gains), (RESAMPLES, len(gains)))
    low, high = np.percentile(gains[places].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def _notes(at: Instant, bought: Mapping[str, Sequence[Event]]) -> Iterator[Note]:
    for rows in bought.values():
        trail = NOWHERE
        for order in rows:
            if order.at < at:
                trail, notes = follow(trail, [order])
                yield from notes


def _households(
    at: Instant, bought: Mapping[str, Sequence[Event]], kinds: Mapping[ProductId, tuple[str, ...]]
) -> Iterator[Household]:
    """Those that bought on both sides."""
    for rows in bought.values():
        before, after = [one for one in rows if one.at < at], [one for one in rows if at <= one.at < at + AHEAD]
        if before and after:
            owned = {kind for one in before if one.at >= at - OWNED for kind in _kinds(one, kinds)}
            truth = frozenset(kind for one in after for kind in _kinds(one, kinds))
            state = fold_interactions(b"", before[-MAX_INTERACTIONS:])
            yield Household(tuple(sorted(_kinds(before[-1], kinds))), frozenset(owned), truth, state)


def _picked(one: Household, bonds: Mapping[Subject, Bonds]) -> Sequence[str]:
    taste = taste_of(one.state, Weighing())
    ranked = ranked_kinds(bonds, one.seeds, leaning(taste))
    return [path for path, _ in ranked if path not in one.owned][:PICKED]


def _first(popular: Sequence[str], one: Household) -> Sequence[str]:
    left = (path for path in popular if path not in one.owned and path not in one.seeds)
    return [path for path, _ in zip(left, range(PICKED), strict=False)]


def _popular(
    at: Instant, bought: Mapping[str, Sequence[Event]], kinds: Mapping[ProductId, tuple[str, ...]]
) -> Sequence[str]:
    baskets = Counter(kind for rows in bought.values() for one in rows if one.at < at for kind in _kinds(one, kinds))
    return [path for path, _ in sorted(baskets.items(), key=lambda row: (-row[1], row[0]))]


def _kinds(order: Event, kinds: Mapping[ProductId, tuple[str, ...]]) -> set[str]:
    return {kind for product in order.products for kind in kinds.get(product, ())}
