"""Keep what follows from a calendar in step with its settings: a schedule of its own, and who waits for a clock."""

from dataclasses import dataclass

from shopbell.app.turning import TRIES
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Rejected, Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.lasting import latest, standing
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.calendar import by_calendar, following
from shopbell.domain.scenarios.ownschedule import own_schedule
from shopbell.domain.scenarios.plan import OnCalendar, Plan
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import SCENARIOS, Scenario
from shopbell.domain.segments.zones import named
from shopbell.domain.store import Store
from shopbell.ports import OwnSchedules, Runs, Scenarios


@dataclass(frozen=True, slots=True)
class KeepCalendar:
    """Done again it changes nothing. Raises Unavailable.

    Whoever dies before it leaves the settings without their schedule, or a schedule without its settings: the
    schedule of all stores starts what is due within a quarter of an hour, a firing too many finds nothing to do, and
    the next write of the settings or of the store's zone puts it right.
    """

    schedules: OwnSchedules
    scenarios: Scenarios
    runs: Runs
    now: Clock

    def __call__(self, store: Store, scenario: Scenario, settings: ScenarioSettings) -> None:
        if settings.enabled:
            self._go_on(store, settings.name)
        if scenario.row is None or not by_calendar(scenario.row):
            return
        wanted = own_schedule(scenario.plan(settings), store, self.now()) if settings.enabled else None
        if wanted is None:
            self.schedules.remove(store.id, scenario.name)
        else:
            self.schedules.put(wanted)
        self._withdraw(store.id, settings)

    def moved(self, store: Store) -> None:
        """The store keeps another time from now on."""
        for scenario in SCENARIOS.values():
            settings = self.scenarios.get(store.id, scenario.name) if scenario.row is not None else None
            if settings is not None and settings.enabled:
                self._again(store, scenario, settings)

    def _again(self, store: Store, scenario: Scenario, settings: ScenarioSettings) -> None:
        """As the settings that stand say, though they are set anew meanwhile."""
        known: ScenarioSettings | None = settings
        for _ in range(TRIES):
            if known is None:
                return
            try:
                self(store, scenario, known)
            except Rejected:  # by this release: it is not run any more either
                return
            read, known = known, self.scenarios.get(store.id, scenario.name)
            if known == read:
                return
        raise Unavailable(f"the settings of {scenario.name} kept changing")

    def _go_on(self, store: Store, name: str) -> None:
        """A run that a refused key has stopped goes on when its scenario is saved again: nobody else could say so."""
        now = self.now()
        for run in self.runs.of_source(store.id, "scenario", name):
            if run.state == "paused" and now < standing(run, store, now).ends_at:
                self.runs.set_state(store.id, run.id, "sending")

    def _withdraw(self, store: StoreId, settings: ScenarioSettings) -> None:
        """Whoever waits for a clock, or for their turn, does not get what these settings ask for no more."""
        now = self.now()
        for run in self.runs.of_source(store, "scenario", settings.name):
            waits = _takes_time(run) and run.state != "cancelled" and now < latest(run)
            if waits and not (settings.enabled and run.created_at >= settings.since):
                self.runs.set_state(store, run.id, "cancelled")


def _takes_time(run: Run) -> bool:
    return run.terms.own_clock is not None or run.delivery.per_minute is not None


def check_instant(plan: Plan, start: Instant, now: Instant, zone: str) -> None:
    """Rejected for a moment that is being asked for when it never comes any more.

    `start`: `ScenarioSettings.since`. `zone`: the store's.
    """
    trigger = plan.trigger
    if not isinstance(trigger, OnCalendar) or start != now:
        return
    if trigger.once is not None and trigger.once <= now:
        raise Rejected.at("parameters.at", "is over")
    if trigger.cron is not None and following(trigger, named(zone), now) is None:
        raise Rejected.at("parameters.cron", "never comes any more")
