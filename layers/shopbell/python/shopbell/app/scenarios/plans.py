"""The plans that each store has on, made from its settings and kept for at most a minute."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from shopbell.domain.clock import MINUTE, Clock, Duration, Instant
from shopbell.domain.errors import Conflict, Rejected
from shopbell.domain.ids import StoreId
from shopbell.domain.rules.matching import Locale
from shopbell.domain.scenarios.live import NO_PLANS, LivePlans, live_plans
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.scenario import Scenario
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.segments.features import Ruleset
from shopbell.ports import Scenarios, Segments, Stores

T = TypeVar("T")
KEEP: Final[Duration] = MINUTE
"""How long a change of words, delays or limits may take to be seen. Switching off is seen with the rules, at once."""
MAX_STORES: Final = 1_000
ReadPlan = Callable[[StoreId, str], Plan | None]
"""The plan of a marketer's own trigger, by its name among the scenarios; None: there is none, or it is off."""


def none_of_their_own(_: StoreId, __: str) -> Plan | None:
    """For a stage without fly mode."""
    return None


@dataclass(frozen=True, slots=True)
class Plans:
    """Make one for a process. The hidden segments among a store's rules say which scenarios are live."""

    scenarios: Scenarios
    segments: Segments
    stores: Stores
    now: Clock
    own: ReadPlan = none_of_their_own
    _known: dict[StoreId, tuple[Instant, Mapping[str, Plan]]] = field(default_factory=dict)
    _live: dict[StoreId, tuple[Instant, tuple[int, LivePlans]]] = field(default_factory=dict)

    def __call__(self, store: StoreId) -> Mapping[str, Plan]:
        """All of a store that are on, by `Plan.scenario`. Raises Unavailable."""
        known = self._fresh(self._known, store)
        if known is None:
            named = {rule.scenario for rule in self.segments.rules(store).rules if rule.scenario}
            known = self._keep(self._known, store, self._read(store, named))
        return known

    def one(self, store: StoreId, scenario: str) -> Plan | None:
        """As it is now: what was switched on a moment ago is not among those kept. Raises Unavailable."""
        return self._plan(store, scenario)

    def live(self, rules: Ruleset) -> LivePlans:
        """Those that these rules evaluate; read again when the rules change. Without any nothing is read."""
        if not rules.scenarios:
            return NO_PLANS
        known = self._fresh(self._live, rules.store)
        if known is None or known[0] != rules.version:
            known = self._keep(self._live, rules.store, (rules.version, self._compiled(rules)))
        return known[1]

    def _compiled(self, rules: Ruleset) -> LivePlans:
        store = self.stores.get(rules.store)
        zone = "UTC" if store is None else store.time_zone
        found = self._read(rules.store, set(rules.scenarios.values()))
        return live_plans(found.values(), Locale(zone, rules.currency))

    def _read(self, store: StoreId, names: Iterable[str]) -> Mapping[str, Plan]:
        found = {name: self._plan(store, name) for name in sorted(names)}
        return {name: plan for name, plan in found.items() if plan is not None}

    def _plan(self, store: StoreId, scenario: str) -> Plan | None:
        row = SCENARIOS.get(scenario)
        if row is None:
            return self.own(store, scenario)
        settings = self.scenarios.get(store, scenario)
        if settings is None or not settings.enabled:
            return None
        try:
            return row.plan(settings, self._beside(store, row))
        except (Conflict, Rejected):
            return None

    def _beside(self, store: StoreId, row: Scenario) -> Mapping[str, ScenarioSettings]:
        others = row.row.beside if row.row is not None else ()
        found = {name: self.scenarios.get(store, name) for name in others}
        return {name: settings for name, settings in found.items() if settings is not None}

    def _fresh(self, kept: Mapping[StoreId, tuple[Instant, T]], store: StoreId) -> T | None:
        known = kept.get(store)
        return known[1] if known is not None and 0 <= self.now() - known[0] < KEEP else None

    def _keep(self, kept: dict[StoreId, tuple[Instant, T]], store: StoreId, fresh: T) -> T:
        if len(kept) >= MAX_STORES:
            kept.clear()
        kept[store] = self.now(), fresh
        return fresh
