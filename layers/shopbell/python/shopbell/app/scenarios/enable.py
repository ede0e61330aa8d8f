"""Set a scenario for a store: its parameters, its words, its audience, and whether it is on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from shopbell.app.management.changes import check_revision
from shopbell.app.scenarios.audiences import CheckAudience
from shopbell.app.scenarios.change import ScenarioChange, check_steps, said_where, settings_of
from shopbell.app.scenarios.hidden import TRIES, KeepSegment, Wanted
from shopbell.app.scenarios.interactions import KeepInteractions
from shopbell.app.scenarios.keeping import KeepCalendar, check_instant
from shopbell.app.scenarios.prompt import SetPrompt
from shopbell.app.scenarios.view import ScenarioView, view
from shopbell.app.scenarios.warnings import Warn
from shopbell.app.turning import standing
from shopbell.domain.clock import MINUTE, Clock, Duration
from shopbell.domain.errors import Conflict, NotFound, Rejected
from shopbell.domain.ids import StoreId
from shopbell.domain.prompts.prompt import NAME as PROMPT
from shopbell.domain.scenarios.calendar import since
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.planning import values_of
from shopbell.domain.scenarios.row import Row
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import FLY_MODE, SCENARIOS, Scenario
from shopbell.domain.store import Store
from shopbell.ports import Scenarios, Stores

__all__ = ["EnableScenario", "ScenarioChange"]


@dataclass(frozen=True, slots=True)
class EnableScenario:
    """PUT /v1/scenarios/{name}: saves the settings, then keeps the hidden segment in step and starts its build.

    The settings come first, and only on the revision that was read: whoever repeats a call that broke off between
    the two finishes it, and of two at the same time the segment is that of the settings that stand.
    """

    stores: Stores
    scenarios: Scenarios
    segment: KeepSegment
    audience: CheckAudience
    interactions: KeepInteractions
    warn: Warn
    prompt: SetPrompt
    calendar: KeepCalendar
    now: Clock

    def __call__(
        self, store_id: StoreId, name: str, change: ScenarioChange, expected: int | None = None
    ) -> ScenarioView:
        """NotFound: no such scenario. Rejected: something is wrong. Conflict: cannot be run yet, or 412."""
        scenario, store = SCENARIOS.get(name), self.stores.get(store_id)
        if scenario is None or store is None:
            raise NotFound(name)
        if name == PROMPT:
            return self.prompt(store, scenario, change, expected)
        row = _row(scenario)
        for _ in range(TRIES):
            before = self.scenarios.get(store_id, name)
            stands = before.revision if before else 0
            check_revision(stands, expected)
            settings, plan = self._planned(store, scenario, row, change, before)
            if self.scenarios.save(settings, expected=stands):
                self._followed(store, scenario, plan, settings, before)
                warnings = self.warn(store, plan, enabled=settings.enabled)
                return replace(view(scenario, settings, store, self.now()), warnings=warnings)
        raise Conflict(f"{name} is being changed by someone else")

    def _planned(
        self, store: Store, scenario: Scenario, row: Row, change: ScenarioChange, before: ScenarioSettings | None
    ) -> tuple[ScenarioSettings, Plan]:
        """Everything that can be wrong is found here, before anything is written."""
        settings = settings_of(store.id, scenario, row, change)
        now = self.now()
        start = since(scenario.plan, before, settings, now)
        settings = replace(settings, since=start, revision=(before.revision if before else 0) + 1)
        plan = self._plan(scenario, row, settings, change)
        if settings.enabled:
            check_instant(plan, start, now, store.time_zone)
        check_steps(change, plan, store)
        self.warn.pools(store.id, plan)
        self.warn.lists.of_plan(store.id, plan)
        self.audience(store.id, change.audience, plan.audience, live=change.enabled)
        if plan.include_existing and settings.enabled:
            settings = replace(settings, spread=self._spread(store.id, plan, settings))
        return settings, replace(plan, spread=settings.spread)

    def _plan(self, scenario: Scenario, row: Row, settings: ScenarioSettings, change: ScenarioChange) -> Plan:
        try:
            return scenario.plan(settings, self._beside(settings.store, row))
        except Rejected as exc:
            raise Rejected([said_where(change, one) for one in exc.problems]) from None

    def _spread(self, store: StoreId, plan: Plan, settings: ScenarioSettings) -> Duration:
        """So long that about `ramp` of those who are in the audience already are sent to in a minute."""
        ramp = values_of(_row(SCENARIOS[settings.name]), settings).whole("ramp")
        return self.warn.count(store, plan.audience) * MINUTE // ramp

    def _followed(
        self,
        store: Store,
        scenario: Scenario,
        plan: Plan,
        settings: ScenarioSettings,
        before: ScenarioSettings | None,
    ) -> None:
        """Refused, and set as it was, where a segment of its audience sleeps by now, or its pool is gone."""
        row = _row(scenario)
        try:
            self._follow(store, scenario, row, settings)
            if settings.enabled:
                self.warn.pools(store.id, plan)
        except (Conflict, Rejected):
            back = replace(before or replace(settings, enabled=False), revision=settings.revision + 1)
            if self.scenarios.save(back, expected=settings.revision):
                self._follow(store, scenario, row, back)
            raise

    def _follow(self, store: Store, scenario: Scenario, row: Row, settings: ScenarioSettings) -> None:
        """Those whom it claims leave the others before they enter it, and enter the others after they left it."""
        if settings.enabled and row.reads_interactions:
            self.interactions(store)
        others = [
            other for other in SCENARIOS.values() if other.row is not None and scenario.name in other.row.beside
        ]
        for one in [*others, scenario] if settings.enabled else [scenario, *others]:
            self._keep(store.id, one)

    def _keep(self, store: StoreId, scenario: Scenario) -> None:
        """Segment and schedule of the settings that stand, though others change them, or the zone, meanwhile."""
        for _ in range(TRIES):
            settings, whose = self.scenarios.get(store, scenario.name), standing(self.stores, store)
            if settings is None or scenario.row is None:
                return
            beside = self._beside(store, scenario.row)
            rule = scenario.plan(settings, beside).audience
            self.segment(store, Wanted(scenario.segment, scenario.title, scenario.name, rule, settings.enabled))
            self.calendar(whose, scenario, settings)
            again, zone = self.scenarios.get(store, scenario.name), standing(self.stores, store).time_zone
            if again == settings and self._beside(store, scenario.row) == beside and zone == whose.time_zone:
                return
        raise Conflict(f"{scenario.name} is being changed by someone else")

    def _beside(self, store: StoreId, row: Row) -> Mapping[str, ScenarioSettings]:
        return dict(self._stored(store, row))

    def _stored(self, store: StoreId, row: Row) -> Iterator[tuple[str, ScenarioSettings]]:
        for name in row.beside:
            found = self.scenarios.get(store, name)
            if found is not None:
                yield name, found


def _row(scenario: Scenario) -> Row:
    if scenario.name == FLY_MODE:
        raise Conflict("Fly mode is set by rules of your own: POST /v1/triggers.")
    if scenario.row is None:
        raise Conflict(f"{scenario.name} is not available yet")
    return scenario.row
