"""Clocks on people's walls: which minute of the day they show, and when they will show another one."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from shopbell.domain.clock import DAY, MINUTE, SECOND, Duration, Instant
from shopbell.domain.policy import QuietHours

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


def minute_of(now: Instant, zone: tzinfo) -> int:
    """Of the day there, 0 to 1,439."""
    there = _there(now, zone)
    return there.hour * _HOUR + there.minute


def clock(minute: int) -> str:
    """A minute of the day as one reads it: `08:00`."""
    return f"{minute // _HOUR:02d}:{minute % _HOUR:02d}"


def date_of(now: Instant, zone: tzinfo) -> date:
    return _there(now, zone).date()


def at(day: date, minute: int, zone: tzinfo, after: Instant = -1) -> Instant:
    """The first instant beyond `after` at which the clock there shows that minute of that day.

    Where the clock leaps over the minute, the first after the leap; where it shows it twice, and the first time is
    not beyond `after`, the second. Shown at no time beyond it: the earlier of what there was.
    """
    naive = datetime(day.year, day.month, day.day, minute // _HOUR, minute % _HOUR)  # noqa: DTZ001 - a wall's clock
    early, late = (_instant(naive.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if early > late:
        return _leap(late, early, zone)
    return late if early <= after < late else early


def next_at(now: Instant, minute: int, zone: tzinfo) -> Instant:
    """`now` or the first instant after it at which the clock there shows that minute."""
    today = date_of(now, zone)
    for days in range(3):
        found = at(today + timedelta(days), minute, zone, now - 1)
        if found >= now:
            return found
    return now + DAY


@lru_cache(maxsize=1_024)
def quiet_until(now: Instant, quiet: QuietHours, zone: tzinfo) -> Instant | None:
    """When the quiet hours in which it is there are over; None: it is not in them."""
    minute = minute_of(now, zone)
    if not inside(minute, quiet):
        return None
    day = date_of(now, zone) + timedelta(minute >= quiet.end)
    over = at(day, quiet.end, zone, now)
    return over if over > now else now + MINUTE


def quiet_between(start: Instant, end: Instant, quiet: QuietHours, zone: tzinfo) -> Duration:
    """How much of that stretch is quiet there."""
    if quiet.start == quiet.end:
        return 0
    total, now = 0, start
    while now < end:
        until = quiet_until(now, quiet, zone)
        if until is None:
            now = next_at(now + 1, quiet.start, zone)
        else:
            total, now = total + min(until, end) - now, until
    return total


def inside(minute: int, quiet: QuietHours) -> bool:
    """Equal ends: never."""
    if quiet.start <= quiet.end:
        return quiet.start <= minute < quiet.end
    return minute >= quiet.start or minute < quiet.end


def hour_from(now: Instant, hour: int, zone: tzinfo, within: Duration = DAY) -> Instant:
    """`now` if that hour of the day is on there, else when it next begins, `within` at the latest."""
    if minute_of(now, zone) // _HOUR == hour:
        return now
    return min(next_at(now, hour * _HOUR, zone), now + within)


def _leap(before: Instant, after: Instant, zone: tzinfo) -> Instant:
    """When the clock leaps, between an instant before it and one after it."""
    old = _offset(before, zone)
    low, high = before // SECOND, after // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(middle * SECOND, zone) == old:
            low = middle
        else:
            high = middle
    return high * SECOND


def _offset(now: Instant, zone: tzinfo) -> timedelta | None:
    return _there(now, zone).utcoffset()


def _there(now: Instant, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(now // SECOND, UTC).astimezone(zone)


def _instant(there: datetime) -> Instant:
    return int(there.timestamp()) * SECOND
