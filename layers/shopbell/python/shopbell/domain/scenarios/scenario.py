"""A scenario of the table: its name, its schedule, and the plan that it is for one store."""

from collections.abc import Mapping
from dataclasses import dataclass

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.errors import Conflict
from shopbell.domain.ids import SegmentId
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.planning import plan_of
from shopbell.domain.scenarios.row import Row
from shopbell.domain.scenarios.settings import ScenarioSettings


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row. `every`: how often its schedule fires; None: something else starts it."""

    name: str
    title: str
    every: Duration | None = None
    row: Row | None = None
    """None: this release cannot run it yet, and no store can switch it on."""

    @property
    def segment(self) -> SegmentId:
        """Its hidden segment, the same in every store (ruling 19)."""
        return SegmentId(f"scenario-{self.name}")

    def plan(self, settings: ScenarioSettings, beside: Mapping[str, ScenarioSettings] | None = None) -> Plan:
        """What the engine runs for a store. `beside`: the store's other scenarios, by name, on or off.

        Conflict where this release cannot run it; Rejected for settings that saving would have refused. Without
        `beside` all is as it should be but `Plan.audience`, which whoever saves the hidden segment needs.
        """
        if self.row is None:
            raise Conflict(f"{self.name} is not available yet")
        return plan_of(self.name, self.segment, self.row, settings, beside or {})

    def next_run(self, now: Instant) -> Instant | None:
        """The next firing of its schedule after `now`."""
        return None if self.every is None else (now // self.every + 1) * self.every
