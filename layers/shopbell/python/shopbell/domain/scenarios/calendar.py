"""When a scenario of the store's own calendar runs: instants from a minute of the day in its zone."""

from datetime import timedelta, tzinfo
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.localtime import at, date_of
from shopbell.domain.scenarios.plan import OnCalendar

_WEEK: Final = 7


def latest(trigger: OnCalendar, zone: tzinfo, until: Instant) -> Instant:
    """The last nominal instant at or before `until`.

    Each day has one: where the clock leaps over the minute, the first instant after the leap; where it shows the
    minute twice, the first.
    """
    return _walk(trigger, zone, until, -1)


def following(trigger: OnCalendar, zone: tzinfo, after: Instant) -> Instant:
    """The first nominal instant beyond `after`."""
    return _walk(trigger, zone, after, 1)


def _walk(trigger: OnCalendar, zone: tzinfo, start: Instant, step: int) -> Instant:
    day = date_of(start, zone)
    for days in range(_WEEK + 1):
        there = day + timedelta(days * step)
        if trigger.weekday is not None and there.weekday() != trigger.weekday:
            continue
        found = at(there, trigger.minute, zone)
        if found > start if step > 0 else found <= start:
            return found
    raise AssertionError("a week has each of its days")
