"""What becomes of the live rules when a segment changes: versions, bits that mean one thing for ever, who is new."""

from collections.abc import Sequence
from typing import Final

import pytest
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.segments.definition import Segment, StoredRules
from shopbell.domain.segments.feature import from_key
from shopbell.domain.segments.features import compile_rules
from shopbell.domain.segments.succession import next_rules

from tests.sim.worlds import STORE, segment

ONCE: Final[Json] = {"event": "search", "window": {"last": "P30D"}}
THRICE: Final[Json] = {"event": "search", "op": "gte", "value": 3, "window": {"last": "P30D"}}

RATED: Final = {"event": "rated"}


def _after(*steps: Sequence[Segment]) -> StoredRules:
    rules = StoredRules(StoreId(STORE))
    for segments in steps:
        rules = next_rules(rules, segments)
    return rules


def _since(rules: StoredRules) -> dict[str, int]:
    return {str(row.segment): row.since for row in rules.rules}


def test_nothing_live_changed_is_the_same_rules() -> None:
    rules = _after([segment("a", ONCE, state="building")])
    assert next_rules(rules, [segment("a", ONCE), segment("b", ONCE, state="draft")]) is rules


def test_equal_leaves_share_a_feature_and_other_windows_need_no_other() -> None:
    rules = _after([segment("a", ONCE), segment("b", {"not": {"event": "search", "window": {"last": "P7D"}}})])
    assert list(rules.bits.values()) == [0]


def test_a_larger_threshold_is_another_feature_built_from_the_log_over_what_is_there() -> None:
    before = _after([segment("a", ONCE)])
    rules = next_rules(before, [segment("a", THRICE, version=2)])
    assert list(rules.bits.values()) == list(before.bits.values()) == [0]
    assert rules.bits.keys().isdisjoint(before.bits)
    assert (rules.version, rules.features_since, _since(rules)) == (2, 2, {"a": 2})


def test_a_smaller_threshold_needs_no_log_and_what_was_kept_stays() -> None:
    rules = _after([segment("a", THRICE)], [segment("a", ONCE, version=2)])
    assert (rules.version, rules.features_since, _since(rules)) == (2, 1, {"a": 2})
    assert [from_key(key).cut.newest for key in rules.bits] == [4]


def test_leaves_that_ask_the_same_share_one_feature_that_serves_them_all() -> None:
    spend: dict[str, Json] = {"event": "purchase", "aggregate": "sum", "of": "total", "value": 5}
    lately: Json = {**spend, "window": {"last": "P365D"}}
    share: Json = {"ratio": {"of": {**RATED, "window": {"last": "P9D"}}, "to": RATED}, "value": 0.5}
    once: Json = {"event": "rated"}
    rules = _after([segment("a", spend), segment("b", lately), segment("c", share), segment("d", once)])
    features = [from_key(key) for key in rules.bits]
    assert sorted((each.event, each.take) for each in features) == [
        ("purchase", "order"),
        ("purchase", "sum"),
        ("rated", "at"),
    ]


def test_a_rule_of_known_features_needs_no_log() -> None:
    rules = _after([segment("a", ONCE)], [segment("a", ONCE), segment("b", {"not": ONCE})])
    assert (rules.version, rules.features_since, _since(rules)) == (2, 1, {"a": 1, "b": 2})


def test_a_bit_is_never_given_out_twice() -> None:
    rules = _after(
        [segment("a", ONCE), segment("b", {"event": "x"})],
        [segment("b", {"event": "x"})],
        [segment("a", ONCE, version=2), segment("b", {"event": "x"})],
    )
    assert sorted(rules.bits.values()) == [1, 2]
    assert rules.next_bit == 3


def test_a_paused_segment_keeps_its_features_and_is_new_when_it_comes_back() -> None:
    rules = _after([segment("a", ONCE)], [segment("a", ONCE, state="paused")])
    assert rules.rules == ()
    assert list(rules.bits.values()) == [0]
    back = next_rules(rules, [segment("a", ONCE, state="building")])
    assert (list(back.bits.values()), back.features_since, _since(back)) == ([0], 1, {"a": 3})


def test_who_names_a_changed_segment_changes_with_it() -> None:
    def rows(version: int, rule: Json) -> list[Segment]:
        parents = [segment("p", {"in_segment": "a"}), segment("g", {"not": {"in_segment": "p"}})]
        return [segment("a", rule, version=version), *parents, segment("z", ONCE)]

    rules = _after(rows(1, ONCE), rows(2, THRICE))
    assert _since(rules) == {"a": 2, "p": 2, "g": 2, "z": 1}
    gone = next_rules(rules, [*rows(2, THRICE)[1:], segment("a", THRICE, version=2, state="archived")])
    assert _since(gone) == {"p": 3, "g": 3, "z": 1}


def test_a_scenario_moves_without_a_new_definition() -> None:
    rules = _after([segment("a", ONCE)], [segment("a", ONCE, scenario="churn")])
    assert (_since(rules), rules.rules[0].scenario) == ({"a": 1}, "churn")


def test_segments_in_a_circle_are_refused() -> None:
    with pytest.raises(Rejected, match=r"a \(a\) → b \(b\) → a \(a\)"):
        _after([segment("a", {"in_segment": "b"}), segment("b", {"in_segment": "a"})])


def test_orders_are_remembered_even_where_no_condition_holds() -> None:
    total: Json = {"event": "purchase", "where": [{"field": "total", "op": "gte", "value": 1}]}
    rules = _after([segment("a", total)])
    assert len(rules.bits) == 2
    assert {from_key(key).where == () for key in rules.bits} == {True, False}


def test_a_key_reads_back_as_the_feature_it_was_made_from() -> None:
    rules = _after(
        [
            segment("a", {"event": "x", "window": {"from": "P9D", "to": "P1D"}}),
            segment("b", {"first": "x", "ago": {"op": "gte", "value": "P1D"}}),
            segment("c", {"event": "x", "window": {"between": ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"]}}),
            segment("d", {"event": "x", "where": [{"field": "f", "op": "in", "value": ["b", "a"]}]}),
            segment("e", {"event": "x", "aggregate": "max", "of": "f", "value": 5}),
            segment("f", {"event": "x", "aggregate": "distinct", "of": "f", "value": 5}),
        ]
    )
    assert [from_key(key).key for key in rules.bits] == list(rules.bits)
    assert compile_rules(rules).keep == 0b111111
