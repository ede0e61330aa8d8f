"""What became of a scenario's messages, scheduled and triggered alike."""

from dataclasses import dataclass

from shopbell.app.management.campaigns.report import ReadReport
from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.ids import StoreId
from shopbell.domain.reports import Report
from shopbell.domain.scenarios.fly import PREFIX, trigger_of
from shopbell.domain.scenarios.table import FLY_MODE, SCENARIOS
from shopbell.ports import OwnTriggers


@dataclass(frozen=True, slots=True)
class ReadScenarioReport:
    report: ReadReport
    triggers: OwnTriggers

    def __call__(self, store: StoreId, name: str) -> Report:
        """Over all runs that are still kept; of fly mode, over those of all triggers that there are.

        A marketer's own trigger has a report of its own, under `fly_mode:<trigger id>`, also once it is deleted.
        NotFound for a name that is none and never was; Conflict for a scenario that this release cannot run.
        """
        if name == FLY_MODE:
            names = [trigger.scenario for trigger in self.triggers.all(store)]
        elif name.startswith(PREFIX) or name in SCENARIOS:
            names = [name]
        else:
            raise NotFound(name)
        runs = [run for one in names for run in self.report.runs.of_source(store, "scenario", one)]
        if not runs:
            self._check(store, name)
        return self.report.over(runs, [(store, one) for one in names])

    def _check(self, store: StoreId, name: str) -> None:
        """That something could have been sent by it."""
        own = trigger_of(name)
        if own is not None and self.triggers.get(store, own) is None:
            raise NotFound(name)
        if own is None and name != FLY_MODE and SCENARIOS[name].row is None:
            raise Conflict(f"{name} is not available yet")
