"""Every fault of a rule is named by the path of its node, and nothing that is wrong gets through."""

from collections.abc import Mapping
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Json
from shopbell.domain.rules.graph import leaves, references
from shopbell.domain.rules.nodes import NODE_KEYS, And, Or
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.rules.sentence import sentence


def _where(**row: Json) -> dict[str, Json]:
    return {"event": "x", "where": [{"field": "f", **row}]}


def _nested(depth: int) -> Json:
    rule: Json = {"event": "x"}
    for _ in range(depth - 1):
        rule = {"not": rule}
    return rule


MINOR: Final = "integer minor units"
BAD: Final[tuple[tuple[str, Json, str, str], ...]] = (
    ("null", None, "rule", "object"),
    ("a list", [{"event": "x"}], "rule", "object"),
    ("empty", {}, "rule", "key must be one of"),
    ("two kinds", {"event": "a", "last": "b"}, "rule", "mixes event and last"),
    ("two groups", {"and": [{"event": "a"}], "or": [{"event": "a"}]}, "rule", "mixes and and or"),
    ("deep type", {"and": [{"event": 5}]}, "and.0.event", "string"),
    ("empty and", {"and": []}, "and", "one at least"),
    ("and of a mapping", {"and": {"event": "x"}}, "and", "list"),
    ("not of a list", {"not": [{"event": "x"}]}, "not", "object"),
    ("nested fault", {"or": [{"event": "x"}, {"not": {"and": [{"what": 1}]}}]}, "or.1.not.and.0", "key must be"),
    ("unknown key", {"event": "a", "foo": 1}, "foo", "not a known field"),
    ("unknown key beside and", {"and": [{"event": "a"}], "foo": 1}, "foo", "not a known field"),
    ("event name", {"event": "Product View"}, "event", "name of an event"),
    ("months", {"event": "a", "window": {"last": "P1M"}}, "window.last", "ISO 8601"),
    ("no length", {"event": "a", "window": {"last": "PT0S"}}, "window.last", "longer than nothing"),
    ("half a window", {"event": "a", "window": {"from": "P1D"}}, "window.to", "required"),
    ("turned window", {"event": "a", "window": {"from": "P1D", "to": "P2D"}}, "window", "further back"),
    ("two windows", {"event": "a", "window": {"last": "P1D", "to": "P1D"}}, "window.to", "not a known field"),
    ("no window", {"event": "a", "window": {"x": 1}}, "window", "must be last"),
    ("window as text", {"event": "a", "window": "P30D"}, "window", "must be last"),
    ("since no instant", {"event": "a", "window": {"since": "yesterday"}}, "window.since", "RFC 3339"),
    ("between turned", {"event": "a", "window": {"between": ["2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z"]}},
     "window", "begin before"),
    ("count as text", {"event": "a", "value": "1"}, "value", "integer"),
    ("count as bool", {"event": "a", "value": True}, "value", "integer"),
    ("count as float", {"event": "a", "value": 1.5}, "value", "integer"),
    ("negative count", {"event": "a", "value": -1}, "value", "integer from 0 to 1000"),
    ("count too large", {"event": "a", "value": 1_001}, "value", "1000"),
    ("exact count too large", {"event": "a", "op": "eq", "value": 1_000}, "rule", "999"),
    ("one count between", {"event": "a", "op": "between", "value": 1}, "rule", "two counts"),
    ("counts turned", {"event": "a", "op": "between", "value": [3, 1]}, "rule", "begin before"),
    ("count op", {"event": "a", "op": "in", "value": 1}, "op", "'gte'"),
    ("eq without value", _where(op="eq"), "where.0", "one value"),
    ("eq with a list", _where(op="eq", value=[1]), "where.0", "one value"),
    ("in without list", _where(op="in", value="a"), "where.0", "list"),
    ("in with nothing", _where(op="in", value=[]), "where.0", "list"),
    ("gt with bool", _where(op="gt", value=True), "where.0", "number or a string"),
    ("between mixed", _where(op="between", value=[1, "a"]), "where.0", "two numbers"),
    ("between turned", _where(op="between", value=[2, 1]), "where.0", "two numbers"),
    ("exists with value", _where(op="exists", value=1), "where.0", "no value"),
    ("under with number", _where(op="under", value=1), "where.0", "a string"),
    ("contains nothing", _where(op="contains", value=""), "where.0", "a string"),
    ("object as value", _where(op="eq", value={"a": 1}), "where.0.value", "string"),
    ("unknown op", _where(op="like", value="a"), "where.0.op", "'eq'"),
    ("field", {"event": "x", "where": [{"field": "a..b", "op": "exists"}]}, "where.0.field", "joined by dots"),
    ("no ago", {"last": "a"}, "ago", "required"),
    ("ago op", {"last": "a", "ago": {"op": "eq", "value": "P1D"}}, "ago.op", "'gte'"),
    ("ago turned", {"first": "a", "ago": {"op": "between", "value": ["P2D", "P1D"]}}, "ago", "begin before"),
    ("unknown trait", {"trait": "shoe", "op": "eq", "value": 1}, "trait", "signed_up_at, or custom."),
    ("trait without op", {"trait": "city"}, "op", "required"),
    ("active is no number", {"subscription": "active", "value": 3}, "rule", "true or false"),
    ("subscription field", {"subscription": "endpoint", "op": "exists"}, "subscription", "must be active"),
    ("bucket beyond", {"bucket": "a", "from": 0, "to": 101}, "to", "100"),
    ("too deep", _nested(9), "not.not.not.not.not.not.not.not", "deeper than 8"),
    ("too many", {"and": [{"event": "x"}] * 101}, "and.100", "100 are the most"),
    ("trigger", {"event": "segment_entered"}, "event", "trigger only"),
    ("pattern that is none", _where(op="matches", value="a("), "where.0", "no regular expression"),
    ("pattern that looks around", _where(op="matches", value="(?=a)"), "where.0", "no regular expression"),
    ("pattern too long", _where(op="matches", value="a" * 201), "where.0", "at most 200 characters"),
    ("trait pattern", {"trait": "city", "op": "matches", "value": "*"}, "rule", "no regular expression"),
    ("sum of nothing", {"event": "a", "aggregate": "sum"}, "of", "required"),
    ("count of a field", {"event": "a", "of": "total"}, "aggregate", "required"),
    ("unknown aggregate", {"event": "a", "aggregate": "median", "of": "b"}, "aggregate", "sum, avg"),
    ("distinct half", {"event": "a", "aggregate": "distinct", "of": "b", "value": 1.5}, "rule", "whole numbers"),
    ("unknown statistic", {"event": "a", "aggregate": "sum", "of": "b", "value": {"stat": "mean"}},
     "value.stat", "aov"),
    ("statistic as a count", {"event": "a", "value": {"stat": "aov"}}, "value", "integer"),
    ("money as an age", {"last": "a", "ago": {"op": "gt", "value": {"stat": "aov"}}}, "ago.value", "duration"),
    ("window since a trigger", {"event": "a", "window": {"since_event": {"last": "product_created"}}},
     "window.since_event.last", "trigger only"),
    ("half a ratio", {"ratio": {"of": {"event": "a"}}, "value": 1}, "ratio.to", "required"),
    ("ratio with a threshold inside", {"ratio": {"of": {"event": "a", "op": "gte"}, "to": {"event": "b"}},
     "value": 1}, "ratio.of.op", "not a known field"),
    ("sequence of one", {"sequence": {"steps": [{"event": "a"}], "within": "P1D"}}, "sequence.steps", "at least 2"),
    ("sequence without end", {"sequence": {"steps": [{"event": "a"}, {"event": "b"}]}},
     "sequence.within", "required"),
    ("sequence that begins with nothing", {"and": [{"sequence": {"steps": [{"event": "a", "negate": True},
     {"event": "b"}], "within": "P1D"}}]}, "and.0.sequence", "first step"),
    ("trigger as a step", {"sequence": {"steps": [{"event": "a"}, {"event": "segment_exited"}], "within": "P1D"}},
     "sequence.steps.1.event", "trigger only"),
    ("same of what", {"sequence": {"steps": [{"event": "a"}, {"event": "b"}], "within": "P1D", "same": "brand"}},
     "sequence.same", "product_id"),
    ("cart of what", {"cart": "weight"}, "cart", "must be value"),
    ("cart without an age", {"cart": "age", "op": "gte"}, "value", "required"),
    ("cart contains nothing", {"cart": "contains"}, "rule", "one value"),
    ("message state", {"message": "opened"}, "message", "'accepted'"),
    ("affinity beyond", {"affinity": "brand", "value": "a", "top": 21}, "top", "at most 20"),
    ("cart of what else", {"cart": "x"}, "cart", "value, count, age or contains"),
    ("subscription of what", {"subscription": "x"}, "subscription", "prompt, topic or age"),
    ("no group at all", {"rfm": None}, "rfm", "champions"),
    ("unknown group", {"rfm": "heroes"}, "rfm", "champions"),
    ("no score", {"rfm": {}}, "rfm", "needs r, f or m"),
    ("score beyond", {"rfm": {"r": 6}}, "rfm.r", "at most 5"),
    ("unknown score", {"score": "luck", "value": 1}, "score", "churn_90d"),
    ("age as text", {"trait": "age", "op": "gte", "value": "18"}, "rule", "numbers"),
    ("age as a date", {"trait": "age", "op": "within_next", "value": "P1D"}, "trait", "no date"),
    ("country as a date", {"trait": "country", "op": "anniversary_within", "value": "P1D"}, "trait", "signed_up_at"),
    ("language as a date", {"trait": "language", "op": "anniversary_ago", "value": "P1D"}, "trait", "no date"),
    ("sum of money as a gap", {"event": "a", "aggregate": "sum", "of": "total",
     "value": {"stat": "repeat_gap_median"}}, "value", "length of time"),
    ("prices up to a gap", {"and": [{"event": "a", "aggregate": "avg", "of": "items.price", "op": "between",
     "value": [1, {"stat": "repeat_gap_median"}]}]}, "and.0.value", "length of time"),
    ("cart worth a gap", {"cart": "value", "value": {"stat": "repeat_gap_median"}}, "value", "aov and spend_p90"),
    ("date within nothing", {"trait": "birthday", "op": "within_last", "value": "P0D"}, "rule",
     "longer than nothing"),
    ("date by a number", {"trait": "birthday", "op": "within_next", "value": 7}, "value", "ISO 8601"),
    ("member for nothing", {"in_segment": "a", "for_at_least": "PT0S"}, "for_at_least", "longer than nothing"),
    ("list without a name", {"list": ""}, "list", "at least 1"),
    ("unknown score of two", {"score": "ltv", "value": 1}, "score", "churn_90d or next_order_at"),
    ("float sum of money", {"event": "a", "aggregate": "sum", "of": "total", "value": 49.99}, "value", MINOR),
    ("float average of money", {"event": "a", "aggregate": "avg", "of": "items.price", "op": "between",
     "value": [1, 49.5]}, "value", MINOR),
    ("float worth of the cart", {"and": [{"cart": "value", "value": 49.99}]}, "and.0.value", MINOR),
    ("float total", {"event": "a", "where": [{"field": "total", "op": "gt", "value": 9.5}]}, "where.0.value", MINOR),
    ("float price", {"last": "a", "where": [{"field": "product.price", "op": "in", "value": [1, 2.0]}],
     "ago": {"op": "gt", "value": "P1D"}}, "where.0.value", MINOR),
    ("float amount", {"event": "a", "where": [{"field": "amount", "op": "between", "value": [1, 2.5]}]},
     "where.0.value", MINOR),
    ("minute", {"event": "a", "where": [{"field": "at.minute", "op": "eq", "value": 3}]}, "where.0.field", "at.hour"),
    ("no hour", {"event": "a", "where": [{"field": "at.hour", "op": "eq", "value": 30}]}, "where.0.value", "0 to 23"),
    ("no weekday", {"event": "a", "where": [{"field": "at.weekday", "op": "in", "value": [0]}]}, "where.0.value",
     "1 to 7"),
    ("no month", {"event": "a", "where": [{"field": "at.month", "op": "eq", "value": "May"}]}, "where.0.value",
     "1 to 12"),
    ("no fact", {"event": "a", "where": [{"field": "product.colour", "op": "eq", "value": "red"}]}, "where.0.field",
     "category, brand, price, in_stock"),
    ("favourite number", {"affinity": "brand", "value": 3}, "value", "must be a string"),
    ("impossible risk", {"score": "churn_90d", "value": 66}, "value", "from 0 to 1"),
    ("bucket turned", {"bucket": "a", "from": 80, "to": 20}, "rule", "more than `to`"),
    ("too large", {"and": [{"cart": "value", "value": 10**400}]}, "and.0.value", "too large"),
    ("far too large", {"event": "a", "where": [{"field": "b", "op": "in", "value": [10**5_000]}]}, "where.0.value.0",
     "too large"),
    ("not a number", _where(op="eq", value=float("nan")), "where.0.value", "finite"),
)  # fmt: skip
WHOLE: Final[tuple[Json, ...]] = (
    _where(op="matches", value="^(a|b)+$"),
    {"event": "purchase", "aggregate": "sum", "of": "total", "value": {"stat": "aov", "times": 3}},
    {"event": "purchase", "aggregate": "avg", "of": "total", "op": "between", "value": [{"stat": "aov"}, 99_999]},
    {"event": "product_view", "aggregate": "distinct", "of": "product_id", "op": "gte", "value": 5},
    {"event": "purchase", "aggregate": "min", "of": "items.price", "op": "lt", "value": 50},
    {"event": "purchase", "op": "eq", "value": 0,
     "window": {"since_event": {"last": "cart_add", "where": [{"field": "price", "op": "gte", "value": 1}]}}},
    {"event": "session_ended"},
    {"last": "cart_abandoned", "ago": {"op": "gte", "value": "P1D"}},
    {"last": "purchase", "ago": {"op": "gt", "value": {"stat": "repeat_gap_median", "times": 3}}},
    {"last": "purchase", "ago": {"op": "between", "value": [{"stat": "repeat_gap_median"},
     {"stat": "repeat_gap_median", "times": 3}]}},
    {"ratio": {"of": {"event": "refund", "aggregate": "sum", "of": "amount"},
     "to": {"event": "purchase", "aggregate": "sum", "of": "total"}}, "op": "gte", "value": 0.4},
    {"sequence": {"steps": [{"event": "product_view"}, {"event": "cart_add", "negate": True}], "within": "PT2H",
     "same": "product_id"}},
    {"message": "shown", "campaign": "c1", "op": "gte", "value": 5, "window": {"last": "P90D"}},
    {"in_segment": "a", "for_at_least": "P7D"},
    {"in_segment": "a", "entered_within": "P1D"},
    {"trait": "age", "op": "between", "value": [18, 30]},
    {"trait": "birthday", "op": "anniversary_within", "value": "P7D"},
    {"trait": "birthday", "op": "anniversary_ago", "value": "P3D"},
    {"trait": "custom.renews_on", "op": "within_next", "value": "P0D"},
    {"trait": "signed_up_at", "op": "within_last", "value": "P14D"},
    {"list": "l1"},
    {"subscription": "topic", "op": "eq", "value": "news"},
    {"cart": "count"},
    {"cart": "value", "op": "gte", "value": {"stat": "aov"}},
    {"cart": "age", "op": "gte", "value": "PT1H"},
    {"cart": "contains", "field": "category", "op": "under", "value": "Outdoor"},
    {"affinity": "category", "op": "under", "value": "Outdoor", "top": 5},
    {"affinity": "brand", "op": "in", "value": ["Salomon", "Keen"]},
    {"rfm": "champions"},
    {"rfm": {"r": [4, 5], "f": 1}},
    {"score": "churn_90d", "op": "gte", "value": 0.66},
    {"score": "next_order_at", "op": "within_next", "value": "P7D"},
)  # fmt: skip


