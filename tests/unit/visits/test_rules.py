"""Live rules on carts, sessions and favourites: exact by the clock, and built from the log when they become live."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import SegmentId
from shopbell.domain.profile import Profile
from shopbell.domain.segments.codec import StoredProfile, dump, load
from shopbell.domain.segments.evaluate import evaluate
from shopbell.domain.segments.features import Ruleset, compile_rules
from shopbell.domain.segments.fold import fold
from shopbell.domain.segments.joining import join
from shopbell.domain.segments.settle import needs_log, settle
from shopbell.domain.segments.truth import FOREVER

from tests.sim.oracle import Oracle
from tests.sim.worlds import STORE, VISITOR, compiled, stored
from tests.unit.visits.histories import BASE, happening, histories

STATES: Final = ("cart", "sessions", "interactions")
ENDED: Final[Json] = {"event": "session_ended"}
RULES: Final[Mapping[str, Json]] = {
    "ended": {"event": "session_ended", "window": {"last": "PT3H"}},
    "ended_twice": {"event": "session_ended", "op": "eq", "value": 2, "window": {"from": "PT8H", "to": "PT2H"}},
    "left": {"event": "cart_abandoned", "window": {"last": "PT6H"}},
    "left_dear": {
        "event": "cart_abandoned",
        "where": [{"field": "value", "op": "gte", "value": 2_000}],
        "window": {"last": "P1D"},
    },
    "left_long_ago": {"last": "cart_abandoned", "ago": {"op": "gte", "value": "PT2H"}},
    "ended_since": {
        "event": "session_ended",
        "op": "lt",
        "value": 1,
        "window": {"since_event": {"last": "cart_add"}},
    },
    "worth": {"cart": "value", "op": "gte", "value": 1_000},
    "boots": {"cart": "contains", "field": "category", "op": "under", "value": "Outdoor"},
    "untouched": {"cart": "age", "op": "gte", "value": "PT1H"},
    "cook": {"affinity": "category", "value": "Kitchen", "top": 1},
}
RULESET: Final[Ruleset] = compiled(RULES)


def _again(body: StoredProfile) -> Profile:
    return load(STORE, VISITOR, body, 1, RULESET.version, None)


def _in_batches(events: Sequence[Event], sizes: Sequence[int] = ()) -> StoredProfile:
    body, rest = dump(Profile(STORE, VISITOR)), list(events)
    for size in [*sizes, len(rest)]:
        body, rest = dump(fold(_again(body), rest[:size], RULESET)), rest[size:]
    return body


@given(data=st.data(), events=histories())
@settings(max_examples=60, deadline=None)
def test_the_whole_profile_is_the_same_in_any_order(data: st.DataObject, events: list[Event]) -> None:
    shuffled = data.draw(st.permutations(events + events[:3]))
    assert _in_batches(shuffled, data.draw(st.lists(st.integers(1, 5), max_size=6))) == _in_batches(events)


@given(one=histories(8), other=histories(8))
@settings(max_examples=60, deadline=None)
def test_a_joined_profile_is_that_of_all_events(one: list[Event], other: list[Event]) -> None:
    mine, theirs = _again(_in_batches(one)), _again(_in_batches(other))
    joined = join(mine, theirs, RULESET)
    whole = fold(mine, other, RULESET)
    assert [getattr(joined, name) for name in STATES] == [getattr(whole, name) for name in STATES]


@given(events=histories(12), later=st.integers(0, 30 * 60))
@settings(max_examples=60, deadline=None)
def test_every_rule_is_true_when_the_oracle_says_so(events: list[Event], later: int) -> None:
    now = max(each.at for each in events) + later * MINUTE
    profile = _again(_in_batches(events, (3, 3)))
    oracle = Oracle(events, {name: rule for name, rule in RULES.items() if isinstance(rule, dict)}, VISITOR)
    for name, (truth, until) in evaluate(profile, RULESET, now).items():
        rule = oracle.segments[name]
        assert truth is oracle.truth(rule, now), name
        flips_at = oracle.flips_at(rule, now)
        assert now < until <= (FOREVER if flips_at is None else flips_at), name


def _settled(profile: Profile, events: Sequence[Event], ruleset: Ruleset, now: Instant) -> Profile:
    commit = settle(profile, events, ruleset, now).commit
    return profile if commit is None else commit.after.with_version(profile.version + 1)


def test_a_session_ends_by_the_clock_alone() -> None:
    ruleset = compiled({"it": ENDED})
    came = _settled(Profile(STORE, VISITOR), [happening("e", "page_view", 0)], ruleset, BASE)
    assert (came.wake_at, came.memberships) == (BASE + 30 * MINUTE, {})
    stayed = _settled(came, [happening("f", "page_view", 20)], ruleset, BASE + 20 * MINUTE)
    woken = settle(stayed, [], ruleset, BASE + 30 * MINUTE)
    assert (woken.flips, woken.commit and woken.commit.after.wake_at) == ((), BASE + 50 * MINUTE)
    (flip,) = settle(stayed, [], ruleset, BASE + 55 * MINUTE).flips
    assert (flip.change, flip.at, flip.cause) == ("entered", BASE + 50 * MINUTE, "clock")


def test_a_cart_is_left_behind_by_the_clock_and_a_late_purchase_takes_that_back() -> None:
    ruleset = compiled({"it": {"event": "cart_abandoned"}})
    added = _settled(Profile(STORE, VISITOR), [happening("e", "cart_add", 0, {"product_id": "boot"})], ruleset, BASE)
    left = _settled(added, [], ruleset, BASE + HOUR)
    assert left.memberships == {SegmentId("it"): BASE + 30 * MINUTE}
    late = happening("f", "purchase", 10, {"order_id": "o", "items": [{"product_id": "boot"}]})
    settled = settle(left, [late], ruleset, BASE + HOUR)
    assert [(flip.change, flip.cause) for flip in settled.flips] == [("exited", "event:f")]


@pytest.mark.parametrize(
    ("rule", "states"),
    [
        (ENDED, {"sessions"}),
        ({"event": "cart_abandoned"}, {"sessions", "cart"}),
        ({"affinity": "brand", "value": "Alp"}, {"interactions"}),
    ],
    ids=["session_ended", "cart_abandoned", "affinity"],
)
def test_what_a_rule_needs_is_built_from_the_log_and_goes_with_it(rule: Json, states: set[str]) -> None:
    log = [
        happening("a", "cart_add", 0, {"product_id": "boot"}),
        happening("b", "cart_clear", 5),
        happening("c", "page_view", 120),
    ]
    without = stored({"other": {"event": "page_view"}})
    plain = _settled(Profile(STORE, VISITOR), log, compile_rules(without), BASE + 3 * HOUR)
    assert (plain.sessions, plain.interactions) == (b"", b"")
    live = compile_rules(wanted := stored({"other": {"event": "page_view"}, "it": rule}, without))
    assert needs_log(plain, live)
    built = _settled(plain, log, live, BASE + 3 * HOUR)
    assert {
        name for name in ("cart", "sessions", "interactions") if getattr(built, name) != getattr(plain, name)
    } == (states)
    gone = compile_rules(stored({"other": {"event": "page_view"}}, wanted))
    stripped = _settled(built, [], gone, BASE + 3 * HOUR)
    assert (stripped.cart, stripped.sessions, stripped.interactions) == (plain.cart, b"", b"")


def test_a_wider_window_is_built_from_the_log_and_a_narrower_one_is_not() -> None:
    day = stored({"it": {"event": "session_ended", "window": {"last": "P1D"}}})
    week = stored({"it": {"event": "session_ended", "window": {"last": "P7D"}}}, day, version=2)
    hours = stored({"it": {"event": "session_ended", "window": {"last": "PT5H"}}}, week, version=3)
    assert (compile_rules(day).needs.sessions, compile_rules(week).needs.sessions) == (DAY, 7 * DAY)
    assert week.features_since > day.features_since
    assert hours.features_since == week.features_since


def test_events_that_are_not_of_the_cart_cost_nothing_there() -> None:
    ruleset = compiled({"other": {"event": "page_view"}})
    profile = fold(Profile(STORE, VISITOR), [happening("a", "cart_add", 0, {"product_id": "boot"})], ruleset)
    later = fold(profile, [happening("b", "page_view", 5), happening("c", "wishlist_add", 5)], ruleset)
    assert later.cart is profile.cart


def test_a_shorter_half_life_forgets_the_old_favourite() -> None:
    rules = stored({"it": {"affinity": "category", "value": "Kitchen", "top": 1}})
    bought = happening("a", "purchase", -60 * 24 * 60, {"order_id": "o", "items": [{"product_id": "boot"}]})
    events = [bought, happening("b", "product_view", 0, {"product_id": "pan"})]
    for days, truth in ((90, False), (15, True)):
        ruleset = compile_rules(rules, half_life=days * DAY)
        assert evaluate(fold(Profile(STORE, VISITOR), events, ruleset), ruleset, BASE)[SegmentId("it")][0] is truth
