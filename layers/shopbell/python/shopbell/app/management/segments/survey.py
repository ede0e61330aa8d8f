"""Ask rules that nobody saved of a sample of visitors: profiles where they answer, their logs where they do not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final, TypeVar

from shopbell.app.batch import SideBySide
from shopbell.app.management.segments.sample import DrawSample, Sample, persons
from shopbell.app.rulebook import Rulebook
from shopbell.domain.clock import SECOND, Clock, Duration, Instant
from shopbell.domain.errors import NotFound
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import CUSTOMER_PREFIX, SegmentId, StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.rules.graph import references
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.sampling import SAMPLE, Estimate
from shopbell.domain.segments.definition import Segment, StoredRules
from shopbell.domain.segments.evaluate import evaluate
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.fold import fold, stripped
from shopbell.domain.segments.succession import next_rules
from shopbell.domain.segments.truth import FOREVER, Truth
from shopbell.ports import Aliases, Events, Segments, Stores, Visitors

A = TypeVar("A")

BUDGET: Final[Duration] = SECOND
"""After so long no more logs are begun: the visitors read until then are the sample, whose interval is wider."""
AT_LEAST: Final = 16
"""Visitors who are asked however long it takes."""
_BREAKPOINTS: Final = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """One visitor of the sample: the truth of each rule, in the order in which they were asked."""

    profile: Profile
    truths: tuple[bool, ...]

    @property
    def visitor(self) -> VisitorId:
        return self.profile.visitor


@dataclass(frozen=True, slots=True)
class Findings:
    """What the sample answered. `fresh`: some rule counts what no live feature does, so logs were read."""

    sample: Sample
    rows: tuple[Asked, ...]
    ruleset: Ruleset
    fresh: bool
    now: Instant

    def expires_at(self, row: Asked, rule: int) -> Instant | None:
        """When time alone would take the visitor out of a rule that holds; None: never, or not within 64 steps."""
        at = self._truth(row, rule, self.now)[1]
        for _ in range(_BREAKPOINTS):
            if at == FOREVER:
                return None
            truth, until = self._truth(row, rule, at)
            if not truth:
                return at
            at = until
        return None

    def _truth(self, row: Asked, rule: int, at: Instant) -> Truth:
        name = question(rule)
        place = next(place for place, segment in enumerate(self.ruleset.order) if segment.id == name)
        return evaluate(row.profile, self.ruleset, at, 1 << place)[name]


@dataclass(frozen=True, slots=True)
class Survey:
    stores: Stores
    segments: Segments
    visitors: Visitors
    events: Events
    aliases: Aliases
    rulebook: Rulebook
    side_by_side: SideBySide
    """Whatever waits for a table, 16 at a time (ruling 25)."""
    now: Clock

    def __call__(self, store: StoreId, rules: Sequence[Json], most: int = SAMPLE) -> Findings:
        """The rules must have passed `ReadRule`; segments that they name count by their rules, live or not."""
        began, live = self.now(), self.segments.rules(store)
        scratch = scratch_rules(live, self.segments.all(store), rules)
        ruleset = self.rulebook.compiled(scratch)
        sample, profiles = self.drawn(store, most)
        fresh = bool(scratch.bits.keys() - live.bits.keys())
        found = self.in_time(self._answer(live, ruleset, len(rules), fresh=fresh), profiles, began)
        return Findings(sample, found, ruleset, fresh, self.now())

    def truths(self, profile: Profile, rules: Sequence[Json]) -> tuple[bool, ...]:
        """The truths of rules of one visitor."""
        live = self.segments.rules(profile.store)
        scratch = scratch_rules(live, self.segments.all(profile.store), rules)
        fresh = bool(scratch.bits.keys() - live.bits.keys())
        return self._answer(live, self.rulebook.compiled(scratch), len(rules), fresh=fresh)(profile).truths

    def in_time(
        self, do: Callable[[Profile], A], profiles: Sequence[Profile], began: Instant, budget: Duration = BUDGET
    ) -> tuple[A, ...]:
        """For as many of them, in their order, as can be begun within the budget: still a sample, by their hashes."""

        def one(numbered: tuple[int, Profile]) -> A | None:
            number, profile = numbered
            late = number >= AT_LEAST and self.now() - began > budget
            return None if late else do(profile)

        found = self.side_by_side(one, list(enumerate(profiles)))
        return tuple(takewhile(lambda answer: answer is not None, found))  # type: ignore[arg-type]

    def drawn(self, store: StoreId, most: int = SAMPLE) -> tuple[Sample, Sequence[Profile]]:
        """The sample, and the profiles of those in it who are no other's alias."""
        sample = self._draw(store, most)
        return sample, self.persons(store, sample.visitors)

    def profiles(self, store: StoreId, most: int) -> Sequence[Profile]:
        """So many visitors of the sample, those with the lowest hashes."""
        return self.persons(store, self._draw(store).visitors[:most])

    def size(self, store: StoreId) -> Estimate:
        """How many visitors there are."""
        return self._draw(store).size

    def log(self, profile: Profile) -> Iterator[Event]:
        """Everything that the log still holds of a person, under whatever id it was reported (ruling 17)."""
        names = [profile.visitor]
        if profile.visitor.startswith(CUSTOMER_PREFIX):
            names += self.aliases.of(profile.store, profile.visitor)
        for name in names:
            for item in self.events.of(profile.store, name):
                yield from item.events

    def _draw(self, store: StoreId, most: int = SAMPLE) -> Sample:
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        return DrawSample(self.visitors, self.side_by_side)(store, row.shards, most)

    def persons(self, store: StoreId, visitors: Sequence[VisitorId]) -> list[Profile]:
        """The profiles of those of them who are no other's alias."""
        return persons(self.visitors, self.side_by_side, store, visitors)

    def _answer(self, live: StoredRules, ruleset: Ruleset, rules: int, *, fresh: bool) -> Callable[[Profile], Asked]:
        def answer(profile: Profile) -> Asked:
            known = stripped(profile, ruleset)
            if fresh or profile.rules_version < live.features_since:
                known = fold(known, self.log(profile), ruleset)
            truths = evaluate(known, ruleset, self.now())
            return Asked(known, tuple(truths[question(place)][0] for place in range(rules)))

        return answer


def question(place: int) -> SegmentId:
    """What a rule is called while it is asked; no stored segment has such an id."""
    return SegmentId(f"?{place}")


def scratch_rules(live: StoredRules, known: Sequence[Segment], rules: Sequence[Json]) -> StoredRules:
    """The rules and all that they refer to as the only live ones; features that live keep their bits."""
    return alone(live, known, [_segment(live.store, question(place), rule) for place, rule in enumerate(rules)])


def alone(live: StoredRules, known: Sequence[Segment], asked: Sequence[Segment]) -> StoredRules:
    """The same for segments that are given as they would be saved."""
    stored = {row.id: row for row in known if row.state != "archived"}
    needed: dict[SegmentId, Segment] = {row.id: row for row in asked}
    waiting = list(asked)
    while waiting:
        for name in references(parse_rule(waiting.pop().rule)):
            if name in stored and name not in needed:
                needed[name] = replace(stored[name], state="active")
                waiting.append(needed[name])
    return next_rules(live, list(needed.values()))


def _segment(store: StoreId, name: SegmentId, rule: Json) -> Segment:
    return Segment(store, name, name, rule, "active", version=1, revision=1, created_at=0, last_changed_at=0)
