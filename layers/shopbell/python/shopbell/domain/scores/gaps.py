"""How long a buyer waits between orders: their own mean gap, and how far gaps stray from it."""

from collections.abc import Iterable, Iterator
from typing import Final

from shopbell.domain.clock import DAY, Duration
from shopbell.domain.scores.buyers import Buyer

SHRINK: Final = 2
"""How many of the store's median gaps a buyer's own gaps are averaged with."""
Spread = tuple[float, float]
"""A quarter of the gaps is shorter than the first, a quarter longer than the second; 1 is what was expected."""


def own_gap(one: Buyer, median: Duration) -> Duration:
    """The buyer's own mean gap, drawn to the store's median while there are few of them."""
    return round((one.span * DAY + SHRINK * median) / (one.repeats + SHRINK))


def spread(buyers: Iterable[Buyer], median: Duration) -> Spread | None:
    """Of all gaps of a store, each as a part of what its buyer's other gaps led to expect; None without a gap."""
    strays = sorted(part for one in buyers for part in _strays(one, median))
    return (_at(strays, 0.25), _at(strays, 0.75)) if strays else None


def _strays(one: Buyer, median: Duration) -> Iterator[float]:
    for days, often in one.gaps.items():
        gap = days * DAY
        expected = (one.span * DAY - gap + SHRINK * median) / (one.repeats - 1 + SHRINK)
        yield from [gap / expected] * often


def _at(ordered: list[float], share: float) -> float:
    """The quantile, straight between the two nearest."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
