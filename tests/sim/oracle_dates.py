"""The oracle's calendar: it asks what day it is at an instant, and counts days one by one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from shopbell.domain.events import Event, Json

from tests.sim.oracle_fields import Node, decide

DAY: Final = 86_400_000
YEARS: Final = 120
"""How far ahead it looks for the next turn of an age."""


@dataclass(frozen=True)
class Calendar:
    """Of one visitor, in their zone."""

    zone: ZoneInfo

    def day(self, now: int) -> date:
        return datetime.fromtimestamp(now // 1_000, UTC).astimezone(self.zone).date()

    def begins(self, day: date) -> int:
        """By halving: the first second at which it is that day."""
        low = round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - 2 * 86_400
        high = low + 4 * 86_400
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self.day(middle * 1_000) >= day else (middle + 1, high)
        return low * 1_000


@cache
def zones() -> set[str]:
    """Listing them walks the disk."""
    return available_timezones()


def calendar(traits: Mapping[str, Json], subscribed: Sequence[Event], home: str) -> Calendar:
    newest = sorted(subscribed, key=lambda event: (event.at, event.id), reverse=True)
    said = [traits.get("time_zone"), *(event.properties.get("time_zone") for event in newest), home]
    return Calendar(ZoneInfo(next(name for name in said if isinstance(name, str) and name in zones())))


def near(leaf: Node, value: Json, now: int, length: int, calendar: Calendar) -> bool:
    """Whether one value of the trait makes a leaf of dates true."""
    if leaf["op"] == "anniversary_within":
        return _returns(value, now, length, calendar)
    if leaf["op"] == "anniversary_ago":
        return _returned(value, calendar.day(now) - timedelta(days=_days(length)), calendar)
    day, at = full_date(value), _instant(value)
    if day is None and at is None:
        return False
    if day is None:
        assert at is not None
        return now < at <= now + length if leaf["op"] == "within_next" else now - length < at <= now
    today = calendar.day(now)
    ahead = (day - today).days
    return 0 <= ahead <= _days(length) if leaf["op"] == "within_next" else -_days(length) < ahead <= 0


def _returns(value: Json, now: int, length: int, calendar: Calendar) -> bool:
    today, at = calendar.day(now), _instant(value)
    day = full_date(value) or (None if at is None else calendar.day(at))
    returning = isinstance(value, str) and re.fullmatch(r"(\d\d)-(\d\d)", value)
    for ahead in range(min(_days(length), 366) + 1):
        each = today + timedelta(days=ahead)
        if day is not None and each.year > day.year and each == _in(each.year, day.month, day.day):
            return True
        if returning and each == _in(each.year, int(returning[1]), int(returning[2])):
            return True
    return False


def _returned(value: Json, then: date, calendar: Calendar) -> bool:
    """Whether that very day was a return."""
    at = _instant(value)
    day = full_date(value) or (None if at is None else calendar.day(at))
    returning = isinstance(value, str) and re.fullmatch(r"(\d\d)-(\d\d)", value)
    if day is not None:
        return then.year > day.year and then == _in(then.year, day.month, day.day)
    return bool(returning) and then == _in(then.year, int(returning[1]), int(returning[2]))  # type: ignore[index]


def age(value: Json, now: int, calendar: Calendar) -> list[Json]:
    """Years that were completed; none where no full birthday is known, or it lies ahead."""
    born, today = full_date(value), calendar.day(now)
    if born is None or born > today:
        return []
    years = [year for year in range(born.year + 1, today.year + 1) if _turned(born, year) <= today]
    return [len(years)]


def aged(leaf: Node, value: Json, now: int, calendar: Calendar) -> bool:
    return decide(leaf, age(value, now, calendar))


def turns(value: Json, now: int, calendar: Calendar, lengths: Sequence[int]) -> Iterator[int]:
    """Every midnight around the day itself and its returns."""
    at = _instant(value)
    day = full_date(value) or (None if at is None else calendar.day(at))
    found = re.fullmatch(r"(\d\d)-(\d\d)", value) if isinstance(value, str) else None
    if day is None and found is None:
        return
    month, number = (day.month, day.day) if day else (int(found[1]), int(found[2]))  # type: ignore[index]
    first = calendar.day(now).year - 1
    years = {*range(first, first + YEARS), *([day.year] if day else [])}
    days = {0, *(_days(length) for length in lengths)}
    for each in sorted(filter(None, (_in(year, month, number) for year in years))):
        for shift in {shift for many in days for shift in (-many, 0, 1, many, many + 1)}:
            yield calendar.begins(each + timedelta(days=shift))


def full_date(value: Json) -> date | None:
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value) if isinstance(value, str) else None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _turned(born: date, year: int) -> date:
    day = _in(year, born.month, born.day)
    assert day is not None
    return day


def _in(year: int, month: int, day: int) -> date | None:
    """That day of a year; of a leap day in common years the one before; None: no year has it."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 2, 28) if (month, day) == (2, 29) else None


def _days(length: int) -> int:
    return (length + DAY - 1) // DAY


def _instant(value: Json) -> int | None:
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", value):
        return None
    return round(datetime.fromisoformat(value).timestamp() * 1_000)
