"""The schedule that a store has of its own for a scenario or campaign: when it fires, and in which zone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from shopbell.domain.clock import MINUTE, SECOND, Duration, Instant
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.scenarios.calendar import following
from shopbell.domain.scenarios.plan import OnCalendar, Plan
from shopbell.domain.segments.zones import named
from shopbell.domain.store import Store

FIRST_ZONE: Final = "Pacific/Kiritimati"
"""Whose clocks show a time of day before all others (`calendar.EAST`)."""
SOON: Final[Duration] = MINUTE
"""What comes sooner may be past before a schedule of its own stands: that one fires so much later, and catches up."""


_CAMPAIGN: Final = "campaign."
"""How schedules of campaigns are named; no scenario's name has a dot."""


@dataclass(frozen=True, slots=True)
class OwnSchedule:
    """`expression`: EventBridge Scheduler's `cron(…)` or `at(…)`, in the zone of that IANA name."""

    store: StoreId
    scenario: str
    """Or what `named_for` makes of a campaign."""
    expression: str
    zone: str
    ends_at: Instant | None = None
    """A recurrence is gone from then on."""

    @property
    def once(self) -> bool:
        """Whether it is gone once it has fired."""
        return self.expression.startswith("at(")


def named_for(campaign: CampaignId) -> str:
    return f"{_CAMPAIGN}{campaign}"


def campaign_of(name: str) -> CampaignId | None:
    """Whose schedule it is; None: a scenario's."""
    return CampaignId(name.removeprefix(_CAMPAIGN)) if name.startswith(_CAMPAIGN) else None


def own_schedule(plan: Plan, store: Store, now: Instant) -> OwnSchedule | None:
    """None for a plan that the schedule of all stores serves, or whose time is over.

    A day of the week and a time need none: the schedule of all stores comes each quarter of an hour. A recurrence
    or an instant of the marketer's own is kept to the minute.
    """
    trigger = plan.trigger
    if not isinstance(trigger, OnCalendar) or (trigger.cron is None and trigger.once is None):
        return None
    coming = following(trigger, named(store.time_zone), now)
    return None if coming is None else schedule_of((store.id, plan.scenario), trigger, store.time_zone, coming, now)


def schedule_of(
    whose: tuple[StoreId, str], trigger: OnCalendar, home: str, coming: Instant, now: Instant
) -> OwnSchedule:
    """`home`: the zone in which its times are told. `coming`: its next instant."""
    if trigger.cron is None:
        second = -(-max(coming, now + SOON) // SECOND)  # never before the instant: the firing would find nothing due
        moment = datetime.fromtimestamp(second, UTC).replace(tzinfo=None)
        return OwnSchedule(*whose, f"at({moment.isoformat(timespec='seconds')})", "UTC")
    return OwnSchedule(*whose, f"cron({trigger.cron})", FIRST_ZONE if trigger.by_visitor else home)
