"""Run a scheduled scenario: one run for each store that has candidates due, or whose local time has come."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.delivery.plan import Launch
from shopbell.app.ends import Done
from shopbell.app.scenarios.calendar import STEP_OFF, PlanByCalendar, run_of
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import StoreId
from shopbell.domain.runs import Audience, Run
from shopbell.domain.scenarios.calendar import by_calendar
from shopbell.domain.scenarios.plan import OnCalendar, Plan
from shopbell.domain.scenarios.row import Row
from shopbell.domain.scenarios.table import SCENARIOS, Scenario
from shopbell.domain.store import Store
from shopbell.ports import Candidates, Scenarios, Stores

CANDIDATE_SHARDS: Final = 16
"""Shards of the candidates of one scenario (ruling 14)."""


@dataclass(frozen=True, slots=True)
class RunScenario:
    """A schedule fired: the one of all stores, or a store's own. A second firing is harmless: its runs are there.

    What a store's own schedule starts to the minute, the one of all starts within a quarter of an hour if the other
    is not there, be it that whoever was making it died.
    """

    stores: Stores
    scenarios: Scenarios
    candidates: Candidates
    calendar: PlanByCalendar
    launch: Launch
    now: Clock

    def __call__(self, name: str, scheduled_at: Instant, only: StoreId | None = None) -> Done:
        """Rejected for a name that no schedule may carry. A store whose settings are wrong costs no other its run."""
        row = SCENARIOS.get(name)
        if row is None or row.every is None:
            raise Rejected.at("scenario", f"{name!r} is no scheduled scenario")
        if row.row is None:
            return Done({"not_available": 1})
        counts: Counter[str] = Counter()
        for store in sorted(self._stores(name, row.row, scheduled_at) if only is None else (only,)):
            try:
                counts[self._plan(row, store, scheduled_at)] += 1
            except Rejected:
                counts["settings_refused"] += 1
        return Done(counts or {"nothing_due": 1})

    def _stores(self, name: str, row: Row, at: Instant) -> Iterable[StoreId]:
        return self.scenarios.enabled(name) if by_calendar(row) else self.candidates.stores(name, at)

    def _plan(self, row: Scenario, name: StoreId, at: Instant) -> str:
        settings, store = self.scenarios.get(name, row.name), self.stores.get(name)
        if settings is None or not settings.enabled or store is None:
            return "scenario_off"
        plan = row.plan(settings)
        match plan.trigger:
            case OnCalendar() as trigger:
                return self.calendar(plan, trigger, store, settings.since, at)
            case _:
                return self._due(plan, store, at)

    def _due(self, plan: Plan, store: Store, at: Instant) -> str:
        if not plan.steps[0].enabled:
            return STEP_OFF
        fresh = self.launch(_of_candidates(plan, store, at, self.now()))
        return "runs_planned" if fresh else "runs_planned_before"


def _of_candidates(plan: Plan, store: Store, at: Instant, now: Instant) -> Run:
    audience = Audience(include=(plan.segment,), candidates=plan.scenario)
    return replace(run_of(plan, store, at, now), shards=CANDIDATE_SHARDS, audience=audience)
