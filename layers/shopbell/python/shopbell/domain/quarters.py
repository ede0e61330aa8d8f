"""When messages were accepted, by the quarter of an hour: the clocks of all time zones begin their hours with one."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from shopbell.domain.clock import MINUTE, Duration, Instant

QUARTER: Final[Duration] = 15 * MINUTE
Quarters = Mapping[Instant, int]
"""How many in each, by when it began."""


def quarter_of(at: Instant) -> Instant:
    return at - at % QUARTER


def reached(found: Quarters, percent: int) -> Instant | None:
    """The first quarter with which so many per cent of all had been; None of none."""
    whole, so_far = sum(found.values()), 0
    for when, number in sorted(found.items()):
        so_far += number
        if whole and so_far * 100 >= whole * percent:
            return when
    return None


def placed(whole: int, known: Quarters, at: Instant) -> Quarters:
    """All of them: those of which it is not known yet when they were are put at that instant, or taken off it."""
    more = whole - sum(known.values())
    found = Counter(known)
    found[quarter_of(at)] += more
    return {when: number for when, number in sorted(found.items()) if number}
