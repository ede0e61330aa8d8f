"""A store with scenarios on; tables and queue that fail before or after they have done what was asked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from shopbell.adapters.memory.aliases import MemoryAliases
from shopbell.adapters.memory.clockwork import MemoryDueIndex
from shopbell.adapters.memory.configuration import MemoryStores
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.evaluate import Evaluate
from shopbell.app.nowwork import NowWork, read_now
from shopbell.app.rulebook import Rulebook
from shopbell.app.tracking.identify import identified_item
from shopbell.app.waking import SHARDS
from shopbell.domain.clock import DAY, Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import EventItem, Json
from shopbell.domain.ids import VisitorId, customer
from shopbell.domain.profile import Alias, Commit, Profile
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.segments.codec import dump, load
from shopbell.domain.store import Store
from shopbell.ports import Message

from tests.sim.worlds import STORE, segment
from tests.unit.app.engaged import engaging

ANNA = customer("anna")
Fault = Literal["before", "after"]


@dataclass
class Faults:
    """Which of all writes and sendings fail, by their number."""

    fail: Mapping[int, Fault] = field(default_factory=dict)
    done: int = 0

    def asked(self) -> Fault | None:
        self.done += 1
        found = self.fail.get(self.done)
        if found == "before":
            raise Unavailable("not done")
        return found


@dataclass(frozen=True)
class FaultyVisitors(MemoryVisitors):
    faults: Faults

    def commit(self, commit: Commit) -> bool:
        fault, after = self.faults.asked(), commit.after
        read = load(STORE, after.visitor, dump(after), after.version, after.rules_version, after.wake_at)
        done = super().commit(replace(commit, after=replace(read, alias=after.alias)))
        if fault == "after":
            raise Unavailable("the answer is lost")
        return done


@dataclass(frozen=True)
class WatchedQueue(MemoryQueue):
    """Nothing comes on it that no stored profile holds as queued, or that is not due."""

    world: "StepWorld" = field(kw_only=True)

    def send(self, messages: Sequence[Message]) -> None:
        fault = self.world.faults.asked()
        for message in messages:
            work = read_now(message.body)
            assert work.step in self.world.profile(work.visitor).steps, "sent and not stored, or cancelled by then"
            assert work.step.state == "queued"
            assert work.step.due <= self.world.now, "sent before it is due"
            self.world.sent.append(work)
        if fault == "after":
            raise Unavailable("the answer is lost")


@dataclass
class StepWorld:
    plans: Sequence[Plan]
    rules: Mapping[str, Json]
    now: Instant
    faults: Faults = field(default_factory=Faults)
    world: MemoryWorld = field(default_factory=MemoryWorld)
    stream: list[EventItem] = field(default_factory=list)
    held: list[EventItem] = field(default_factory=list)
    """Reported and not folded yet."""
    sent: list[NowWork] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.world.stores[STORE] = Store(
            id=STORE, name="Shop", shards=1, created_at=0, contact="mailto:a@shop.example.com"
        )
        segments, stores = MemorySegments(self.world), MemoryStores(self.world)
        own = [segment(name, rule) for name, rule in self.rules.items()]
        hidden = [replace(segment(one.segment, one.audience), scenario=one.scenario) for one in self.plans]
        for row in (*own, *hidden):
            segments.save(row, expected=None)
        on = {plan.scenario: plan for plan in self.plans}
        queue = WatchedQueue(world=self)
        self.log, self.aliases = MemoryEvents(self.world), MemoryAliases(self.world)
        self.evaluate = Evaluate(
            FaultyVisitors(self.world, self.faults),
            self.log,
            self.aliases,
            Rulebook(segments, stores),
            MemoryQueue(),
            MemoryQueue(),
            engaging(self.world, lambda: self.now, queue, lambda _, name: on.get(name)),
            lambda: self.now,
            lambda _: None,
        )

    def profile(self, visitor: VisitorId) -> Profile:
        return self.world.profiles[STORE, visitor]

    def report(self, item: EventItem) -> None:
        self.log.append([item])
        self.stream.append(item)
        self.held.append(item)

    def identify(self, who: VisitorId) -> None:
        stands = self.aliases.link(STORE, who, Alias(ANNA, self.now))
        self.report(identified_item(STORE, who, ANNA, stands.at))

    def fold(self, again: Sequence[EventItem] = ()) -> None:
        """What is held, and some of what came before once more; taken up again until it is done."""
        items = [*again, *self.held]
        self.held = []
        while items:
            evaluated = self.evaluate(items)
            self.counts.update(evaluated.counts)
            items = [] if evaluated.failed is None else items[evaluated.failed :]

    def pass_time(self, until: Instant) -> None:
        """Everyone is woken at their instants; what was reported by then is folded before."""
        while (found := self._next_wake()) is not None and found[0] <= until:
            self.now = max(self.now, found[0])
            self.fold()
            again = self._next_wake()
            if again is not None and again[0] <= self.now:
                self._wake(again[1])
        self.now = max(self.now, until)

    def instances(self) -> set[tuple[VisitorId, str, str, int]]:
        """What was sent, however often."""
        return {(work.visitor, work.step.source_id, work.step.key, work.step.step) for work in self.sent}

    def _next_wake(self) -> tuple[Instant, VisitorId] | None:
        index = MemoryDueIndex(self.world)
        found = [(at, who) for shard in range(SHARDS) for _, who, at in index.due(shard, self.now + 400 * DAY)]
        return min(found, default=None)

    def _wake(self, who: VisitorId) -> None:
        while True:
            try:
                self.counts.update(self.evaluate.touch(STORE, [who]))
            except Unavailable:
                continue
            return
