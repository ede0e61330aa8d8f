"""List a store's scenarios, and read one."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbell.app.scenarios.view import ScenarioView, view
from shopbell.domain.clock import Clock
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.ports import Scenarios


@dataclass(frozen=True, slots=True)
class ListScenarios:
    """All sixteen, in the order of the table."""

    scenarios: Scenarios
    now: Clock

    def __call__(self, store: StoreId) -> Sequence[ScenarioView]:
        return [self.one(store, name) for name in SCENARIOS]

    def one(self, store: StoreId, name: str) -> ScenarioView:
        """Raises NotFound for a name that is none of the sixteen."""
        row = SCENARIOS.get(name)
        if row is None:
            raise NotFound(name)
        return view(row, self.scenarios.get(store, name), self.now())
