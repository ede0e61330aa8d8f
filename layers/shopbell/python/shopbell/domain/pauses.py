"""When a store did not send: what is sent at a pace of so many a minute comes later by as long."""

from collections.abc import Iterable
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant

Pause = tuple[Instant, Instant]
"""From the one instant to the other."""
KEPT: Final[Duration] = 14 * DAY
"""Longer than any run lasts."""
MOST: Final = 20


def after(pauses: tuple[Pause, ...], ended: Pause) -> tuple[Pause, ...]:
    """With the one that ended just now. Of too many the oldest become one: turns may come late, never early."""
    kept = tuple(one for one in (*pauses, ended) if one[1] > ended[1] - KEPT)
    while len(kept) > MOST:
        kept = ((kept[0][0], kept[1][1]), *kept[2:])
    return kept


def held(pauses: Iterable[Pause], begin: Instant, end: Instant) -> Duration:
    """For how long of the time from `begin` to `end` it did not send."""
    return sum(max(0, min(until, end) - max(since, begin)) for since, until in pauses)
