"""Dips: a segment that loses far more members in a day than it usually gains or loses."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import Final

from shopbell.domain.segments.history import Day, DayCount

MEASURED_DAYS: Final = 28
FEWEST_DAYS: Final = 7
"""With fewer days behind it, nobody knows what is usual for a segment."""
DEVIATIONS: Final = 3.0
SMALLEST_SHARE: Final = 0.05
DEFINITION: Final = "definition"


@dataclass(frozen=True, slots=True)
class Dip:
    """`fell` members more went than came. The leaf (of `version`) and the cause that let most of them go."""

    day: Day
    fell: int
    share: float
    """Of those who were in it the day before, 0 to 1."""
    leaf: str | None
    version: int | None
    cause: str | None


def is_dip(changes: Sequence[float], change: float, before: float) -> bool:
    """Whether a change is a fall beyond 3 standard deviations of the last 28 days' and at least 5 % of `before`.

    The deviation is that of the whole population about its mean. Changes are oldest first; only the last 28 count.
    False with fewer than 7 of them: there is no usual yet.
    """
    usual = changes[-MEASURED_DAYS:]
    if len(usual) < FEWEST_DAYS or change >= 0 or before <= 0:
        return False
    return change < fmean(usual) - DEVIATIONS * pstdev(usual) and -change >= SMALLEST_SHARE * before


def dip(days: Sequence[DayCount]) -> Dip | None:
    """Whether the last of these days is a dip against those before it, oldest first, from the first that counts on.

    Who came or went because the definition changed is left out on both sides: that was meant.
    """
    if not days:
        return None
    *earlier, last = days
    change, before = _change(last), last.size - last.moved("entered") + last.moved("exited")
    if not is_dip([_change(day) for day in earlier], change, before):
        return None
    leaves: Counter[tuple[str, int, str]] = Counter()
    for turn, number in last.turns.items():
        if turn.change == "exited" and turn.cause != DEFINITION:
            leaves[turn.leaf, turn.version, turn.cause] += number
    # of as many, the first by name, so that the answer is always the same
    leaf, version, cause = min(leaves, key=lambda key: (-leaves[key], key))
    return Dip(last.day, -change, -change / before, leaf or None, version, cause)


def since_the_first(days: Sequence[DayCount]) -> Sequence[DayCount]:
    """Without the days before anybody was in the segment: they say nothing of what is usual."""
    place = next((number for number, day in enumerate(days) if day.size or day.turns), len(days))
    return days[place:]


def _change(day: DayCount) -> int:
    return day.moved("entered", besides=DEFINITION) - day.moved("exited", besides=DEFINITION)