@pytest.mark.parametrize("raw", WHOLE, ids=str)
def test_every_leaf_is_taken(raw: Json) -> None:
    assert [path for path, _ in leaves(parse_rule({"and": [raw]}))] == ["and.0"]


@pytest.mark.parametrize(("raw", "path", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_fault_is_named_by_its_path(raw: Json, path: str, words: str) -> None:
    with pytest.raises(Rejected) as caught:
        parse_rule(raw)
    found = {problem.path: problem.message for problem in caught.value.problems}
    assert path in found
    assert words in found[path]
    assert caught.value.status == 422


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(Rejected) as caught:
        parse_rule({"and": [{"what": 1}, {"event": "x"}, {"or": []}]})
    assert [problem.path for problem in caught.value.problems] == ["and.0", "and.2.or"]


def test_a_rule_of_eight_levels_and_a_hundred_leaves_is_taken() -> None:
    parse_rule(_nested(8))
    assert isinstance(parse_rule({"or": [{"event": "x"}] * 100}), Or)


def test_leaves_have_paths_and_references_are_found_in_all_of_them() -> None:
    rule = parse_rule({"and": [{"in_segment": "a"}, {"or": [{"event": "x"}, {"not": {"in_segment": "b"}}]}]})
    assert isinstance(rule, And)
    assert [path for path, _ in leaves(rule)] == ["and.0", "and.1.or.0", "and.1.or.1.not"]
    assert references(rule) == {"a", "b"}


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_KEYS = st.sampled_from([*sorted(NODE_KEYS), "where", "window", "op", "value", "ago", "field", "from", "to"])
_RAW: st.SearchStrategy[Json] = st.recursive(
    _SCALARS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(_KEYS, inside, max_size=4),
    max_leaves=12,
)


@given(raw=_RAW)
@settings(max_examples=400, deadline=None)
def test_nothing_makes_it_raise_anything_but_rejected(raw: Json) -> None:
    try:
        rule = parse_rule(raw)
    except Rejected:
        return
    assert isinstance(raw, Mapping)
    assert sentence(rule, {}).endswith(".")
