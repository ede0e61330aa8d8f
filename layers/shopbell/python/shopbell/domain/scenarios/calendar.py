"""When a scenario of the calendar runs: instants from what clocks show, the store's own or each visitor's."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final

from shopbell.domain.clock import HOUR, SECOND, Duration, Instant
from shopbell.domain.cron import Cron, parse_cron
from shopbell.domain.errors import Rejected
from shopbell.domain.localtime import at, date_of, minute_of
from shopbell.domain.scenarios.parameters import effective
from shopbell.domain.scenarios.plan import OnCalendar, Plan
from shopbell.domain.scenarios.row import Row
from shopbell.domain.scenarios.settings import ScenarioSettings

EAST: Final = timezone(timedelta(hours=14))
"""Where each day of the world begins: no clock shows a time of day before the clocks there (Kiritimati)."""
ROUND: Final[Duration] = 26 * HOUR
"""How much later the last clock of the world shows what the first one showed (UTC+14 to UTC-12)."""
_BACK: Final = 8
"""Days that `latest` looks back: no run is made up for that long."""


def latest(trigger: OnCalendar, home: tzinfo, until: Instant) -> Instant | None:
    """The last nominal instant at or before `until`, of the last eight days. `home`: the store's zone.

    Of what goes by the visitors' clocks it is the instant at which the first clock of the world shows it. Where the
    clock leaps over the minute, the first instant after the leap stands for it; where it shows it twice, the first.
    """
    if trigger.once is not None:
        only = _once(trigger, trigger.once, home)
        return only if only <= until else None
    zone = _zone(trigger, home)
    first = date_of(until, zone) + timedelta(1)
    found = (one for back in range(_BACK + 1) for one in _of_day(trigger, first - timedelta(back), zone))
    return max((one for one in found if one <= until), default=None)


def following(trigger: OnCalendar, home: tzinfo, after: Instant) -> Instant | None:
    """The first nominal instant beyond `after`; None: there is none any more."""
    if trigger.once is not None:
        only = _once(trigger, trigger.once, home)
        return only if only > after else None
    zone = _zone(trigger, home)
    for day in _days(trigger, date_of(after, zone) - timedelta(1)):
        found = min((one for one in _of_day(trigger, day, zone) if one > after), default=None)
        if found is not None:
            return found
    return None


def first_of_week(trigger: OnCalendar, home: tzinfo, of: Instant, since: Instant) -> Instant:
    """The first nominal instant, from `since` on, of the ISO week of the store in which `of` lies; at most `of`."""
    zone, day = _zone(trigger, home), date_of(of, home)
    monday = day - timedelta(day.weekday())
    week = (monday + timedelta(days) for days in range(day.weekday() + 1))
    found = [one for there in week for one in _of_day(trigger, there, zone)] if trigger.once is None else []
    return min((*(one for one in found if one >= since), of))


def wall_of(trigger: OnCalendar, home: tzinfo, instant: Instant) -> tuple[date, int]:
    """The day and its minute that clocks show at a nominal instant."""
    zone = _zone(trigger, home)
    return date_of(instant, zone), minute_of(instant, zone)


def by_calendar(row: Row) -> bool:
    """Whether the scenario waits for the calendar, however a store has set it."""
    return isinstance(row.trigger(effective(row.parameters, {})), OnCalendar)


def since(
    plan: Callable[[ScenarioSettings], Plan], before: ScenarioSettings | None, after: ScenarioSettings, now: Instant
) -> Instant:
    """From when on the instants of settings that are being saved count: `ScenarioSettings.since`.

    Whoever moves a scenario from this evening to this morning does not want this morning's run made up for.
    """
    if before is None or not before.enabled:
        return now
    try:
        same = _times(plan(before)) == _times(plan(after))
    except Rejected:  # by this release: it was not run any more either
        same = False
    return before.since if same else now


@lru_cache(maxsize=256)
def read_cron(fields: str) -> Cron:
    """ValueError names the field that is wrong."""
    return parse_cron(fields)


def _times(plan: Plan) -> tuple[object, ...] | None:
    trigger = plan.trigger
    if not isinstance(trigger, OnCalendar):
        return None
    return trigger.minute, trigger.weekday, trigger.cron, trigger.once, trigger.by_visitor


def _zone(trigger: OnCalendar, home: tzinfo) -> tzinfo:
    return EAST if trigger.by_visitor else home


def _once(trigger: OnCalendar, instant: Instant, home: tzinfo) -> Instant:
    """When it is there; by the visitors' clocks, when the first of them shows what the store's shows there."""
    if not trigger.by_visitor:
        return instant
    there = datetime.fromtimestamp(instant // SECOND, UTC).astimezone(home)
    return int(there.replace(tzinfo=EAST).timestamp()) * SECOND


def _of_day(trigger: OnCalendar, day: date, zone: tzinfo) -> Iterator[Instant]:
    if trigger.cron is not None:
        yield from (at(day, minute, zone) for minute in read_cron(trigger.cron).on(day))
    elif trigger.weekday in {None, day.weekday()}:
        yield at(day, trigger.minute, zone)


def _days(trigger: OnCalendar, first: date) -> Iterator[date]:
    if trigger.cron is not None:
        yield from read_cron(trigger.cron).days(first)
    else:
        yield from (first + timedelta(days) for days in range(_BACK + 2))
