"""What can happen to a pipeline, whatever people do: crashes, races, repeats, time, edits and merges."""

from collections.abc import Mapping
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId, VisitorId

from tests.sim.person_checks import Checks
from tests.sim.person_rules import EDITS, FACTS, RULES, START
from tests.sim.person_tables import Killed
from tests.sim.person_world import ANNA, LAPTOP, PEOPLE, PHONE, PersonWorld, Seams, Source
from tests.sim.worlds import STORE

AGES: Final = (0, 0, 0, -MINUTE, SECOND, 10 * MINUTE, 25 * MINUTE, 50 * MINUTE, HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY)
TICKS: Final = (SECOND, 20 * MINUTE, HOUR, DAY, 2 * DAY, 6 * DAY, 30 * DAY, 365 * DAY)
WHO: Final = st.sampled_from((PHONE, PHONE, PHONE, ANNA, ANNA, LAPTOP))
AGE: Final = st.sampled_from(AGES)
PRODUCT: Final = st.sampled_from(("boot", "pan"))
PRICES: Final[Mapping[str, int]] = {"boot": 5_000, "pan": 100}


def every_rule() -> Mapping[str, Json]:
    return RULES


class Store(RuleBasedStateMachine):
    """Three ids, two of which may turn out to be the third; `settle_down` lets everything arrive and compares."""

    seams: ClassVar[Seams] = Seams()
    source: ClassVar[Source] = staticmethod(every_rule)
    examples: ClassVar[int] = 0

    @initialize()
    def begin(self) -> None:
        type(self).examples += 1
        self.world = PersonWorld(self.seams, START, type(self).source)
        self.world.begin()
        self.checks = Checks(self.world)
        self.world.watch = self.checks.transaction
        self.made = 0

    def _report(
        self, who: VisitorId, kind: str, age: int, properties: Mapping[str, Json], *, trusted: bool = False
    ) -> None:
        self.made += 1
        now = self.world.now
        event = EventId(f"e{self.made:04}")
        self.world.report(Event(event, kind, who, now - age, now, properties, trusted=trusted, products=FACTS))

    @rule(who=st.sampled_from((PHONE, PHONE, LAPTOP)), heard=st.booleans(), seldom=st.integers(0, 5))
    def is_identified(self, who: VisitorId, heard: bool, seldom: int) -> None:
        """Not at once: what was done before is what a merge is about. Said again at any time."""
        if seldom == 3 or self.world.aliases.of(STORE, ANNA):
            self.world.identify(who, heard=heard)

    @rule(back=st.integers(1, 10))
    def is_reported_again(self, back: int) -> None:
        if len(self.world.stream) >= back:
            self.world.stream.append(self.world.stream[-back])

    @rule(
        count=st.integers(1, 6),
        old=st.booleans(),
        lost=st.booleans(),
        killed=st.sampled_from((-1, -1, 0, 1, 1, 2)),
        race=st.booleans(),
    )
    def is_delivered(self, count: int, old: bool, lost: bool, killed: int, race: bool) -> None:
        world = self.world
        start = world.checkpoint
        tables, last = world.tables, world.stream[-1:]
        tables.fuse, tables.lost = killed, lost
        if race and last and last[0].visitor in {item.visitor for item in world.stream[start : start + count]}:
            tables.meanwhile = lambda: world.settle(last[0].visitor, last[0].events)
        try:
            self._deliver(count, old=old)
        except Killed:
            world.checkpoint = start
        finally:
            tables.fuse, tables.lost, tables.meanwhile = -1, False, None

    def _deliver(self, count: int, *, old: bool = False) -> None:
        """The next items of the stream, each person's together."""
        world = self.world
        items = world.stream[world.checkpoint : world.checkpoint + count]
        for who in dict.fromkeys(item.visitor for item in items):
            world.settle(who, [event for item in items if item.visitor == who for event in item.events], old=old)
        world.checkpoint += len(items)

    @rule(back=st.integers(1, 12))
    def comes_again_after_a_crash(self, back: int) -> None:
        self.world.checkpoint = max(0, self.world.checkpoint - back)

    @rule(first=st.integers(0, 5))
    def overtakes(self, first: int) -> None:
        """What is still on its way arrives in another order."""
        world = self.world
        waiting = world.stream[world.checkpoint :]
        if first < len(waiting):
            world.stream[world.checkpoint :] = [waiting[first], *waiting[:first], *waiting[first + 1 :]]

    @rule(step=st.sampled_from(TICKS), wakes=st.booleans())
    def time_passes(self, step: int, wakes: bool) -> None:
        self.world.now += step
        if wakes:
            self._wake()

    @rule(
        name=st.sampled_from(sorted(EDITS)),
        which=st.integers(0, 3),
        state=st.sampled_from(("active", "active", "paused", "archived")),
        again=st.booleans(),
    )
    def is_edited(self, name: str, which: int, state: str, again: bool) -> None:
        """A new definition, an old one restored, or the same one paused, archived or active again."""
        rules = EDITS[name]
        live = "active" if name == "viewed" else state
        self.world.define(name, None if again else rules[which % len(rules)], live)  # type: ignore[arg-type]

    @rule()
    def settle_down(self) -> None:
        world = self.world
        while world.checkpoint < len(world.stream):
            self._deliver(5)
        for who in PEOPLE:
            if world.tables.load(STORE, who).version:
                world.settle(who)
        self._wake()
        self.checks.everyone()

    def teardown(self) -> None:
        """Every history ends with a look at all of it."""
        self.settle_down()

    def _wake(self) -> None:
        for who in PEOPLE:
            row = self.world.tables.load(STORE, who)
            if row.wake_at is not None and row.wake_at <= self.world.now:
                self.world.settle(who)
