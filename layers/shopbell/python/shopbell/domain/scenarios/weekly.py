"""The trigger of scenarios that run by the store's own calendar."""

from shopbell.domain.scenarios.moments import minute_of
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.plan import OnCalendar
from shopbell.domain.scenarios.shared import DAILY, WEEKDAYS


def on_calendar(values: Values) -> OnCalendar:
    """At `time` of the store's zone, on `weekday` or each day."""
    weekday = values.word("weekday")
    day = None if weekday == DAILY else WEEKDAYS.index(weekday)
    return OnCalendar(minute_of(values.word("time")), day, values.length("max_lateness"))
