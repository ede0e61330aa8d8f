"""When a store, or a campaign, did not send: what is sent at a pace or within a time comes later by as long."""

from collections.abc import Iterable, Iterator
from typing import Final

from shopbell.domain.clock import DAY, SECOND, Duration, Instant

Pause = tuple[Instant, Instant]
"""From the one instant to the other."""
KEPT: Final[Duration] = 14 * DAY
"""Longer than any run lasts."""
MOST: Final = 20
MOST_TURNS: Final = 100
FOREVER: Final[Instant] = 10**15
"""Where a pause ends that goes on."""
TURN_SLACK: Final[Duration] = 5 * SECOND
"""By so much a chunk may be early where so many go a minute: clocks and queues are not exact."""


def after(pauses: tuple[Pause, ...], ended: Pause) -> tuple[Pause, ...]:
    """With the one that ended just now. Of too many the oldest become one: turns may come late, never early."""
    kept = tuple(one for one in (*pauses, ended) if one[1] > ended[1] - KEPT)
    while len(kept) > MOST:
        kept = ((kept[0][0], kept[1][1]), *kept[2:])
    return kept


def remembered(pauses: tuple[Pause, ...], ended: Pause) -> tuple[Pause, ...]:
    """The same of a campaign: each stays as it was, for its runs know them one by one."""
    return tuple(one for one in (*pauses, ended) if one[1] > ended[1] - KEPT)[-MOST_TURNS:]


def union(*several: Iterable[Pause]) -> tuple[Pause, ...]:
    """Oldest first, none of which touches another: what two have in common counts once."""
    merged: list[Pause] = []
    for since, until in sorted(one for pauses in several for one in pauses):
        if merged and since <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], until)
        else:
            merged.append((since, until))
    return tuple(merged)


def within(pauses: Iterable[Pause], at: Instant) -> Pause | None:
    """The one that the instant lies in."""
    return next((one for one in union(pauses) if one[0] <= at < one[1]), None)


def between(pauses: Iterable[Pause], begin: Instant, end: Instant) -> Iterator[Pause]:
    """What is left of that time without them; `pauses` as `union` gives them."""
    for since, until in pauses:
        if begin < min(since, end):
            yield begin, min(since, end)
        begin = max(begin, until)
    if begin < end:
        yield begin, end


def held(pauses: Iterable[Pause], begin: Instant, end: Instant) -> Duration:
    """For how long of the time from `begin` to `end` it did not send."""
    return sum(max(0, min(until, end) - max(since, begin)) for since, until in pauses)
