"""When scenarios run that go by the calendar, and to how many: their parameters, and the trigger of these."""

from collections.abc import Sequence

from shopbell.domain.clock import DAY, MINUTE, parse_instant
from shopbell.domain.errors import Problem
from shopbell.domain.scenarios.kinds import Choice, Whole
from shopbell.domain.scenarios.moments import BEST_HOUR, Length, TimeOfDay, minute_of
from shopbell.domain.scenarios.occurrences import Moment, Recurrence
from shopbell.domain.scenarios.parameters import Parameter, Values
from shopbell.domain.scenarios.plan import OnCalendar
from shopbell.domain.scenarios.shared import DAILY, STORE, VISITOR, WEEKDAYS


def calendar(weekday: str, time: str) -> tuple[Parameter, ...]:
    """When a scenario of the calendar runs."""
    return (
        Choice("weekday", weekday, (*WEEKDAYS, DAILY), "The day of the week on which it runs, or every day."),
        TimeOfDay("time", time, "The time of day at which it runs."),
        Recurrence(
            "cron",
            "In place of weekday and time: minutes, hours, day of month, month, day of week and year, as in "
            "`0 18 ? * THU *`; one of the two days is ?.",
        ),
        Moment("at", "In place of weekday and time: once, at that instant."),
        Choice(
            "time_zone",
            STORE,
            (STORE, VISITOR),
            "Whose clock shows the time: the store's, for all at once, or each visitor's own; of `at`, what the "
            "store's clock shows then.",
        ),
        Length("max_lateness", "PT6H", 15 * MINUTE, DAY, "A run that was missed is made up for until so much later."),
        Whole("per_minute", None, 1, 1_000_000, "How many messages go a minute; null: as fast as may be.", none=True),
        Whole(
            "max_recipients",
            None,
            1,
            10**9,
            "To how many people a run goes at most, drawn by lot; null: all.",
            none=True,
        ),
    )


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
        max_recipients=values.optional_whole("max_recipients"),
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
