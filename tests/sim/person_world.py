"""People under several ids, and the product's own pipeline keeping up with them over tables that can fail."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from shopbell.adapters.memory.aliases import MemoryAliases
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.batch import Batch
from shopbell.app.settling import Settling
from shopbell.app.tracking.identify import identified_item
from shopbell.domain.clock import Duration, Instant
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import VisitorId, customer
from shopbell.domain.profile import Alias, Commit, Profile
from shopbell.domain.segments.definition import Segment, SegmentState, StoredRules
from shopbell.domain.segments.features import Ruleset, compile_rules
from shopbell.domain.segments.rescoring import rescored
from shopbell.domain.segments.succession import next_rules
from shopbell.ports import Aliases

from tests.sim.oracle import Oracle
from tests.sim.oracle_fields import Node
from tests.sim.person_rules import HOME, STATISTICS
from tests.sim.person_tables import Log, Tables
from tests.sim.worlds import STORE, segment
from tests.unit.app.engaged import engaging

ANNA = customer("anna")
PHONE, LAPTOP = VisitorId("phone"), VisitorId("laptop")
PEOPLE = (PHONE, LAPTOP, ANNA)


@dataclass(frozen=True)
class Seams:
    """Where a mutant may get in; the defaults change nothing."""

    events: Callable[[Sequence[Event], Sequence[Event]], Sequence[Event]] = lambda _known, events: events
    """Given what was folded before and what comes, what is folded."""
    ahead: Duration = 0
    """How far ahead the clock is."""
    ruleset: Callable[[Ruleset], Ruleset] = lambda ruleset: ruleset
    next_rules: Callable[[StoredRules, Sequence[Segment]], StoredRules] = next_rules
    commit: Callable[[Commit, Sequence[Event]], Commit] = lambda commit, _events: commit
    """What of a transaction is written, given the events of the batch."""
    aliases: Callable[[Aliases], Aliases] = lambda aliases: aliases
    guarded: bool = True
    stamped: bool = True
    """Whether a profile says by which rules it was folded."""


Source = Callable[[], Mapping[str, Json]]


@cache
def beginning(seams: Seams, source: Source) -> StoredRules:
    """The rules of a store with these segments, before its first visitor."""
    rows = [segment(name, rule) for name, rule in source().items()]
    return replace(seams.next_rules(StoredRules(STORE), rows), statistics=STATISTICS[0])


@cache
def first_ruleset(seams: Seams, source: Source) -> Ruleset:
    return compiled(seams, beginning(seams, source))


def compiled(seams: Seams, rules: StoredRules) -> Ruleset:
    fresh = compile_rules(rules, time_zone=HOME.zone, currency=HOME.currency, statistics=rules.statistics)
    return seams.ruleset(fresh)


@dataclass
class PersonWorld:
    seams: Seams
    now: Instant
    source: Source
    segments: dict[str, Segment] = field(default_factory=dict)
    rules: StoredRules = field(default_factory=lambda: StoredRules(STORE))
    old_rules: StoredRules = field(default_factory=lambda: StoredRules(STORE))
    memory: MemoryWorld = field(default_factory=MemoryWorld)
    stream: list[EventItem] = field(default_factory=list)
    checkpoint: int = 0
    folded: dict[VisitorId, dict[str, Event]] = field(default_factory=dict)
    """What reached a profile, by the id that it was folded into."""
    scores: dict[VisitorId, Mapping[str, Json]] = field(default_factory=dict)
    arrived: list[Event] = field(default_factory=list)
    """Of the person that is being settled: the batch, and what was read from the log."""
    watch: Callable[[Profile, Commit], None] = lambda _before, _commit: None
    """Sees every transaction, before what it folded is noted."""
    _compiled: dict[int, Ruleset] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engaging = engaging(self.memory, lambda: self.now)

    def begin(self) -> None:
        self.segments = {name: segment(name, rule) for name, rule in self.source().items()}
        self.rules = self.old_rules = beginning(self.seams, self.source)
        self._compiled[self.rules.version] = first_ruleset(self.seams, self.source)
        self.tables = Tables(self, MemoryVisitors(self.memory))
        self.aliases = MemoryAliases(self.memory)
        self.log = Log(self, MemoryEvents(self.memory))

    def report(self, event: Event) -> EventItem:
        item = EventItem(STORE, event.visitor, "-", 0, (event,))
        self.log.append([item])
        self.stream.append(item)
        return item

    def identify(self, who: VisitorId, *, heard: bool) -> None:
        """`heard` False: the process ended between the alias and the event that brings the fold to it."""
        stands = self.aliases.link(STORE, who, Alias(ANNA, self.now))
        if heard:
            item = identified_item(STORE, who, ANNA, stands.at)
            self.log.append([item])
            self.stream.append(item)

    def define(self, name: str, rule: Json | None, state: SegmentState) -> None:
        """Without a rule only the state changes."""
        self.old_rules, known = self.rules, self.segments.get(name)
        if rule is not None:
            self.segments[name] = segment(name, rule, state=state, version=known.version + 1 if known else 1)
        elif known is not None:
            self.segments[name] = replace(known, state=state, revision=known.revision + 1)
        self.rules = self.seams.next_rules(self.rules, list(self.segments.values()))

    def settle(self, who: VisitorId, events: Sequence[Event] = (), *, old: bool = False) -> None:
        """What `evaluate` does with a person's batch or wake-up: again from the start if refused."""
        rules = self.old_rules if old else self.rules
        for _ in range(20):
            kept = self.seams.events(list(self.folded.get(who, {}).values()), events)
            self.arrived = list(kept)
            clock = self.now + self.seams.ahead
            aliases = self.seams.aliases(self.aliases)
            settling = Settling(self.tables, aliases, self.log, lambda: clock, self.engaging)  # noqa: B023
            if settling(STORE, who, kept, self.ruleset(rules), Batch()):
                return
            rules = self.rules
        raise AssertionError("never settled")

    def night(self, who: VisitorId, scores: Mapping[str, Json] | None = None) -> None:
        """What the nightly pass does with one buyer: new scores, or none of them moved."""
        self.settle(who)
        profile, self.arrived = self.tables.load(STORE, who), []
        if not profile.version or profile.alias is not None:
            return
        if scores is not None:
            self.scores[who] = scores
        known = profile.scores if scores is None else scores
        settled = rescored(profile, known, self.ruleset(self.rules), self.now)
        if settled.commit is not None and self.tables.commit(settled.commit) and settled.more:
            self.settle(who)

    def ruleset(self, rules: StoredRules) -> Ruleset:
        if rules.version not in self._compiled:
            self._compiled[rules.version] = compiled(self.seams, rules)
        return self._compiled[rules.version]

    def note(self, before: Profile, commit: Commit) -> None:
        """After each transaction."""
        self.watch(before, commit)
        who, alias = commit.after.visitor, commit.after.alias
        self.folded.setdefault(who, {}).update((f"{event.id}@{event.at}", event) for event in self.arrived)
        if alias is not None and alias.joined:
            self.folded.setdefault(alias.customer, {}).update(self.folded.pop(who, {}))

    def ids_of(self, who: VisitorId) -> tuple[VisitorId, ...]:
        return (who, *self.aliases.of(STORE, who))

    def said_of(self, who: VisitorId) -> list[Event]:
        """All that was ever reported of a person, under whatever id."""
        items = [item for one in self.ids_of(who) for item in self.log.inner.of(STORE, one)]
        return [event for item in items for event in item.events]

    @property
    def live(self) -> dict[str, Node]:
        rules = {name: each.rule for name, each in self.segments.items() if each.live}
        return {name: rule for name, rule in rules.items() if isinstance(rule, dict)}

    def oracle(self, who: VisitorId, events: Sequence[Event], entered: Mapping[str, Instant]) -> Oracle:
        told = [scores for one in self.ids_of(who) if (scores := self.scores.get(one))]
        scores = max(told, key=lambda each: int(str(each["at"])), default={})
        return Oracle(events, self.live, who, HOME, self.rules.statistics, scores, entered)
