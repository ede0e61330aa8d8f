"""Leaves over dates among the traits: near ones, returning ones, and the age that a birthday makes."""

import re
from calendar import isleap
from collections.abc import Callable, Iterator
from datetime import MAXYEAR, date
from typing import Final
from zoneinfo import ZoneInfo

from shopbell.domain.clock import DAY, Duration, Instant, read_instant
from shopbell.domain.events import Json
from shopbell.domain.profile import Profile
from shopbell.domain.rules.operators import answer, scalars
from shopbell.domain.rules.traits import DateLeaf, TraitLeaf
from shopbell.domain.segments.truth import FOREVER, Test, Truth
from shopbell.domain.segments.zones import ZoneOf, day_of, midnight

Span = tuple[Instant, Instant]
"""True from the first up to, not including, the second."""
Spans = Callable[[Json, Instant, ZoneInfo], Iterator[Span]]
"""The spans, near an instant, in which one value makes the leaf true."""
_FULL: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_RETURNING: Final = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
_LEAP_YEAR: Final = 2000
_YEAR: Final = 365
"""Days: with as many before each return, one follows on the other."""
_LEAP_DAY: Final = (2, 29)
BIRTHDAY: Final = "birthday"


def date_test(leaf: DateLeaf, zone_of: ZoneOf) -> Test:
    """A list of dates counts as several: any of them."""
    spans = _spans(leaf)

    def test(profile: Profile, now: Instant) -> Truth:
        trait = profile.traits.get(leaf.trait)
        if trait is None or trait.value is None:
            return False, FOREVER
        zone, truth, until = zone_of(profile), False, FOREVER
        for value in scalars(trait.value):
            for start, end in spans(value, now, zone):
                if start < end:
                    truth = truth or start <= now < end
                    until = min(until, *(edge for edge in (start, end, FOREVER) if edge > now))
        return truth, until

    return test


def age_test(leaf: TraitLeaf, zone_of: ZoneOf) -> Test:
    """Whole years since a full birthday that is not ahead; no age, where there is none."""
    decide = answer(leaf.op, leaf.value)

    def test(profile: Profile, now: Instant) -> Truth:
        trait = profile.traits.get(BIRTHDAY)
        born = _full(trait.value) if trait else None
        if born is None:
            return decide(()), FOREVER
        zone = zone_of(profile)
        today, first = day_of(now, zone), born.toordinal()
        if today < first:
            return decide(()), midnight(first, zone)
        year = date.fromordinal(today).year
        had = today >= _returns(born.month, born.day, year)
        turns = _returns(born.month, born.day, year + had)
        return decide((year - born.year - (not had),)), midnight(turns, zone)

    return test


def _spans(leaf: DateLeaf) -> Spans:
    days = -(-leaf.value // DAY)
    match leaf.op:
        case "anniversary_within":
            return lambda value, now, zone: _anniversaries(value, days, now, zone)
        case "anniversary_ago":
            return lambda value, now, zone: _after_anniversaries(value, days, now, zone)
        case "within_next":
            return lambda value, _, zone: _around(value, zone, (-leaf.value, 0), (-days, 1))
        case "within_last":
            return lambda value, _, zone: _around(value, zone, (0, leaf.value), (0, days))


def _around(value: Json, zone: ZoneInfo, shifts: tuple[Duration, Duration], days: tuple[int, int]) -> Iterator[Span]:
    """An instant by durations, a date by whole days of the zone."""
    day = _full(value)
    if day is not None:
        first = day.toordinal()
        yield midnight(first + days[0], zone), midnight(first + days[1], zone)
        return
    at = _instant(value)
    if at is not None:
        yield at + shifts[0], at + shifts[1]


def _anniversaries(value: Json, days: int, now: Instant, zone: ZoneInfo) -> Iterator[Span]:
    """From `days` before each return of the day up to its end; of a full date a year later at the earliest."""
    found = _returning(value, zone)
    if found is None:
        return
    month, day, since = found
    if days >= _YEAR:
        yield midnight(_returns(month, day, since) - days, zone), FOREVER
        return
    today = day_of(now, zone)
    first = date.fromordinal(max(today - 1, 1)).year
    last = date.fromordinal(min(today + days + 1, _LAST)).year + 1
    for year in range(max(first, since), min(last, MAXYEAR - 1) + 1):
        at = _returns(month, day, year)
        yield midnight(at - days, zone), midnight(at + 1, zone)


def _after_anniversaries(value: Json, days: int, now: Instant, zone: ZoneInfo) -> Iterator[Span]:
    """The day that lies so many days after each return."""
    found = _returning(value, zone)
    if found is None:
        return
    month, day, since = found
    today = day_of(now, zone)
    first = date.fromordinal(max(today - days - 1, 1)).year
    last = date.fromordinal(min(max(today - days + 1, 1), _LAST)).year + 1
    for year in range(max(first, since), min(max(last, since), MAXYEAR - 1) + 1):
        then = _returns(month, day, year) + days
        yield midnight(then, zone), midnight(then + 1, zone)


def _returning(value: Json, zone: ZoneInfo) -> tuple[int, int, int] | None:
    """Month, day, and the first year of its return."""
    if isinstance(value, str) and (found := _RETURNING.fullmatch(value)):
        month, day = int(found[1]), int(found[2])
        return (month, day, 1) if _dated(_LEAP_YEAR, month, day) else None
    full, at = _full(value), _instant(value)
    if full is None and at is not None:
        full = date.fromordinal(day_of(at, zone))
    return None if full is None else (full.month, full.day, full.year + 1)


def _returns(month: int, day: int, year: int) -> int:
    """Leap day is 28 February in common years (ruling 18); after the last day of all where the year is too far."""
    if year > MAXYEAR:
        return _LAST + 1
    if (month, day) == _LEAP_DAY and not isleap(year):
        day -= 1
    return date(year, month, day).toordinal()


def _full(value: Json) -> date | None:
    found = _FULL.fullmatch(value) if isinstance(value, str) else None
    return _dated(int(found[1]), int(found[2]), int(found[3])) if found else None


def _dated(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _instant(value: Json) -> Instant | None:
    if not isinstance(value, str):
        return None
    try:
        return read_instant(value)[0]
    except ValueError:
        return None


_LAST: Final = date.max.toordinal()
