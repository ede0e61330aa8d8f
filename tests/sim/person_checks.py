"""What must hold of people in the simulated store, whatever happened to them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.domain.clock import MINUTE, Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import VisitorId
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Commit, Profile
from shopbell.domain.segments.codec import StoredProfile, dump
from shopbell.domain.segments.fold import fold, stripped

from tests.sim.oracle_fields import Node
from tests.sim.oracle_times import mentions
from tests.sim.person_world import PEOPLE, PersonWorld
from tests.sim.worlds import STORE

LASTING: Final = {"for_at_least", "entered_within"}
SLOW: Final = {"age", "anniversary_within", "anniversary_ago", "within_next", "within_last"}
"""The oracle looks at every midnight of 120 years for these."""
LOOKED_AT: Final = 3
"""Rules of which the oracle also says when they turn next, others each time."""


@dataclass
class Checks:
    world: PersonWorld
    turn: int = 0

    def transaction(self, before: Profile, commit: Commit) -> None:
        """Of what was decided now: never early, to the millisecond, children first, and nothing of what is paused."""
        world = self.world
        flips = fresh(before, commit)
        assert len(commit.flips) <= 45
        assert 2 * len(commit.flips) + len(commit.refreshed) + len(commit.candidates) <= 95
        for flip in flips:
            assert flip.at <= world.now + (0 if flip.cause == "clock" else MINUTE), "early"
        if commit.after.rules_version != world.rules.version:
            return
        self._children_first(flips)
        paused = {flip.segment for flip in flips if flip.cause != "merge"} & set(world.rules.paused)
        assert not paused
        linked = [world.memory.profiles.get((STORE, who)) for who in PEOPLE]
        torn = any(each and each.alias and not each.alias.joined for each in linked)
        if before.rules_version == world.rules.version and not torn:
            self._to_the_millisecond(before, flips)

    def _children_first(self, flips: Sequence[Flip]) -> None:
        places = {(flip.segment, flip.at): place for place, flip in enumerate(flips)}
        for (name, at), place in places.items():
            known = self.world.segments.get(name)
            for child in children(known.rule) if known else ():
                seen = next((where for key, where in places.items() if key == (child, at)), -1)
                assert seen < place, f"{name} flipped before {child}"

    def _to_the_millisecond(self, before: Profile, flips: Sequence[Flip]) -> None:
        world = self.world
        folded = world.folded.get(before.visitor, {})
        arrived = [event for event in world.arrived if f"{event.id}@{event.at}" not in folded]
        jumps = {world.now, *(event.at - 1 for event in arrived), *(event.at for event in arrived)}
        for flip in flips[:8]:
            rule = world.live.get(flip.segment)
            if flip.cause != "clock" or rule is None or mentions(rule, LASTING):
                continue
            known = [*folded.values(), *(event for event in arrived if event.at <= flip.at)]
            oracle, entered = world.oracle(before.visitor, known, {}), flip.change == "entered"
            assert oracle.truth(rule, flip.at) is entered, flip
            assert flip.at in jumps or oracle.truth(rule, flip.at - 1) is not entered, flip

    def everyone(self) -> None:
        """Once all has arrived and time is now."""
        self.turn += 1
        for who in PEOPLE:
            profile = self.world.tables.load(STORE, who)
            if profile.alias is not None:
                self._given_up(profile)
            elif profile.version:
                self._as_the_oracle_says(profile)
                assert state(profile, self.world) == self._folded_at_once(profile)
            self._log_gives_members(who, profile)

    def _given_up(self, profile: Profile) -> None:
        assert profile.alias is not None
        assert profile.alias.joined
        empty = Profile(STORE, profile.visitor, profile.version, profile.rules_version, alias=profile.alias)
        assert profile == empty

    def _as_the_oracle_says(self, profile: Profile) -> None:
        world, who = self.world, profile.visitor
        oracle = world.oracle(who, world.said_of(who), {str(k): at for k, at in profile.memberships.items()})
        truths: dict[str, bool] = {}
        for name, rule in world.live.items():
            key = json.dumps(rule)
            if key not in truths:
                truths[key] = oracle.truth(rule, world.now)
            assert truths[key] is (name in profile.memberships), name
        assert not profile.unsettled
        assert not profile.stale
        assert profile.wake_at is None or profile.wake_at > world.now
        for rule in self._some():
            near = replace(oracle, segments=within(rule, world.live))
            due = near.flips_at(rule, world.now)
            assert due is None or (profile.wake_at is not None and profile.wake_at <= due), ("too late", rule)

    def _some(self) -> list[Node]:
        distinct = {json.dumps(each): each for each in self.world.live.values() if not mentions(each, SLOW)}
        rules = list(distinct.values())
        return [rules[(self.turn * LOOKED_AT + each) * 7 % len(rules)] for each in range(LOOKED_AT)]

    def _folded_at_once(self, profile: Profile) -> StoredProfile:
        """All events of all ids, in another order, in one batch."""
        ruleset = self.world.ruleset(self.world.rules)
        nobody = Profile(STORE, profile.visitor, scores=profile.scores)
        events = sorted(self.world.said_of(profile.visitor), key=hash_of)
        return state(fold(nobody, events, ruleset), self.world)

    def _log_gives_members(self, who: VisitorId, profile: Profile) -> None:
        """The log replayed gives the member rows; each segment's lines are in the order of their instants."""
        inside: dict[str, Instant] = {}
        latest: dict[str, Instant] = {}
        for line, _ in self.world.memory.log.get((STORE, who), ()):
            flip = line.flip
            if flip.change == "merged":
                continue
            assert (flip.segment in inside) is (flip.change == "exited")
            assert flip.at >= latest.get(flip.segment, 0)
            latest[flip.segment] = flip.at
            if flip.change == "entered":
                inside[flip.segment] = flip.at
            else:
                del inside[flip.segment]
        members = self.world.memory.members
        rows = {name: found[who] for (_, name), found in members.items() if who in found}
        assert inside == {name: row.entered_at for name, row in rows.items()} == dict(profile.memberships)
        assert all(row.reachable is profile.reachable for row in rows.values())


def state(profile: Profile, world: PersonWorld) -> StoredProfile:
    """All that is folded, as bytes."""
    bare = stripped(profile, world.ruleset(world.rules))
    return dump(replace(bare, memberships={}, left={}, unsettled=(), stale=()))


def fresh(before: Profile, commit: Commit) -> list[Flip]:
    """What was not decided before."""
    return [*commit.flips, *commit.after.unsettled][len(before.unsettled) :]


def hash_of(event: Event) -> str:
    return f"{sum(map(ord, event.id)) * 7 % 13}{event.id}"


def within(rule: Json, live: Mapping[str, Node]) -> dict[str, Node]:
    """The segments that a rule names, and those that they name."""
    found = {name: live[name] for name in children(rule) if name in live}
    return {name: each for child in list(found.values()) for name, each in within(child, live).items()} | found


def children(rule: Json) -> set[str]:
    if isinstance(rule, Mapping):
        named = rule.get("in_segment")
        return {named} if isinstance(named, str) else {n for each in rule.values() for n in children(each)}
    if isinstance(rule, list | tuple):
        return {name for each in rule for name in children(each)}
    return set()
