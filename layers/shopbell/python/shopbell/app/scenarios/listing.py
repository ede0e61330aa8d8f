"""List a store's scenarios, and read one."""

from dataclasses import dataclass

from shopbell.app.paging import page_of
from shopbell.app.scenarios.prompt import seen
from shopbell.app.scenarios.view import ScenarioView, of_own_rules, view
from shopbell.domain.clock import Clock
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import StoreId
from shopbell.domain.prompts.prompt import NAME as PROMPT
from shopbell.domain.scenarios.table import FLY_MODE, SCENARIOS
from shopbell.domain.store import Store
from shopbell.ports import OwnTriggers, Page, Scenarios, Stores


@dataclass(frozen=True, slots=True)
class ListScenarios:
    """All sixteen, in the order of the table."""

    stores: Stores
    scenarios: Scenarios
    triggers: OwnTriggers
    now: Clock

    def page(self, store: StoreId, after: str | None, limit: int) -> Page[ScenarioView]:
        row, order = self._store(store), {name: f"{place:03d}" for place, name in enumerate(SCENARIOS)}
        names = page_of(order, order.__getitem__, after, limit)
        return Page(tuple(self._one(row, name) for name in names.items), names.cursor)

    def one(self, store: StoreId, name: str) -> ScenarioView:
        """Raises NotFound for a name that is none of the sixteen."""
        return self._one(self._store(store), name)

    def _one(self, store: Store, name: str) -> ScenarioView:
        scenario = SCENARIOS.get(name)
        if scenario is None:
            raise NotFound(name)
        if name == PROMPT:
            return seen(scenario, self.scenarios.get(store.id, name))
        if name == FLY_MODE:
            return of_own_rules(scenario, on=any(row.enabled for row in self.triggers.all(store.id)))
        return view(scenario, self.scenarios.get(store.id, name), store, self.now())

    def _store(self, store: StoreId) -> Store:
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        return row
