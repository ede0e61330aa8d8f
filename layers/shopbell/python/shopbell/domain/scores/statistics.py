"""What the nightly pass knows of a store as a whole, computed from its buyers."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.scores.buyers import Buyer
from shopbell.domain.scores.gaps import Spread, spread
from shopbell.domain.scores.rfm import RfmEdges, edges
from shopbell.domain.scores.survival import Survival

MOVED: Final = 0.01
"""A number that moved by no more than one per cent is left as it is (ruling 15)."""
TENTHS: Final = 9
LONG: Final = 0.75
SHORTEST: Final[Duration] = 21 * DAY
LONGEST: Final[Duration] = 180 * DAY
MIN_REPEAT_BUYERS: Final = 50
MIN_HISTORY_DAYS: Final = 90
"""With less the churn model has nothing to hold on to, and a plain rule decides."""
REFIT_AFTER: Final[Duration] = 6 * DAY + DAY // 2
"""Weekly, whatever minute of the night it is."""


@dataclass(frozen=True, slots=True)
class StoreStatistics:
    """`version` goes up whenever a number that rules refer to moved. Money in minor units of the store's currency."""

    store: StoreId
    at: Instant = 0
    version: int = 0
    buyers: int = 0
    aov: float | None = None
    """Mean order of the last 365 days."""
    spend_p90: float | None = None
    """What the buyers of the last 365 days spent in them: nine of ten spent no more than this."""
    repeat_gap_median: Duration | None = None
    """Between one day with an order and the buyer's next, over all buyers."""
    long_gap: Duration | None = None
    """Three quarters of these gaps are no longer; never under SHORTEST nor over LONGEST. Who stays away for so long
    is about to leave."""
    rfm: RfmEdges = field(default_factory=RfmEdges)
    survival: Survival | None = None
    """None: too few repeat buyers or too short a history; then `basis` is `rule`."""
    fitted_at: Instant | None = None
    gap_spread: Spread | None = None
    """How far the gaps of a buyer stray from what the others of them led to expect."""
    day: tuple[float, ...] | None = None
    """Weight of each hour in the visits of the buyers (`besthour.Histogram`); None: no visit is kept."""

    @property
    def values(self) -> Mapping[str, float]:
        """What `{"stat": ...}` of a rule may name; those that are not known yet are left out."""
        known = {
            "aov": self.aov,
            "spend_p90": self.spend_p90,
            "repeat_gap_median": self.repeat_gap_median,
            "long_gap": self.long_gap,
        }
        return {name: float(value) for name, value in known.items() if value is not None}


def summary(store: StoreId, buyers: Sequence[Buyer], now: Instant) -> StoreStatistics:
    """Everything but the churn model, of all buyers."""
    gaps: Counter[int] = Counter()
    for one in buyers:
        gaps.update(one.gaps)
    orders = sum(one.year_orders for one in buyers)
    aov = sum(one.year_spend for one in buyers) / orders if orders else None
    median = _median(gaps)
    return StoreStatistics(
        store=store,
        at=now,
        buyers=len(buyers),
        aov=aov,
        spend_p90=_p90([one.year_spend for one in buyers if one.year_orders]),
        repeat_gap_median=None if median is None else round(median * DAY),
        long_gap=_long(gaps),
        gap_spread=None if median is None else spread(buyers, round(median * DAY)),
        rfm=edges(
            [one.recency(now) for one in buyers],
            [one.orders for one in buyers],
            [one.spend for one in buyers],
            aov or 0.0,
        ),
    )


def can_be_fitted(buyers: Sequence[Buyer], now: Instant) -> bool:
    """Whether there is enough for the churn model."""
    repeat = sum(one.repeats > 0 for one in buyers)
    return repeat >= MIN_REPEAT_BUYERS and max(one.age(now) for one in buyers) >= MIN_HISTORY_DAYS


def moved(old: Mapping[str, float], new: Mapping[str, float]) -> bool:
    """Whether some number came, went, or changed by more than one per cent of what it was."""
    return old.keys() != new.keys() or any(differs(old[name], new[name]) for name in old)


def differs(old: float, new: float) -> bool:
    return abs(new - old) > MOVED * abs(old)


def _median(counts: Mapping[int, int]) -> float | None:
    """Of values given with how often each occurs; the mean of the two in the middle of an even number."""
    total = sum(counts.values())
    if not total:
        return None
    low, high, seen = (total - 1) // 2, total // 2, 0
    middle: list[int] = []
    for value in sorted(counts):
        seen += counts[value]
        middle += [value for place in (low, high)[len(middle) :] if place < seen]
        if len(middle) == 2:  # noqa: PLR2004 - both are found
            break
    return sum(middle) / len(middle)


def _long(counts: Mapping[int, int]) -> Duration | None:
    """By nearest rank, of days given with how often each occurs."""
    seen, place = 0, math.ceil(sum(counts.values()) * LONG)
    for days in sorted(counts):
        seen += counts[days]
        if seen >= place:
            return min(max(days * DAY, SHORTEST), LONGEST)
    return None


def _p90(values: Sequence[int]) -> float | None:
    """By nearest rank."""
    ordered = sorted(values)
    return float(ordered[math.ceil(len(ordered) * TENTHS / 10) - 1]) if ordered else None
