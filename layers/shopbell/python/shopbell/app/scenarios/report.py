"""What became of a scenario's messages, scheduled and triggered alike."""

from dataclasses import dataclass, replace

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

    def __call__(self, store: StoreId, name: str, *, timed: bool = False) -> Report:
        """Over all runs that are still kept; of fly mode, over those of all triggers that there are.

        A marketer's own trigger has a report of its own, under `fly_mode:<trigger id>`, also once it is deleted.
        NotFound for a name that is none and never was; Conflict for a scenario that this release cannot run.
        """
        names = self.sources(store, name)
        runs = [run for one in names for run in self.report.runs.of_source(store, "scenario", one)]
        if not runs:
            self._check(store, name)
        since = min((run.scheduled_at for run in runs), default=None)
        # what came of it is counted in the hours in which it came, which may lie before the instant that a run is for
        begun = min((min(run.scheduled_at, run.created_at) for run in runs), default=None)
        told = () if begun is None else self.report.told(store, names, begun)
        also = [(store, one) for one in names]
        return replace(self.report.over(runs, also, told, timed=timed), since=since)

    def sources(self, store: StoreId, name: str) -> list[str]:
        """What its messages are counted under. NotFound for a name that is none."""
        if name == FLY_MODE:
            return [trigger.scenario for trigger in self.triggers.all(store)]
        if name.startswith(PREFIX) or name in SCENARIOS:
            return [name]
        raise NotFound(name)

    def _check(self, store: StoreId, name: str) -> None:
        """That something could have been sent by it."""
        own = trigger_of(name)
        if own is not None and self.triggers.get(store, own) is None:
            raise NotFound(name)
        if own is None and name != FLY_MODE and SCENARIOS[name].row is None:
            raise Conflict(f"{name} is not available yet")
