"""Folding is commutative and idempotent byte for byte, and what it keeps answers as if everything had been kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId
from shopbell.domain.ledger import MAX_BYTES
from shopbell.domain.profile import Profile
from shopbell.domain.segments.codec import StoredProfile, dump, load
from shopbell.domain.segments.evaluate import evaluate
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.fold import fold
from shopbell.domain.segments.truth import FOREVER

from tests.sim.oracle import Oracle
from tests.sim.worlds import STORE, VISITOR, compiled, event

BASE: Final[Instant] = 1_790_000_000_000


def _event(kind: str, **more: Json) -> dict[str, Json]:
    return {"event": kind, **more}


RULES: Final[Mapping[str, Json]] = {
    "ever": _event("product_view"),
    "twice_in_2_days": _event("product_view", op="gte", value=2, window={"last": "P2D"}),
    "four_in_5_days": _event("product_view", op="eq", value=4, window={"last": "P5D"}),
    "boots": _event("product_view", where=[{"field": "product_id", "op": "eq", "value": "boot"}], op="lt", value=2),
    "ago": _event("product_view", op="gte", value=2, window={"from": "P9D", "to": "P4D"}),
    "fixed": _event(
        "product_view", op="eq", value=1, window={"between": ["2026-09-20T00:00:00Z", "2026-09-23T00:00:00Z"]}
    ),
    "since": _event("product_view", op="gt", value=2, window={"since": "2026-09-19T00:00:00Z"}),
    "last": {"last": "product_view", "ago": {"op": "gte", "value": "P3D"}},
    "first": {"first": "product_view", "ago": {"op": "gt", "value": "P3D"}},
    "orders": _event("purchase", op="eq", value=2, window={"last": "P4D"}),
    "big": _event("purchase", where=[{"field": "total", "op": "gte", "value": 500}]),
    "server": _event("purchase", where=[{"field": "trusted", "op": "eq", "value": True}], op="ne", value=1),
    "searched": _event("search", op="between", value=[1, 2], window={"last": "P1D"}),
    "country": {"trait": "country", "op": "eq", "value": "DE"},
    "reach": {"subscription": "active"},
    "parent": {"and": [{"in_segment": "ever"}, {"not": {"in_segment": "orders"}}]},
}
RULESET: Final[Ruleset] = compiled(RULES)

INSTANTS = st.builds(
    lambda hours, minutes: BASE + hours * 6 * HOUR + minutes * MINUTE, st.integers(-40, 0), st.integers(0, 7)
)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Ids come from a small pool, so that some events come twice, orders at the same instant or at another."""
    made: list[Event] = []
    for number in range(draw(st.integers(1, 25))):
        kind = draw(st.sampled_from(("product_view", "product_view", "purchase", "search")))
        at = draw(INSTANTS)
        name = f"{kind}-{draw(st.integers(0, 12))}" + ("" if kind == "purchase" else f"-{at}")
        properties: Mapping[str, Json] = {
            "product_id": draw(st.sampled_from(("boot", "pan"))),
            "order_id": f"o{draw(st.integers(0, 4))}",
            "total": draw(st.sampled_from((100, 900))),
        }
        one = event(name, kind, at, properties)
        made.append(replace(one, trusted=draw(st.booleans())))
        if draw(st.integers(0, 4)) == 0:
            made.append(event(f"trait-{number}", "traits_changed", draw(INSTANTS), {"country": draw(COUNTRIES)}))
            kind = draw(st.sampled_from(("subscribed", "unsubscribed")))
            made.append(event(f"sub-{number}", kind, draw(INSTANTS), {"subscription_id": draw(SUBSCRIPTIONS)}))
    return made


COUNTRIES = st.sampled_from(("DE", "TR", None))
SUBSCRIPTIONS = st.sampled_from(("s1", "s2"))


def _again(stored: StoredProfile) -> Profile:
    return load(STORE, VISITOR, stored, 1, RULESET.version, None)


def _in_batches(events: Sequence[Event], sizes: Sequence[int]) -> StoredProfile:
    """Through bytes between batches, as the adapter does it."""
    stored, rest = dump(Profile(STORE, VISITOR)), list(events)
    for size in [*sizes, len(rest)]:
        stored = dump(fold(_again(stored), rest[:size], RULESET))
        rest = rest[size:]
    return stored


