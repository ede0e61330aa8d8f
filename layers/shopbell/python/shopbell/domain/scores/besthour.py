"""The hour of the day at which a visitor is likeliest to look, from when they came so far."""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Final

from shopbell.domain.clock import DAY, SECOND, Duration, Instant
from shopbell.domain.profile import Profile
from shopbell.domain.visits.sessions import starts_of

HOURS: Final = 24
HALF_LIFE: Final[Duration] = 30 * DAY
FEWEST: Final = 5
"""Visits and clicks with fewer of which nothing is said."""
SMOOTH: Final = 2.0
"""What the store's own day weighs against the visitor's, in visits of now."""
Histogram = tuple[float, ...]
"""Weight of each hour of the day, 0 to 23."""


def histogram(instants: Iterable[Instant], zone: tzinfo, now: Instant) -> Histogram:
    """By the clock of that zone; a visit counts half after 30 days. What lies ahead of now does not count.

    Those of many visitors, summed hour by hour, are the day of the store.
    """
    bins = [0.0] * HOURS
    for at in instants:
        if at <= now:
            bins[datetime.fromtimestamp(at // SECOND, zone).hour] += 0.5 ** ((now - at) / HALF_LIFE)
    return tuple(bins)


def best_hour(instants: Sequence[Instant], zone: tzinfo, now: Instant, store: Histogram | None = None) -> int | None:
    """0 to 23; of equals the earliest. None while there are fewer than five visits and clicks up to now.

    The visitor's day is smoothed to the store's: the longer they stay away, the more the store's own decides.
    """
    past = [at for at in instants if at <= now]
    if len(past) < FEWEST:
        return None
    own, total = histogram(past, zone, now), sum(store) if store else 0.0
    prior = [SMOOTH * weight / total for weight in store] if store and total else [0.0] * HOURS
    weights = [mine + theirs for mine, theirs in zip(own, prior, strict=True)]
    return max(range(HOURS), key=lambda hour: (weights[hour], -hour))


def best_hour_of(profile: Profile, zone: tzinfo, now: Instant, store: Histogram | None = None) -> int | None:
    """From the sessions that are kept of the visitor; a click that leads to the shop begins one."""
    return best_hour(starts_of(profile.sessions), zone, now, store)


def summed(days: Iterable[Histogram]) -> Histogram:
    """Of many visitors, hour by hour."""
    total = [0.0] * HOURS
    for day in days:
        total = [mine + more for mine, more in zip(total, day, strict=True)]
    return tuple(total)
