"""The six fields of an EventBridge cron expression: which minutes of which days they name.

Source: EventBridge Scheduler user guide, "Schedule types", cron-based schedules (fields, wildcards, L, W, #).
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

LAST_YEAR: Final = 2199
_MONTHS: Final = {name.upper(): n for n, name in enumerate(calendar.month_abbr) if name}
_DAYS: Final = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
_FIELDS: Final = 6


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed cron expression; `times` are minutes since midnight, in order."""

    times: tuple[int, ...]
    days_of_month: str
    months: frozenset[int]
    days_of_week: str
    years: frozenset[int]

    def days(self, first: date) -> Iterator[date]:
        """The days that it names, from `first` on, to the end of its years."""
        for year in sorted(year for year in self.years if year >= first.year):
            for month in sorted(self.months):
                if (year, month) >= (first.year, first.month):
                    yield from (day for day in self._days_of(year, month) if day >= first)

    def on(self, day: date) -> tuple[int, ...]:
        """The minutes of that day that it names, in order."""
        named = day.year in self.years and day.month in self.months and day in self._days_of(day.year, day.month)
        return self.times if named else ()

    def _days_of(self, year: int, month: int) -> list[date]:
        length = calendar.monthrange(year, month)[1]
        if self.days_of_week != "?":
            named = _weekdays(self.days_of_week, year, month, length)
        else:
            named = _monthdays(self.days_of_month, year, month, length)
        return [date(year, month, day) for day in sorted(named)]


def parse_cron(text: str) -> Cron:
    """The fields between the parentheses of `cron(...)`. ValueError names the field that is wrong."""
    fields = text.upper().split()
    if len(fields) != _FIELDS:
        raise ValueError("must have six fields: minutes hours day-of-month month day-of-week year")
    minutes, hours, month_days, months, week_days, years = fields
    if (month_days == "?") == (week_days == "?"):
        raise ValueError("exactly one of day-of-month and day-of-week must be ?")
    cron = Cron(
        times=tuple(
            hour * 60 + minute
            for hour in sorted(_values(hours, 0, 23, {}, "hours"))
            for minute in sorted(_values(minutes, 0, 59, {}, "minutes"))
        ),
        days_of_month=month_days,
        months=_values(months, 1, 12, _MONTHS, "month"),
        days_of_week=week_days,
        years=_values(years, 1970, LAST_YEAR, {}, "year"),
    )
    cron._days_of(2024, 2)  # noqa: SLF001 - a wrong day field is named now, not at its first month
    return cron


def _values(text: str, low: int, high: int, names: dict[str, int], field: str) -> frozenset[int]:
    return frozenset(value for part in text.split(",") for value in _part(part, low, high, names, field))


def _part(part: str, low: int, high: int, names: dict[str, int], field: str) -> range:
    span, slash, step = part.partition("/")
    try:
        if span == "*":
            first, last = low, high
        elif "-" in span:
            first, last = (_number(end, names) for end in span.split("-"))
        else:
            first = _number(span, names)
            last = high if slash else first
        width = int(step) if slash else 1
    except ValueError as exc:
        raise ValueError(f"{field}: {part} cannot be read") from exc
    if not (low <= first <= last <= high and width > 0):
        raise ValueError(f"{field}: {part} is outside {low} to {high}")
    return range(first, last + 1, width)


def _number(text: str, names: dict[str, int]) -> int:
    return names[text] if text in names else int(text)


def _monthdays(text: str, year: int, month: int, length: int) -> set[int]:
    named: set[int] = set()
    for part in text.split(","):
        if part in {"L", "LW"}:
            named.add(length if part == "L" else _nearest_weekday(length, year, month, length))
        elif found := re.fullmatch(r"L-(\d{1,2})", part):
            named |= {length - int(found[1])} & set(range(1, length + 1))
        elif found := re.fullmatch(r"(\d{1,2})W", part):
            day = int(found[1])
            named |= {_nearest_weekday(day, year, month, length)} if day <= length else set()
        else:
            named |= {day for day in _part(part, 1, 31, {}, "day-of-month") if day <= length}
    return named


def _nearest_weekday(day: int, year: int, month: int, length: int) -> int:
    """The weekday nearest to `day` within the month."""
    match date(year, month, day).isoweekday():
        case 6:
            return day - 1 if day > 1 else day + 2
        case 7:
            return day + 1 if day < length else day - 2
        case _:
            return day


def _weekdays(text: str, year: int, month: int, length: int) -> set[int]:
    named: set[int] = set()
    for part in text.split(","):
        found = re.fullmatch(r"(\w+)(#([1-5])|L)", part)
        if part == "L":
            named |= set(_on({7}, year, month, length))
        elif found:
            days = _on(set(_part(found[1], 1, 7, _DAYS, "day-of-week")), year, month, length)
            named |= set(days[-1:] if found[2] == "L" else days[int(found[3]) - 1 : int(found[3])])
        else:
            named |= set(_on(set(_part(part, 1, 7, _DAYS, "day-of-week")), year, month, length))
    return named


def _on(weekdays: set[int], year: int, month: int, length: int) -> list[int]:
    """Days of the month on the given weekdays, Sunday 1 to Saturday 7."""
    first = date(year, month, 1)
    return [n + 1 for n in range(length) if (first + timedelta(n)).isoweekday() % 7 + 1 in weekdays]
