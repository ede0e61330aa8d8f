"""The trigger of scenarios that run by the calendar."""

from collections.abc import Sequence

from shopbell.domain.clock import parse_instant
from shopbell.domain.errors import Problem
from shopbell.domain.scenarios.moments import minute_of
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.plan import OnCalendar
from shopbell.domain.scenarios.shared import DAILY, VISITOR, WEEKDAYS


def on_calendar(values: Values) -> OnCalendar:
    """At `time` on `weekday` or each day; or as `cron` says, or at `at`."""
    weekday, once = values.word("weekday"), values.all["at"]
    return OnCalendar(
        minute_of(values.word("time")),
        None if weekday == DAILY else WEEKDAYS.index(weekday),
        values.length("max_lateness"),
        cron=None if values.all["cron"] is None else values.word("cron"),
        once=None if once is None else parse_instant(values.word("at"))[0],
        by_visitor=values.word("time_zone") == VISITOR,
    )


def check_calendar(values: Values) -> Sequence[Problem]:
    """A recurrence or one instant, not both."""
    both = values.all["cron"] is not None and values.all["at"] is not None
    return (Problem("parameters.at", "cannot stand beside `cron`: one of the two is null"),) if both else ()
