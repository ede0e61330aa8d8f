"""The trigger of scenarios that run by the calendar."""

from collections.abc import Sequence

from shopbell.domain.clock import parse_instant
from shopbell.domain.errors import Problem
from shopbell.domain.scenarios.moments import BEST_HOUR, minute_of
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
        per_minute=values.optional_whole("per_minute"),
    )


def check_calendar(values: Values) -> Sequence[Problem]:
    """A recurrence or one instant, not both; a pace only for what goes to all at one time."""
    problems: list[Problem] = []
    if values.all["cron"] is not None and values.all["at"] is not None:
        problems.append(Problem("parameters.at", "cannot stand beside `cron`: one of the two is null"))
    own = {"time_zone": VISITOR, "send_time": BEST_HOUR}
    each = [f"`{name}` `{word}`" for name, word in own.items() if values.all.get(name) == word]
    if values.all["per_minute"] is not None and each:
        problems.append(
            Problem("parameters.per_minute", f"cannot stand beside {each[0]}: each visitor has their own")
        )
    return problems
