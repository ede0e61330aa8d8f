"""The schedule that a store has of its own for a scenario of the calendar: when it fires, and in which zone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from shopbell.domain.clock import MINUTE, SECOND, Duration, Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.calendar import following
from shopbell.domain.scenarios.plan import OnCalendar, Plan
from shopbell.domain.segments.zones import named
from shopbell.domain.store import Store

FIRST_ZONE: Final = "Pacific/Kiritimati"
"""Whose clocks show a time of day before all others (`calendar.EAST`)."""
SOON: Final[Duration] = MINUTE
"""What comes sooner may be past before a schedule of its own stands: that one fires so much later, and catches up."""


@dataclass(frozen=True, slots=True)
class OwnSchedule:
    """`expression`: EventBridge Scheduler's `cron(…)` or `at(…)`, in the zone of that IANA name."""

    store: StoreId
    scenario: str
    expression: str
    zone: str

    @property
    def once(self) -> bool:
        """Whether it is gone once it has fired."""
        return self.expression.startswith("at(")


def own_schedule(plan: Plan, store: Store, now: Instant) -> OwnSchedule | None:
    """None for a plan that the schedule of all stores serves, or whose time is over.

    A day of the week and a time need none: the schedule of all stores comes each quarter of an hour. A recurrence
    or an instant of the marketer's own is kept to the minute.
    """
    trigger = plan.trigger
    if not isinstance(trigger, OnCalendar) or (trigger.cron is None and trigger.once is None):
        return None
    coming = following(trigger, named(store.time_zone), now)
    if coming is None:
        return None
    if trigger.cron is None:
        second = -(-max(coming, now + SOON) // SECOND)  # never before the instant: the firing would find nothing due
        moment = datetime.fromtimestamp(second, UTC).replace(tzinfo=None)
        return OwnSchedule(store.id, plan.scenario, f"at({moment.isoformat(timespec='seconds')})", "UTC")
    zone = FIRST_ZONE if trigger.by_visitor else store.time_zone
    return OwnSchedule(store.id, plan.scenario, f"cron({trigger.cron})", zone)
