"""When a schedule fires next: cron, rate and at in the schedule's own zone.

Source: EventBridge Scheduler user guide, "Schedule types" and its section on daylight saving time: a wall time that
does not exist is skipped, one that exists twice fires once (the first time).
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant
from shopbell.domain.cron import Cron, parse_cron

_UNITS: Final = {"minute": MINUTE, "hour": HOUR, "day": DAY}
_FORM: Final = re.compile(r"(cron|rate|at)\((.+)\)")
_RATE: Final = re.compile(r"([1-9]\d*) (minute|hour|day)s?")


def next_fire(expression: str, zone: str, after: Instant, *, anchor: Instant = 0) -> Instant | None:
    """The first instant later than `after` at which the expression fires, or None when there is none any more.

    A rate counts from `anchor` (its start date, else its creation). ValueError for what is no expression.
    """
    found = _FORM.fullmatch(expression.strip())
    if found is None:
        raise ValueError(f"no schedule expression: {expression}")
    match found[1]:
        case "cron":
            return _cron(_parsed(found[2]), ZoneInfo(zone), after)
        case "rate":
            return _rate(found[2], after, anchor)
        case _:
            return _at(found[2], ZoneInfo(zone), after)


def one_off(expression: str) -> bool:
    """True for `at(...)`, which fires once."""
    return expression.strip().startswith("at(")


@lru_cache(maxsize=256)
def _parsed(fields: str) -> Cron:
    return parse_cron(fields)


def _cron(cron: Cron, zone: ZoneInfo, after: Instant) -> Instant | None:
    # A day early: where a zone turns back at midnight, a later instant can have an earlier date.
    first = datetime.fromtimestamp(after // 1000, zone).date() - timedelta(days=1)
    for day in cron.days(first):
        for minutes in cron.times:
            fires = _instant(day, minutes, zone)
            if fires is not None and fires > after:
                return fires
    return None


def _instant(day: date, minutes: int, zone: ZoneInfo) -> Instant | None:
    """The first instant at which the wall shows that minute; None in the gap of spring."""
    wall = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=zone)
    return _first(wall, zone)


def _first(wall: datetime, zone: ZoneInfo) -> Instant | None:
    utc = wall.astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        return None
    return int(utc.timestamp()) * 1000


def _rate(text: str, after: Instant, anchor: Instant) -> Instant:
    found = _RATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"no rate: {text}")
    width = int(found[1]) * _UNITS[found[2]]
    return anchor + max(1, (after - anchor) // width + 1) * width


def _at(text: str, zone: ZoneInfo, after: Instant) -> Instant | None:
    fires = _first(datetime.strptime(text.strip(), "%Y-%m-%dT%H:%M:%S").replace(tzinfo=zone), zone)
    return fires if fires is not None and fires > after else None
