"""The plans that a store has on: read with the rules that evaluate them, and again after a minute."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shopbell.adapters.memory.configuration import MemoryScenarios, MemoryStores
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.scenarios.plans import KEEP, Plans
from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.scenarios.live import NO_PLANS
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.segments.features import compile_rules

from tests.sim.worlds import STORE, segment
from tests.unit.scenarios.person import ANYBODY, START, plan

NAME = "we_missed_you"
OWN = plan()


@dataclass
class Book:
    now: Instant = START
    world: MemoryWorld = field(default_factory=MemoryWorld)
    reads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.segments = MemorySegments(self.world)
        self.plans = Plans(
            MemoryScenarios(self.world), self.segments, MemoryStores(self.world), lambda: self.now, self.own
        )

    def own(self, _: StoreId, scenario: str) -> Plan | None:
        self.reads.append(scenario)
        return OWN if scenario == OWN.scenario else None

    def on(self, scenario: str) -> None:
        hidden = replace(segment(f"scenario-{scenario}", ANYBODY), scenario=scenario, hidden=True)
        self.segments.save(hidden, expected=None)

    def set(self, *, enabled: bool = True, parameters: Mapping[str, Json] | None = None) -> None:
        self.world.scenarios[STORE, NAME] = ScenarioSettings(STORE, NAME, enabled, parameters or {})

    def live(self) -> Mapping[str, Plan]:
        return self.plans.live(compile_rules(self.segments.rules(STORE))).plans


def test_a_store_without_scenarios_costs_no_read() -> None:
    book = Book()
    assert book.plans.live(compile_rules(book.segments.rules(STORE))) is NO_PLANS
    assert book.reads == []


def test_shipped_scenarios_and_own_triggers_are_found_by_their_segments() -> None:
    book = Book()
    for name in (NAME, OWN.scenario, "fly_mode:gone"):
        book.on(name)
    book.set()
    assert set(book.live()) == {NAME, OWN.scenario}
    assert set(book.plans(STORE)) == {NAME, OWN.scenario}
    assert book.live()[NAME].segment == SegmentId(f"scenario-{NAME}")


def test_what_is_off_or_set_as_this_release_would_refuse_it_is_not_run() -> None:
    book = Book()
    book.on(NAME)
    assert not book.live()
    book.now += KEEP
    book.set(enabled=False)
    assert not book.live()
    book.now += KEEP
    book.set(parameters={"n_days": "many"})
    assert not book.live()


def test_new_rules_are_followed_at_once_and_new_settings_within_a_minute() -> None:
    book = Book()
    book.on(OWN.scenario)
    assert set(book.live()) == {OWN.scenario}
    book.live()
    assert len(book.reads) == 1
    book.on("fly_mode:gone")
    book.live()
    assert len(book.reads) == 3
    book.now += KEEP - 1
    book.live()
    assert len(book.reads) == 3
    book.now += 1
    book.live()
    assert len(book.reads) == 5
