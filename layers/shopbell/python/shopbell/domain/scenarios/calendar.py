"""When a scenario of the store's own calendar runs: instants from a minute of the day in its zone."""

from collections.abc import Callable
from datetime import timedelta, tzinfo
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.errors import Rejected
from shopbell.domain.localtime import at, date_of
from shopbell.domain.scenarios.parameters import effective
from shopbell.domain.scenarios.plan import OnCalendar, Plan
from shopbell.domain.scenarios.row import Row
from shopbell.domain.scenarios.settings import ScenarioSettings

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


def by_calendar(row: Row) -> bool:
    """Whether the scenario waits for the store's local time, however a store has set it."""
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


def _times(plan: Plan) -> tuple[int, int | None] | None:
    return (plan.trigger.minute, plan.trigger.weekday) if isinstance(plan.trigger, OnCalendar) else None
