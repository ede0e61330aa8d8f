"""One visitor's pipeline in miniature: event log, stream, guarded store, wake-ups; every part can be swapped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shopbell.domain.clock import Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import SegmentId
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Commit, Profile
from shopbell.domain.segments.codec import StoredProfile, dump, load
from shopbell.domain.segments.definition import Segment, StoredRules
from shopbell.domain.segments.features import Ruleset, compile_rules
from shopbell.domain.segments.settle import Settled, needs_log, settle
from shopbell.domain.segments.succession import next_rules

from tests.sim.oracle import Oracle
from tests.sim.oracle_fields import Node
from tests.sim.worlds import STORE, VISITOR, segment


@dataclass(frozen=True)
class Seams:
    """Where a mutant may get in; the defaults are the product."""

    settle: Callable[[Profile, Sequence[Event], Ruleset, Instant], Settled] = settle
    compile: Callable[[StoredRules], Ruleset] = compile_rules
    next_rules: Callable[[StoredRules, Sequence[Segment]], StoredRules] = next_rules
    guarded: bool = True
    stamped: bool = True
    """Whether a profile says by which rules it was folded."""
    keep_parts: bool = True
    """Whether what a transaction has no room for is stored with it."""
    second_part: bool = True


@dataclass
class Row:
    """The visitor's stored item."""

    body: StoredProfile
    version: int
    rules_version: int
    wake_at: Instant | None


@dataclass
class SegmentWorld:
    seams: Seams
    now: Instant
    segments: dict[str, Segment] = field(default_factory=dict)
    rules: StoredRules = field(default_factory=lambda: StoredRules(STORE))
    row: Row | None = None
    members: dict[SegmentId, Instant] = field(default_factory=dict)
    log: list[Flip] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    """The log of events, which is the stream as well."""
    checkpoint: int = 0
    folded: dict[str, Event] = field(default_factory=dict)
    old_rules: StoredRules = field(default_factory=lambda: StoredRules(STORE))

    compiled: dict[int, Ruleset] = field(default_factory=dict)

    def begin(self, rules: Mapping[str, Json]) -> None:
        """A store with these segments, before its first visitor."""
        self.segments = {name: segment(name, each) for name, each in rules.items()}
        self.rules = self.old_rules = self.seams.next_rules(self.rules, list(self.segments.values()))

    def define(self, name: str, rule: Json, *, live: bool = True) -> None:
        self.old_rules = self.rules
        known = self.segments.get(name)
        version = known.version + 1 if known else 1
        self.segments[name] = segment(name, rule, state="active" if live else "archived", version=version)
        self.rules = self.seams.next_rules(self.rules, list(self.segments.values()))

    def load(self) -> Profile:
        if self.row is None:
            return Profile(STORE, VISITOR)
        row = self.row
        rules_version = row.rules_version if self.seams.stamped else self.rules.version
        return load(STORE, VISITOR, row.body, row.version, rules_version, row.wake_at)

    def commit(self, commit: Commit, folded: Sequence[Event]) -> bool:
        version = self.row.version if self.row else 0
        if self.seams.guarded and version != commit.before.version:
            return False
        if self.row and self.row.rules_version > commit.after.rules_version:
            return False
        after = commit.after
        self.row = Row(dump(after), version + 1, after.rules_version, after.wake_at)
        self.folded.update((f"{event.id}@{event.at}", event) for event in folded)
        self._write(commit)
        return True

    def _write(self, commit: Commit) -> None:
        assert len(commit.flips) <= 45
        assert 2 * len(commit.flips) + len(commit.refreshed) + len(commit.candidates) <= 95
        for flip in commit.flips:
            self.log.append(flip)
            if flip.change == "entered":
                assert flip.segment not in self.members
                self.members[flip.segment] = flip.at
            else:
                del self.members[flip.segment]

    def process(
        self,
        events: Sequence[Event],
        *,
        old_container: bool = False,
        lost_ack: bool = False,
        crash_after_part: bool = False,
        meanwhile: Callable[[], None] | None = None,
    ) -> None:
        """What `evaluate` does with a batch or a wake-up: load, settle, commit; again from the start if refused."""
        rules = self.old_rules if old_container else self.rules
        for _ in range(20):
            profile = self.load()
            if profile.rules_version > rules.version:
                rules = self.rules
                continue
            ruleset = self._compiled(rules)
            arrived = [*self.events, *events] if needs_log(profile, ruleset) else list(events)
            if meanwhile is not None:
                meanwhile()
                meanwhile = None
            if self._parts(profile, arrived, ruleset, lost_ack=lost_ack, crash=crash_after_part):
                return
            lost_ack = False
        raise Unavailable("never settled")

    def _compiled(self, rules: StoredRules) -> Ruleset:
        if rules.version not in self.compiled:
            self.compiled[rules.version] = self.seams.compile(rules)
        return self.compiled[rules.version]

    def _parts(
        self, profile: Profile, events: Sequence[Event], ruleset: Ruleset, *, lost_ack: bool, crash: bool
    ) -> bool:
        rest: tuple[Flip, ...] = ()
        for _ in range(20):
            settled = self.seams.settle(profile, events, ruleset, self.now)
            self._check_order(settled)
            if ruleset.version == self.rules.version:
                self._check_instants(settled, events)
            if settled.commit is None:
                return True
            commit = settled.commit
            if not self.seams.keep_parts and settled.more:
                rest = commit.after.unsettled
                commit = replace(commit, after=replace(commit.after, unsettled=(), stale=()))
            if not self.commit(commit, events):
                return False
            if lost_ack:
                return False
            if not settled.more or crash or not self.seams.second_part:
                return True
            profile = self.load()
            profile = replace(profile, unsettled=rest) if rest else profile
            events, rest = (), ()
        raise AssertionError("the parts never end")

    def _check_order(self, settled: Settled) -> None:
        """A child's flip is written no later than that of the segment which names it."""
        places = {(flip.segment, flip.at): place for place, flip in enumerate(settled.flips)}
        for (name, at), place in places.items():
            for child in _children(self.segments[name].rule):
                assert places.get((SegmentId(child), at), -1) < place, f"{name} flipped before {child}"

    def _check_instants(self, settled: Settled, events: Sequence[Event]) -> None:
        """What time brought about is dated to the very millisecond at which the truth turned."""
        known = {**self.folded, **{f"{event.id}@{event.at}": event for event in events}}
        oracle = Oracle(list(known.values()), self.live, VISITOR)
        for flip in settled.flips[:12]:
            if flip.cause == "clock":
                rule = self.live[flip.segment]
                turned = flip.change == "entered"
                assert oracle.truth(rule, flip.at) is turned, flip
                assert oracle.truth(rule, flip.at - 1) is not turned, flip

    @property
    def live(self) -> dict[str, Node]:
        rules = {name: each.rule for name, each in self.segments.items() if each.live}
        return {name: rule for name, rule in rules.items() if isinstance(rule, dict)}

    def oracle(self) -> Oracle:
        """Of everything that was folded so far."""
        return Oracle(list(self.folded.values()), self.live, VISITOR)


def _children(rule: Json) -> set[str]:
    if isinstance(rule, dict):
        named = rule.get("in_segment")
        return {named} if isinstance(named, str) else {n for each in rule.values() for n in _children(each)}
    if isinstance(rule, list):
        return {name for each in rule for name in _children(each)}
    return set()
