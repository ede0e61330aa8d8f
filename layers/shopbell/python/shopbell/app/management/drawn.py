"""Whether the next run of a scenario that goes to so many people would draw a visitor, as things stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from shopbell.app.delivery.lots import NOT_DRAWN, highest, lot, reachable
from shopbell.app.scenarios.calendar import run_of
from shopbell.domain.clock import Clock, format_instant
from shopbell.domain.events import Json
from shopbell.domain.gates import Told
from shopbell.domain.ids import VisitorId, visitor_shard
from shopbell.domain.scenarios.calendar import following
from shopbell.domain.scenarios.plan import OnCalendar, Plan
from shopbell.domain.segments.zones import named
from shopbell.domain.store import Store
from shopbell.ports import Memberships, Subscriptions

MOST: Final = 50_000
"""People of a shard whose lots are read; of a larger one nobody says before the run is made."""


@dataclass(frozen=True, slots=True)
class DrawNext:
    memberships: Memberships
    subscriptions: Subscriptions
    now: Clock

    def __call__(self, store: Store, plan: Plan, visitor: VisitorId) -> Told | None:
        """None where all are sent to, where no run is to come, or where nobody can tell; reads a shard's members."""
        trigger = plan.trigger
        if not isinstance(trigger, OnCalendar) or trigger.max_recipients is None:
            return None
        at = following(trigger, named(store.time_zone), self.now())
        if at is None:
            return None
        run = run_of(plan, store, at, at)
        shard = visitor_shard(store.id, visitor, run.shards)
        people = [*islice(reachable(run, shard, self.memberships, self.subscriptions), MOST + 1)]
        if visitor not in people or len(people) > MOST:
            return None
        drawn = lot(run, visitor) <= highest(run, shard, people)
        rests_on: Mapping[str, Json] = {"max_recipients": trigger.max_recipients, "run_at": format_instant(at)}
        return Told(NOT_DRAWN, "passed" if drawn else "skipped", rests_on)
