"""Membership against the oracle, through duplicates, crashes, lost answers, races, late events and edits."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND, Instant
from shopbell.domain.events import Event, Json, ProductFacts
from shopbell.domain.ids import ProductId

from tests.sim.segment_mutants import MUTANTS
from tests.sim.segment_world import Seams, SegmentWorld
from tests.sim.worlds import event

START: Final[Instant] = 1_790_000_000_000
EXAMPLES: Final = int(os.environ.get("SHOPBELL_TEST_EXAMPLES", "150"))
FACTS: Final = {
    ProductId("boot"): ProductFacts(("Outdoor/Boots",), "Alp", 5_000, in_stock=True),
    ProductId("pan"): ProductFacts(("Kitchen",), "Pan", 900, in_stock=False),
}
VIEWED: Final[Json] = {"event": "product_view", "window": {"last": "P30D"}}
OUTDOOR: Final[Json] = {"field": "product.category", "op": "under", "value": "Outdoor"}
RULES: Final[Mapping[str, Json]] = {
    "viewed": VIEWED,
    "viewed_thrice": {"event": "product_view", "op": "gte", "value": 3, "window": {"last": "P2D"}},
    "outdoor": {"event": "product_view", "where": [OUTDOOR], "op": "eq", "value": 1, "window": {"last": "P7D"}},
    "long_ago": {"event": "product_view", "window": {"from": "P60D", "to": "P30D"}},
    "one_time": {"event": "purchase", "op": "eq", "value": 1},
    "big_order": {"event": "purchase", "where": [{"field": "total", "op": "gte", "value": 500}]},
    "asleep": {"and": [{"event": "purchase"}, {"last": "product_view", "ago": {"op": "gte", "value": "P30D"}}]},
    "newcomer": {"first": "product_view", "ago": {"op": "lte", "value": "P2D"}},
    "german": {"trait": "country", "op": "eq", "value": "DE"},
    "reachable": {"subscription": "active"},
    "a_parent": {"and": [{"in_segment": "viewed"}, {"not": {"in_segment": "one_time"}}]},
    "a_grandparent": {"or": [{"in_segment": "a_parent"}, {"in_segment": "german"}]},
    **{f"crowd{n:02}": {"event": "login", "window": {"last": "P1D"}} for n in range(50)},
}
EDITS: Final[Mapping[str, tuple[Json, ...]]] = {
    "edited": (
        {"event": "page_view", "op": "gte", "value": 1, "window": {"last": "P3D"}},
        {"event": "page_view", "op": "gte", "value": 3, "window": {"last": "P40D"}},
        {"event": "page_view", "op": "lt", "value": 2},
        {"event": "page_view", "window": {"from": "P10D", "to": "P3D"}},
    ),
    "viewed": (VIEWED, {"event": "product_view", "op": "gte", "value": 2, "window": {"last": "P50D"}}),
}
AGES: Final = (0, 0, -MINUTE, SECOND, HOUR, DAY, 2 * DAY, 7 * DAY, 20 * DAY, 30 * DAY, 45 * DAY)
TICKS: Final = (SECOND, MINUTE, HOUR, DAY, 2 * DAY, 6 * DAY, 30 * DAY, 365 * DAY)


class Segments(RuleBasedStateMachine):
    """Steps are what can happen; `settle_down` lets everything arrive and compares with the oracle."""

    seams: Seams = Seams()

    @initialize()
    def begin(self) -> None:
        self.world = SegmentWorld(self.seams, START)
        self.world.begin(RULES)
        self.made = 0

    def _append(self, kind: str, age: int, properties: Mapping[str, Json], *, trusted: bool = False) -> None:
        self.made += 1
        made = event(f"e{self.made:04}", kind, self.world.now - age, properties)
        made = replace(made, received_at=self.world.now, products=FACTS, trusted=trusted)
        self.world.events.append(made)

    @rule(kind=st.sampled_from(("product_view", "product_view", "page_view")), age=st.sampled_from(AGES))
    def happens(self, kind: str, age: int) -> None:
        self._append(kind, age, {"product_id": ("boot", "pan")[self.made % 2]})

    @rule(
        order=st.integers(1, 3),
        total=st.sampled_from((100, 900)),
        trusted=st.booleans(),
        age=st.sampled_from(AGES),
    )
    def buys(self, order: int, total: int, trusted: bool, age: int) -> None:
        self._append("purchase", age, {"order_id": f"o{order}", "total": total}, trusted=trusted)

    @rule(age=st.sampled_from((0, 0, HOUR, 2 * DAY)))
    def logs_in(self, age: int) -> None:
        """Turns fifty memberships at once: more than one transaction takes."""
        self._append("login", age, {})

    @rule(country=st.sampled_from(("DE", "TR", None)))
    def moves(self, country: str | None) -> None:
        self._append("traits_changed", 0, {"country": country})

    @rule(kind=st.sampled_from(("subscribed", "unsubscribed")), number=st.integers(1, 2))
    def subscribes(self, kind: str, number: int) -> None:
        self._append(kind, 0, {"subscription_id": f"s{number}", "service": "fcm"})

    @rule(back=st.integers(1, 10))
    def reports_again(self, back: int) -> None:
        if len(self.world.events) >= back:
            self.world.events.append(self.world.events[-back])

    @rule(
        count=st.integers(1, 6),
        old=st.booleans(),
        lost=st.booleans(),
        crash=st.booleans(),
        race=st.booleans(),
    )
    def delivers(self, count: int, old: bool, lost: bool, crash: bool, race: bool) -> None:
        batch = self.world.events[self.world.checkpoint : self.world.checkpoint + count]
        last = self.world.events[-1:]
        self._process(
            batch,
            old_container=old,
            lost_ack=lost,
            crash_after_part=crash,
            meanwhile=(lambda: self._process(last)) if race else None,
        )
        self.world.checkpoint += len(batch)

    @rule(back=st.integers(1, 12))
    def replays_after_a_crash(self, back: int) -> None:
        self.world.checkpoint = max(0, self.world.checkpoint - back)

    @rule(step=st.sampled_from(TICKS), wakes=st.booleans())
    def time_passes(self, step: int, wakes: bool) -> None:
        self.world.now += step
        if wakes:
            self._wake()

    @rule(name=st.sampled_from(sorted(EDITS)), which=st.integers(0, 3), live=st.booleans())
    def edits(self, name: str, which: int, live: bool) -> None:
        rules = EDITS[name]
        self.world.define(name, rules[which % len(rules)], live=live or name == "viewed")

    @rule()
    def settle_down(self) -> None:
        world = self.world
        while world.checkpoint < len(world.events):
            batch = world.events[world.checkpoint : world.checkpoint + 5]
            self._process(batch)
            world.checkpoint += len(batch)
        if world.row is not None:
            self._process([])
        self._wake()
        self._compare()

    def _wake(self) -> None:
        row = self.world.row
        if row is not None and row.wake_at is not None and row.wake_at <= self.world.now:
            self._process([])

    def _process(self, batch: list[Event], **how: object) -> None:
        """Every flip by the clock is dated to an instant at which the oracle's truth turns, and not ahead of now."""
        seen = len(self.world.log)
        self.world.process(batch, **how)  # type: ignore[arg-type]
        for flip in self.world.log[seen:]:
            assert flip.cause == "clock" or flip.at <= self.world.now + MINUTE
            assert flip.cause != "clock" or flip.at <= self.world.now, "early"

    def _compare(self) -> None:
        world = self.world
        if world.row is None:
            return
        oracle = world.oracle()
        expected = oracle.members_of(world.now)
        profile = world.load()
        live = set(world.live)
        assert {name for name in world.members if name in live} == expected
        assert profile.memberships == world.members
        assert not profile.unsettled
        self._check_log()
        distinct = {json.dumps(each): each for each in world.live.values()}
        due = [at for each in distinct.values() if (at := oracle.flips_at(each, world.now)) is not None]
        assert not due or (profile.wake_at is not None and profile.wake_at <= min(due)), "too late"
        assert profile.wake_at is None or profile.wake_at > world.now

    def _check_log(self) -> None:
        """The log replayed gives the memberships, and each segment's lines are in the order of their instants."""
        inside: dict[str, Instant] = {}
        latest: dict[str, Instant] = {}
        for flip in self.world.log:
            assert (flip.segment in inside) is (flip.change == "exited")
            assert flip.at >= latest.get(flip.segment, 0)
            latest[flip.segment] = flip.at
            if flip.change == "entered":
                inside[flip.segment] = flip.at
            else:
                del inside[flip.segment]
        assert inside == self.world.members


def _settings(examples: int, steps: int, *phases: Phase) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        phases=phases or tuple(Phase),
        suppress_health_check=list(HealthCheck),
    )


def test_membership_is_what_the_oracle_says() -> None:
    run_state_machine_as_test(Segments, settings=_settings(EXAMPLES, 40))


@pytest.mark.long
@pytest.mark.timeout(7_200)
def test_membership_is_what_the_oracle_says_over_a_thousand_histories() -> None:
    run_state_machine_as_test(Segments, settings=_settings(1_000, 100))


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_the_oracle_kills_the_mutant(name: str) -> None:
    mutant = type("Mutant", (Segments,), {"seams": MUTANTS[name]})
    with pytest.raises((AssertionError, KeyError)):
        run_state_machine_as_test(mutant, settings=_settings(300, 40, Phase.generate))
