"""Why somebody is in a segment: the parts named hold, and they alone make the whole rule true."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, parse_instant
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId, VisitorId
from shopbell.domain.profile import Profile, Trait
from shopbell.domain.rules.graph import leaves
from shopbell.domain.rules.nodes import Not, Rule
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.segments.compiled import LiveSegment
from shopbell.domain.segments.definition import LiveRule, StoredRules
from shopbell.domain.segments.features import compile_rules
from shopbell.domain.segments.reasons import ends_at, reasons
from shopbell.domain.subscriptions import SubscriptionFact

STORE, ANN = StoreId("store00001"), VisitorId("ann")
NOW = parse_instant("2026-03-02T12:00:00Z")[0]
NAMES = ("a", "b", "c")
LEAF = st.sampled_from(NAMES).map(lambda name: {"trait": f"custom.{name}", "op": "eq", "value": 1})
RULES: st.SearchStrategy[Any] = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda rows: {"and": rows}),
        st.lists(inner, min_size=1, max_size=3).map(lambda rows: {"or": rows}),
        inner.map(lambda row: {"not": row}),
    ),
    max_leaves=8,
)


def compiled(rule: Json) -> tuple[Rule, LiveSegment]:
    live = LiveRule(SegmentId("s"), 1, rule, 1)
    return parse_rule(rule), compile_rules(StoredRules(STORE, 1, (live,))).order[0]


def person(truths: dict[str, bool]) -> Profile:
    return Profile(
        STORE, ANN, 1, traits={f"custom.{name}": Trait(NOW, "r", int(is_so)) for name, is_so in truths.items()}
    )


def depth(rule: Any) -> int:
    inside = rule.get("and") or rule.get("or") or ([rule["not"]] if "not" in rule else [])
    return 1 + max((depth(each) for each in inside), default=0)


@given(RULES.filter(lambda rule: depth(rule) <= 7), st.fixed_dictionaries(dict.fromkeys(NAMES, st.booleans())))
def test_the_reasons_hold_and_suffice(raw: Any, truths: dict[str, bool]) -> None:
    rule, live = compiled(raw)
    profile = person(truths)
    found = reasons(rule, live, profile, NOW)
    holds = live.test(profile, NOW)[0]
    assert bool(found) is holds
    by_path = {path: test(profile, NOW)[0] for path, test in live.leaves}
    for path, part in found:
        assert by_path[path] is not isinstance(part, Not)
    if holds:
        # whatever the other leaves said, the rule would hold
        named = {path for path, _ in found}
        turned = [by_path[path] if path in named else not by_path[path] for path, _ in leaves(rule)]
        assert live.shape(turned) or any(
            live.shape([by_path[path] if path in named else other for path, _ in leaves(rule)])
            for other in (False, True)
        )


def subscribed(days_ago: int) -> Profile:
    fact = SubscriptionFact(
        id="s" * 22,  # type: ignore[arg-type]
        active=True,
        changed_at=NOW - days_ago * DAY,
        service="fcm",
        vapid_key="k1",  # type: ignore[arg-type]
    )
    return Profile(STORE, ANN, 1, subscriptions={fact.id: fact})


@pytest.mark.parametrize(
    ("days_ago", "days_left"),
    [pytest.param(1, 13, id="a day old"), pytest.param(20, None, id="not in it")],
)
def test_a_membership_ends_when_time_alone_ends_it(days_ago: int, days_left: int | None) -> None:
    _, live = compiled({"subscription": "age", "op": "lte", "value": "P14D"})
    found = ends_at(live, subscribed(days_ago), NOW)
    assert (found is None) is (days_left is None)
    if found is not None and days_left is not None:
        assert not live.test(subscribed(days_ago), found)[0]
        assert live.test(subscribed(days_ago), found - 1)[0]


def test_one_that_only_an_event_can_end_has_no_end() -> None:
    _, live = compiled({"trait": "custom.a", "op": "eq", "value": 1})
    assert ends_at(live, person({"a": True}), NOW) is None
