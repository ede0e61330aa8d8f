"""Run a scheduled scenario: one run for each store that has candidates due by the scheduled time."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from shopbell.app.delivery.plan import Launch, end_of, run_id
from shopbell.app.ends import Done
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import StoreId
from shopbell.domain.runs import Audience, Run
from shopbell.domain.scenarios.parameters import effective
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import SCENARIOS, Scenario, Winback
from shopbell.ports import Candidates, Scenarios

CANDIDATE_SHARDS: Final = 16
"""Shards of the candidates of one scenario (ruling 14)."""


@dataclass(frozen=True, slots=True)
class RunScenario:
    """A schedule fired. A second firing for the same time is harmless: its runs are there."""

    scenarios: Scenarios
    candidates: Candidates
    launch: Launch
    now: Clock

    def __call__(self, name: str, scheduled_at: Instant) -> Done:
        """Rejected for a name that no schedule may carry."""
        row = SCENARIOS.get(name)
        if row is None or row.every is None:
            raise Rejected.at("scenario", f"{name!r} is no scheduled scenario")
        if row.built is None:
            return Done({"not_available": 1})
        counts: Counter[str] = Counter()
        for store in sorted(self.candidates.stores(name, scheduled_at)):
            counts[self._plan(row, row.built, store, scheduled_at)] += 1
        return Done(counts or {"nothing_due": 1})

    def _plan(self, row: Scenario, built: Winback, store: StoreId, at: Instant) -> str:
        settings = self.scenarios.get(store, row.name)
        if settings is None or not settings.enabled:
            return "scenario_off"
        fresh = self.launch(_run(row, built, settings, at, self.now()))
        return "runs_planned" if fresh else "runs_planned_before"


def _run(row: Scenario, built: Winback, settings: ScenarioSettings, at: Instant, now: Instant) -> Run:
    delivery = built.delivery(effective(built.parameters, settings.parameters))
    return Run(
        store=settings.store,
        id=run_id(settings.store, "scenario", row.name, at),
        source="scenario",
        source_id=row.name,
        scheduled_at=at,
        created_at=now,
        ends_at=end_of(at, delivery),
        shards=CANDIDATE_SHARDS,
        audience=Audience(include=(row.segment,), candidates=row.name),
        content=settings.content or built.content,
        delivery=delivery,
    )
