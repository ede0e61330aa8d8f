"""What one settling decides and writes: causes, instants, parts, candidates, upgrades."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Event, Json
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Candidate, Commit, Profile
from shopbell.domain.segments.definition import StoredRules
from shopbell.domain.segments.features import compile_rules
from shopbell.domain.segments.parts import MAX_WRITES
from shopbell.domain.segments.settle import Settled, needs_log, settle
from shopbell.domain.segments.succession import next_rules

from tests.sim.worlds import STORE, VISITOR, compiled, event, segment, stored
from tests.unit.segments.settling import Visitor

NOW: Final[Instant] = 1_790_000_000_000
VIEWED: Final[Json] = {"event": "product_view", "window": {"last": "P30D"}}
ASLEEP: Final[Json] = {"last": "page_view", "ago": {"op": "gte", "value": "P30D"}}


def _view(name: str, at: Instant) -> Event:
    return event(name, "product_view", at)


def _said(flips: Sequence[Flip]) -> list[tuple[str, str, int, str]]:
    return [(flip.segment, flip.change, flip.at, flip.cause) for flip in flips]


def _commit(settled: Settled) -> Commit:
    assert settled.commit is not None
    return settled.commit


def test_an_entry_names_its_event_its_instant_and_its_leaf() -> None:
    visitor = Visitor(compiled({"viewed": VIEWED}))
    settled = visitor.settle(NOW, _view("e1", NOW - DAY))
    flip = Flip(visitor.ruleset.order[0].id, 1, "entered", NOW - DAY, "event:e1", "rule")
    assert _commit(settled).flips == (flip,)
    assert visitor.profile.wake_at == NOW + 29 * DAY


def test_a_repeat_writes_nothing() -> None:
    visitor = Visitor(compiled({"viewed": VIEWED}))
    visitor.settle(NOW, _view("e1", NOW))
    assert visitor.settle(NOW + HOUR, _view("e1", NOW)).commit is None


def test_a_visitor_never_stored_without_events_is_not_made() -> None:
    assert settle(Profile(STORE, VISITOR), (), compiled({"viewed": VIEWED}), NOW).commit is None


def test_a_visitor_of_a_store_without_rules_is_kept() -> None:
    visitor = Visitor(compile_rules(StoredRules(STORE)))
    visitor.settle(NOW, _view("e1", NOW))
    assert visitor.profile.last_seen == NOW
    assert visitor.profile.memberships == {}


def test_the_clock_flips_at_the_very_instant_however_late_it_is_looked_at() -> None:
    visitor = Visitor(compiled({"viewed": VIEWED, "asleep": ASLEEP}))
    visitor.settle(NOW, _view("e1", NOW), event("e2", "page_view", NOW))
    settled = visitor.settle(NOW + 365 * DAY)
    assert _said(settled.flips) == [
        ("asleep", "entered", NOW + 30 * DAY, "clock"),
        ("viewed", "exited", NOW + 30 * DAY, "clock"),
    ]
    assert visitor.profile.wake_at is None


def test_every_turn_of_a_long_sleep_is_told() -> None:
    twice: Json = {
        "or": [
            {"event": "product_view", "window": {"last": "P2D"}},
            {"event": "product_view", "window": {"from": "P9D", "to": "P5D"}},
        ]
    }
    visitor = Visitor(compiled({"it": twice}))
    visitor.settle(NOW, _view("e1", NOW))
    assert [(flip.change, flip.at - NOW) for flip in visitor.settle(NOW + 90 * DAY).flips] == [
        ("exited", 2 * DAY),
        ("entered", 5 * DAY),
        ("exited", 9 * DAY),
    ]


def test_after_sixty_four_breakpoints_it_jumps_to_now_and_is_right() -> None:
    visitor = Visitor(compiled({"odd": {"event": "search", "op": "eq", "value": 99, "window": {"last": "P900D"}}}))
    visitor.settle(NOW, *(event(f"e{n}", "search", NOW - n * DAY) for n in range(150)))
    flickering: Mapping[str, Json] = {
        f"s{n}": {"event": "search", "op": "eq", "value": n, "window": {"last": "P900D"}} for n in range(1, 120)
    }
    many = Visitor(compiled(flickering))
    many.settle(NOW, *(event(f"e{n}", "search", NOW - n * DAY) for n in range(110)))
    far = many.settle(NOW + 5_000 * DAY)
    while far.more:
        far = many.settle(NOW + 5_000 * DAY)
    assert many.profile.memberships == {}
    assert many.profile.wake_at is None


def test_an_event_moves_the_wake_up_only_earlier_and_waking_sets_it_exactly() -> None:
    visitor = Visitor(compiled({"viewed": VIEWED, "searched": {"event": "search", "window": {"last": "P1D"}}}))
    visitor.settle(NOW, _view("e1", NOW))
    visitor.settle(NOW + HOUR, event("s1", "search", NOW + HOUR))
    assert visitor.profile.wake_at == NOW + HOUR + DAY
    visitor.settle(NOW + 2 * HOUR, event("s2", "search", NOW + 2 * HOUR))
    assert visitor.profile.wake_at == NOW + HOUR + DAY
    settled = visitor.settle(NOW + HOUR + DAY)
    assert settled.flips == ()
    assert visitor.profile.wake_at == NOW + 2 * HOUR + DAY


def test_an_event_evaluates_only_segments_that_own_a_touched_leaf() -> None:
    others: Mapping[str, Json] = {
        f"category{n}": {
            "event": "product_view",
            "where": [{"field": "category", "op": "eq", "value": f"c{n}"}],
        }
        for n in range(500)
    }
    visitor = Visitor(compiled({**others, "bought": {"event": "purchase"}, "de": {"in_segment": "category7"}}))
    visitor.settle(NOW, event("e0", "page_view", NOW))
    assert visitor.settle(NOW, event("e1", "product_view", NOW, {"category": "c7"})).evaluated == 2
    assert visitor.settle(NOW, event("e2", "page_view", NOW + 1)).evaluated == 0
    assert visitor.settle(NOW, event("e3", "purchase", NOW, {"order_id": "o"})).evaluated == 1


def test_an_event_that_is_ahead_counts_from_its_instant_on() -> None:
    visitor = Visitor(compiled({"viewed": VIEWED}))
    assert visitor.settle(NOW, _view("e1", NOW + 3 * MINUTE)).flips == ()
    assert visitor.profile.wake_at == NOW + 3 * MINUTE
    flips = visitor.settle(NOW + 4 * MINUTE).flips
    assert [(flip.change, flip.at) for flip in flips] == [("entered", NOW + 3 * MINUTE)]


def test_an_event_that_is_behind_one_ahead_turns_what_that_one_has_yet_to_turn() -> None:
    visitor = Visitor(compiled({"viewed": VIEWED}))
    visitor.settle(NOW, _view("ahead", NOW + 3 * MINUTE))
    flips = visitor.settle(NOW, _view("now", NOW)).flips
    assert [(flip.change, flip.at, flip.cause) for flip in flips] == [("entered", NOW, "event:now")]


def test_of_several_events_the_one_that_turned_it_is_the_cause() -> None:
    visitor = Visitor(compiled({"thrice": {"event": "product_view", "op": "gte", "value": 3}}))
    visitor.settle(NOW, _view("e0", NOW))
    views = [_view(f"e{n}", NOW + n) for n in (3, 1, 2)]
    flip = visitor.settle(NOW + 10, *views, event("p", "page_view", NOW)).flips[0]
    assert (flip.cause, flip.at) == ("event:e2", NOW + 2)


def test_a_late_event_never_enters_before_the_last_exit() -> None:
    visitor = Visitor(compiled({"viewed": {"event": "product_view", "window": {"last": "P1D"}}}))
    visitor.settle(NOW, _view("e1", NOW))
    visitor.settle(NOW + DAY)
    flip = visitor.settle(NOW + DAY + HOUR, _view("e2", NOW + 2 * HOUR)).flips[0]
    assert (flip.change, flip.at) == ("entered", NOW + DAY)


def test_an_event_in_flight_when_the_wake_up_fell_due_counts_first() -> None:
    """Else who came back in time would be missed all the same."""
    visitor = Visitor(compiled({"asleep": ASLEEP}))
    visitor.settle(NOW, event("e1", "page_view", NOW))
    settled = visitor.settle(NOW + 30 * DAY + MINUTE, event("e2", "page_view", NOW + 30 * DAY - MINUTE))
    assert settled.flips == ()
    assert visitor.profile.wake_at == NOW + 60 * DAY - MINUTE


def test_children_flip_before_their_parents() -> None:
    rules: Mapping[str, Json] = {
        "a": {"in_segment": "b"},
        "b": {"in_segment": "c"},
        "c": VIEWED,
    }
    visitor = Visitor(compiled(rules))
    settled = visitor.settle(NOW, _view("e1", NOW))
    assert [flip.segment for flip in settled.flips] == ["c", "b", "a"]
    assert settled.flips[2].leaf == "rule"


def test_who_enters_because_of_another_segment_enters_by_the_event_that_turned_that_one() -> None:
    rules: Mapping[str, Json] = {
        "full": {"cart": "count", "op": "gte", "value": 2},
        "just_full": {"in_segment": "full", "entered_within": "PT1M"},
        "of_both": {"and": [{"in_segment": "just_full", "entered_within": "PT1H"}, {"event": "login"}]},
    }
    adds = [event(f"add{n}", "cart_add", NOW - 2_000 + n, {"product_id": f"p{n}"}) for n in range(3)]
    flips = Visitor(compiled(rules)).settle(NOW, event("login", "login", NOW - 2 * HOUR), *adds).flips
    assert _said(flips) == [(name, "entered", NOW - 1_999, "event:add1") for name in rules]


def test_a_late_event_enters_no_parent_before_its_child() -> None:
    day: Json = {"event": "product_view", "window": {"last": "P1D"}}
    visitor = Visitor(compiled({"a": day, "b": {"in_segment": "a", "entered_within": "PT1M"}}))
    visitor.settle(NOW, _view("e1", NOW))
    visitor.settle(NOW + DAY)
    flips = visitor.settle(NOW + DAY + 1_000, _view("e2", NOW + 2 * HOUR)).flips
    assert _said(flips) == [(name, "entered", NOW + DAY, "event:e2") for name in ("a", "b")]


CROWD: Final[Mapping[str, Json]] = {f"s{n:03}": VIEWED for n in range(100)}


def test_at_most_forty_five_flips_a_transaction_and_the_rest_waits_in_the_profile() -> None:
    visitor = Visitor(compiled(CROWD))
    first = visitor.settle(NOW, _view("e1", NOW))
    assert (len(_commit(first).flips), len(visitor.profile.unsettled), first.more) == (45, 55, True)
    assert visitor.profile.wake_at == NOW
    second, third = visitor.settle(NOW + 1), visitor.settle(NOW + 2)
    assert (len(_commit(second).flips), len(_commit(third).flips), third.more) == (45, 10, False)
    assert visitor.profile.unsettled == ()
    assert visitor.profile.wake_at == NOW + 30 * DAY
    written = [flip for part in (first, second, third) for flip in _commit(part).flips]
    assert [flip.segment for flip in written] == sorted(CROWD)


def test_member_rows_follow_when_reachable_turns_in_parts_too() -> None:
    visitor = Visitor(compiled({**CROWD, "reach": {"subscription": "active"}}))
    settled = visitor.settle(NOW, _view("e1", NOW))
    while settled.more:
        settled = visitor.settle(NOW)
    subscribed = event("s", "subscribed", NOW, {"subscription_id": "x", "service": "mozilla"})
    first = visitor.settle(NOW, subscribed)
    assert [flip.segment for flip in _commit(first).flips] == ["reach"]
    assert (len(_commit(first).refreshed), first.more) == (MAX_WRITES - 2, True)
    second = visitor.settle(NOW)
    assert {*_commit(first).refreshed, *_commit(second).refreshed} == set(CROWD)
    assert not second.more
    assert visitor.profile.reachable


def _winback() -> StoredRules:
    return next_rules(StoredRules(STORE), [segment("asleep", ASLEEP, scenario="we_missed_you")])


def test_who_enters_as_time_goes_by_is_a_candidate_of_the_scenario() -> None:
    visitor = Visitor(compile_rules(_winback()))
    visitor.settle(NOW, event("e1", "page_view", NOW))
    due = NOW + 30 * DAY
    assert _commit(visitor.settle(due + 7)).candidates == (Candidate("we_missed_you", due, due),)


@pytest.mark.parametrize(
    ("at", "why"),
    [(NOW - 40 * DAY, "an old event is no time going by"), (NOW - 10 * DAY, "nobody entered")],
    ids=["entered by an event", "not entered"],
)
def test_who_enters_otherwise_is_no_candidate(at: Instant, why: str) -> None:
    visitor = Visitor(compile_rules(_winback()))
    assert _commit(visitor.settle(NOW, event("e1", "page_view", at))).candidates == (), why


def test_a_definition_enters_without_firing_and_leaves_its_name_as_the_cause() -> None:
    visitor = Visitor(compiled({"other": {"event": "search"}}))
    past = event("e1", "page_view", NOW - 40 * DAY)
    visitor.settle(NOW - 40 * DAY, past)
    old = visitor.ruleset
    rules = next_rules(stored({"other": {"event": "search"}}), [
        segment("other", {"event": "search"}),
        segment("asleep", ASLEEP, scenario="we_missed_you"),
    ])  # fmt: skip
    visitor.ruleset = compile_rules(rules)
    assert needs_log(visitor.profile, visitor.ruleset)
    settled = visitor.settle(NOW, past)
    assert _said(settled.flips) == [("asleep", "entered", NOW, "definition")]
    assert _commit(settled).candidates == ()
    assert visitor.profile.rules_version == rules.version
    with pytest.raises(Unavailable):
        settle(visitor.profile, (), old, NOW)


def test_an_upgrade_that_changes_nothing_still_stamps() -> None:
    visitor = Visitor(compiled({"viewed": VIEWED}))
    visitor.settle(NOW, _view("e1", NOW))
    rules = next_rules(stored({"viewed": VIEWED}), [segment("viewed", VIEWED), segment("x", {"event": "x"})])
    visitor.ruleset = compile_rules(rules)
    settled = visitor.settle(NOW + 1, _view("e1", NOW))
    assert settled.flips == ()
    assert visitor.profile.rules_version == rules.version


def test_elements_of_features_that_are_gone_go_with_the_upgrade() -> None:
    rules = stored({"viewed": VIEWED, "searched": {"event": "search"}})
    visitor = Visitor(compile_rules(rules))
    visitor.settle(NOW, _view("e1", NOW), event("s", "search", NOW))
    left = next_rules(rules, [segment("viewed", VIEWED), segment("searched", {"event": "search"}, state="archived")])
    visitor.ruleset = compile_rules(left)
    visitor.settle(NOW + 1)
    assert visitor.profile.ledger.p.packed == b""
    assert visitor.profile.ledger.v.packed != b""