@given(data=st.data(), events=histories())
@settings(max_examples=250, deadline=None)
def test_any_order_repetition_and_batching_gives_the_same_bytes(data: st.DataObject, events: list[Event]) -> None:
    repeated = events + data.draw(st.lists(st.sampled_from(events), max_size=8))
    shuffled = data.draw(st.permutations(repeated))
    sizes = data.draw(st.lists(st.integers(1, 6), max_size=8))
    assert _in_batches(shuffled, sizes) == _in_batches(events, ())


@given(events=histories(), later=st.integers(-5, 60 * 24 * 15))
@settings(max_examples=100, deadline=None)
def test_what_is_kept_answers_like_everything(events: list[Event], later: int) -> None:
    """At any instant from 5 minutes before the newest event on."""
    now = max(each.at for each in events) + later * MINUTE
    profile = _again(_in_batches(events, (3, 3)))
    oracle = Oracle(events, {name: rule for name, rule in RULES.items() if isinstance(rule, dict)}, VISITOR)
    for name, (truth, until) in evaluate(profile, RULESET, now).items():
        rule = oracle.segments[name]
        assert truth is oracle.truth(rule, now), name
        assert until > now
        flips_at = oracle.flips_at(rule, now)
        assert until <= (FOREVER if flips_at is None else flips_at), name


def test_names_that_no_rule_refers_to_leave_no_trace() -> None:
    known = fold(Profile(STORE, VISITOR), [event("a", "search", BASE)], RULESET)
    hostile = [event(f"x{n}", f"made_up_{n}", BASE, {f"key{n}": "v" * 1_000}) for n in range(500)]
    assert dump(fold(known, hostile, RULESET)) == dump(known)


@pytest.mark.slow
def test_ten_thousand_hostile_events_stay_within_the_limit() -> None:
    reach = {f"reach{n}": _event(f"type_{n}", window={"from": f"P{400 + n}D", "to": "P1D"}) for n in range(20)}
    ruleset = compiled(reach)
    profile = Profile(STORE, VISITOR)
    for start in range(0, 20_000, 500):
        batch = [event(f"e{n}", f"type_{n % 20}", BASE + n * 1_000) for n in range(start, start + 500)]
        profile = fold(profile, batch, ruleset)
    stored = dump(profile)
    assert len(stored.p) + len(stored.l) + len(stored.v) <= 256 * 1_024
    assert profile.ledger.size <= MAX_BYTES
    assert profile.ledger.trimmed


def test_a_feature_keeps_at_most_a_thousand_elements_the_newest() -> None:
    ruleset = compiled({"many": _event("search", op="gte", value=1_000, window={"last": "P400D"})})
    events = [event(f"e{n}", "search", BASE + n * HOUR) for n in range(1_200)]
    profile = fold(Profile(STORE, VISITOR), events, ruleset)
    instants = profile.ledger.p.instants(0)
    assert len(instants) == 1_000
    assert instants[-1] == events[-1].at
    truth, until = evaluate(profile, ruleset, events[-1].at)[next(iter(ruleset.order)).id]
    assert (truth, until) == (True, events[200].at + 400 * DAY)


def test_an_order_moved_into_the_past_by_a_better_report_uncovers_nothing_wrong() -> None:
    """The reason why orders are not cut by rank: here the older order must count again."""
    browser = event("b", "purchase", BASE, {"order_id": "x"})
    server = replace(event("s", "purchase", BASE - 90 * DAY, {"order_id": "x"}), trusted=True)
    others = [event(f"o{n}", "purchase", BASE - n * DAY, {"order_id": f"o{n}"}) for n in range(1, 4)]
    ruleset = compiled({"buyers": _event("purchase", op="gte", value=3, window={"last": "P30D"})})
    one_by_one = Profile(STORE, VISITOR)
    for each in (browser, *others, server):
        one_by_one = fold(one_by_one, [each], ruleset)
    assert dump(one_by_one) == dump(fold(Profile(STORE, VISITOR), [server, *others, browser], ruleset))
    assert evaluate(one_by_one, ruleset, BASE)[ruleset.order[0].id][0]


def test_an_equal_profile_is_the_same_object_after_a_replay() -> None:
    events = [event("a", "product_view", BASE), event("b", "purchase", BASE, {"order_id": "o"})]
    profile = fold(Profile(STORE, VISITOR), events, RULESET)
    assert fold(profile, events, RULESET) is profile


def test_the_event_id_alone_decides_what_is_a_repeat() -> None:
    first, again = event("a", "search", BASE), event("a", "search", BASE + HOUR)
    profile = fold(Profile(STORE, VISITOR), [again, first], RULESET)
    assert profile.ledger.p.largest == 1
    assert first.element_id == EventId("a")
