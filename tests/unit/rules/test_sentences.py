"""Every rule has one plain sentence, and rules that differ in meaning differ in it."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.rules.sentence import sentence

from tests.unit.rules.generated import LEAVES, RULES

P = {"event": "purchase"}
V = {"event": "product_view"}
C = {"event": "cart_add"}
SUM: Mapping[str, Json] = {**P, "aggregate": "sum", "of": "total", "value": 5}
AGE: Mapping[str, Json] = {"op": "gte", "value": "P1D"}
SEEN: Mapping[str, Json] = {"steps": [V, C], "within": "PT2H"}

SAID: tuple[tuple[Mapping[str, Json], str], ...] = (
    (SUM, "Visitors of whom the sum of total over purchases is at least 5."),
    ({**SUM, "aggregate": "avg", "window": {"last": "P1D"}, "op": "lt"},
     "Visitors of whom the average of total over purchases in the last day is less than 5."),
    ({**SUM, "value": {"stat": "aov", "times": 3}},
     "Visitors of whom the sum of total over purchases is at least 3 times the average order value."),
    ({**V, "aggregate": "distinct", "of": "product_id", "value": 5},
     "Visitors of whom the number of different product_id among product views is at least 5."),
    ({"ratio": {"of": {"event": "refund"}, "to": P}, "value": 0.4},
     "Visitors of whom the number of refunds, divided by the number of purchases, is at least 0.4."),
    ({**P, "op": "eq", "value": 0, "window": {"since_event": {"last": "cart_add"}}},
     "Visitors who did not make a purchase since they last put a product into the cart."),
    ({"last": "purchase", "ago": {"op": "gt", "value": {"stat": "repeat_gap_median", "times": 3}}},
     "Visitors who last made a purchase more than 3 times the median gap between two orders ago."),
    ({"sequence": {"steps": [V, {**C, "negate": True}], "within": "PT2H", "same": "product_id"}},
     ("Visitors who viewed a product, then did not put a product into the cart, all of the same product, "
      "within 2 hours, complete in the last 30 days.")),
    ({"message": "clicked", "campaign": "c1", "window": {"last": "P90D"}},
     "Visitors who clicked a push (campaign is “c1”) in the last 90 days."),
    ({"trait": "age", "op": "between", "value": [18, 30]}, "Visitors whose age is between 18 and 30."),
    ({"trait": "birthday", "op": "anniversary_within", "value": "P7D"},
     "Visitors whose birthday has its anniversary within the next 7 days."),
    ({"trait": "birthday", "op": "anniversary_within", "value": "P0D"},
     "Visitors whose birthday has its anniversary today."),
    ({"trait": "birthday", "op": "anniversary_ago", "value": "P3D"},
     "Visitors whose birthday had its anniversary 3 days ago."),
    ({"trait": "birthday", "op": "anniversary_ago", "value": "P1D"},
     "Visitors whose birthday had its anniversary 1 day ago."),
    ({"trait": "signed_up_at", "op": "within_last", "value": "P14D"},
     "Visitors whose sign-up date was in the last 14 days."),
    ({"trait": "custom.renews", "op": "within_next", "value": "P1W"},
     "Visitors whose renews is within the next 7 days."),
    ({"list": "spring"}, "Visitors who are on the list “spring”."),
    ({"not": {"message": "clicked"}}, "Visitors who did not click a push."),
    ({"rfm": {"r": [2, 2]}}, "Visitors whose recency score is 2."),
    ({"subscription": "topic", "value": "news"}, "Visitors who have a push subscription whose topic is “news”."),
    ({"cart": "value", "value": 500}, "Visitors whose cart has a worth that is at least 500."),
    ({"cart": "count", "op": "gt", "value": 2}, "Visitors whose cart has a number of pieces that is more than 2."),
    ({"cart": "age", "op": "gte", "value": "PT1H"}, "Visitors whose cart was last changed at least an hour ago."),
    ({"cart": "contains", "field": "brand", "value": "Keen"},
     "Visitors whose cart contains a product whose brand is “Keen”."),
    ({"cart": "contains", "op": "ne", "value": "p1"},
     "Visitors whose cart contains no product whose product_id is “p1”."),
    ({"affinity": "category", "op": "under", "value": "Outdoor"},
     "Visitors of whom “Outdoor” or one below it is among their 3 favourite categories."),
    ({"affinity": "brand", "value": "Keen", "top": 1}, "Visitors whose favourite brand is “Keen”."),
    ({"affinity": "category", "op": "not_in", "value": ["a", "b"], "top": 1},
     "Visitors whose favourite category is none of “a”, “b”."),
    ({"affinity": "brand", "op": "in", "value": ["Keen"]},
     "Visitors of whom “Keen” is among their 3 favourite brands."),
    ({"trait": "birthday", "op": "within_next", "value": "P1D"}, "Visitors whose birthday is within the next day."),
    ({"score": "next_order_at", "op": "within_next", "value": "PT1M"},
     "Visitors whose next order is expected within the next minute."),
    ({"last": "purchase", "ago": {"op": "lt", "value": "PT1H"}},
     "Visitors who last made a purchase less than an hour ago."),
    ({"last": "purchase", "ago": {"op": "between", "value": ["P1D", "P7D"]}},
     "Visitors who last made a purchase between 1 and 7 days ago."),
    ({"last": "purchase", "ago": {"op": "between", "value": ["PT1H", "P1D"]}},
     "Visitors who last made a purchase between an hour and a day ago."),
    ({"first": "purchase", "ago": {"op": "between", "value": ["P7D", "P7D"]}},
     "Visitors who first made a purchase exactly 7 days ago."),
    ({"last": "purchase", "ago": {"op": "between", "value": ["PT0S", "P1D"]}},
     "Visitors who last made a purchase between now and a day ago."),
    ({**P, "window": {"from": "P60D", "to": "P30D"}}, "Visitors who made a purchase between 60 and 30 days ago."),
    ({**P, "window": {"from": "P1D", "to": "PT0S"}}, "Visitors who made a purchase between a day ago and now."),
    ({"in_segment": "vip", "for_at_least": "P1D"}, "Visitors who have been in “Best” for at least a day."),
    ({**P, "op": "between", "value": [0, 0]}, "Visitors who did not make a purchase."),
    ({**P, "op": "between", "value": [0, 2]}, "Visitors who made a purchase at most 2 times."),
    ({**P, "op": "between", "value": [3, 3]}, "Visitors who made a purchase exactly 3 times."),
    ({**P, "op": "gt", "value": 0}, "Visitors who made a purchase."),
    ({"not": {**P, "op": "gt", "value": 0}}, "Visitors who did not make a purchase."),
    ({**SUM, "op": "between", "value": [7, 7]}, "Visitors of whom the sum of total over purchases is 7."),
    ({"trait": "country", "op": "in", "value": ["TR"]}, "Visitors whose country is “TR”."),
    ({"trait": "country", "op": "not_in", "value": ["TR", "TR"]}, "Visitors whose country is not “TR”."),
    ({"trait": "age", "op": "between", "value": [18, 18]}, "Visitors whose age is 18."),
    ({"subscription": "topic", "op": "not_in", "value": ["news"]},
     "Visitors who have no push subscription whose topic is “news”."),
    ({"rfm": "at_risk"}, "Visitors whose purchases put them into the group “at_risk”."),
    ({"rfm": {"r": [4, 5], "m": 1}},
     "Visitors whose recency score is between 4 and 5 and money score is 1."),
    ({"score": "churn_90d", "value": 0.66}, "Visitors whose risk not to buy within 90 days is at least 0.66."),
    ({"score": "next_order_at", "op": "within_next", "value": "P7D"},
     "Visitors whose next order is expected within the next 7 days."),
    ({"in_segment": "vip", "for_at_least": "P7D"}, "Visitors who have been in “Best” for at least 7 days."),
    ({"in_segment": "vip", "entered_within": "P1D"},
     "Visitors who entered “Best” in the last day and still are in it."),
)  # fmt: skip

NEAR: tuple[tuple[Mapping[str, Json], Mapping[str, Json]], ...] = (
    ({"not": {"and": [P, V]}}, {"and": [{"not": P}, V]}),
    ({"and": [P, {"or": [V, C]}]}, {"or": [{"and": [P, V]}, C]}),
    ({"or": [P, {"not": V}]}, {"not": {"or": [P, V]}}),
    ({**P, "op": "gt", "value": 1}, {**P, "op": "gte", "value": 1}),
    ({**P, "op": "lt", "value": 2}, {**P, "op": "lte", "value": 2}),
    ({**P, "window": {"last": "P30D"}}, {**P, "window": {"from": "P60D", "to": "P30D"}}),
    ({**P, "window": {"last": "P1DT12H"}}, {**P, "window": {"last": "P1D"}}),
    ({**P, "window": {"since": "2026-01-01T00:00:00Z"}}, P),
    ({**P, "where": [{"field": "a", "op": "in", "value": ["x", "y"]}]},
     {**P, "where": [{"field": "a", "op": "in", "value": ["x”, “y"]}]}),
    ({**P, "where": [{"field": "a", "op": "eq", "value": "7"}]},
     {**P, "where": [{"field": "a", "op": "eq", "value": 7}]}),
    ({**P, "where": [{"field": "a", "op": "eq", "value": "true"}]},
     {**P, "where": [{"field": "a", "op": "eq", "value": True}]}),
    ({**P, "where": [{"field": "a", "op": "under", "value": "x"}]},
     {**P, "where": [{"field": "a", "op": "starts_with", "value": "x"}]}),
    (SUM, {**SUM, "aggregate": "avg"}),
    ({**SUM, "aggregate": "min"}, {**SUM, "aggregate": "max"}),
    (SUM, {**SUM, "of": "amount"}),
    (SUM, {**SUM, "value": {"stat": "aov", "times": 5}}),
    ({"ratio": {"of": P, "to": V}, "value": 1}, {"ratio": {"of": V, "to": P}, "value": 1}),
    ({"last": "purchase", "ago": AGE}, {"first": "purchase", "ago": AGE}),
    ({"last": "purchase", "ago": AGE}, {"last": "purchase", "ago": {**AGE, "op": "gt"}}),
    ({"sequence": SEEN}, {"sequence": {**SEEN, "same": "product_id"}}),
    ({"sequence": SEEN}, {"sequence": {**SEEN, "steps": [C, V]}}),
    ({"sequence": SEEN}, {"sequence": {**SEEN, "steps": [V, {**C, "negate": True}]}}),
    ({"sequence": SEEN}, {"sequence": {**SEEN, "window": "P7D"}}),
    ({"trait": "country", "op": "eq", "value": "a"}, {"trait": "custom.country", "op": "eq", "value": "a"}),
    ({"trait": "age", "op": "eq", "value": 3}, {"trait": "custom.age", "op": "eq", "value": 3}),
    ({"trait": "birthday", "op": "within_next", "value": "P7D"},
     {"trait": "birthday", "op": "anniversary_within", "value": "P7D"}),
    ({"cart": "value", "value": 3}, {"cart": "count", "value": 3}),
    ({"cart": "contains", "value": "a"}, {"cart": "contains", "field": "brand", "value": "a"}),
    ({"affinity": "brand", "value": "a"}, {"affinity": "brand", "value": "a", "top": 4}),
    ({"affinity": "brand", "value": "a"}, {"affinity": "category", "value": "a"}),
    ({"rfm": {"r": 1}}, {"rfm": {"f": 1}}),
    ({"rfm": "champions"}, {"in_segment": "champions"}),
    ({"list": "a"}, {"in_segment": "a"}),
    ({"in_segment": "a"}, {"in_segment": "a", "for_at_least": "P1D"}),
    ({"in_segment": "a", "entered_within": "P1D"}, {"in_segment": "a", "for_at_least": "P1D"}),
    ({"subscription": "browser", "op": "ne", "value": "x"}, {"not": {"subscription": "browser", "value": "y"}}),
    ({"score": "next_order_at", "op": "within_next", "value": "P1D"},
     {"score": "next_order_at", "op": "within_last", "value": "P1D"}),
    ({"message": "shown"}, {"message": "accepted"}),
    ({"message": "shown", "campaign": "a"}, {"message": "shown", "scenario": "a"}),
)  # fmt: skip


def _said(raw: Mapping[str, Json]) -> str:
    return sentence(parse_rule(raw), {SegmentId("vip"): "Best"})


@pytest.mark.parametrize(("raw", "words"), SAID, ids=[words for _, words in SAID])
def test_each_leaf_is_told_in_plain_words(raw: Mapping[str, Json], words: str) -> None:
    assert _said(raw) == words


@pytest.mark.parametrize(("one", "other"), NEAR, ids=[str(pair[1]) for pair in NEAR])
def test_rules_that_nearly_say_the_same_do_not_sound_the_same(
    one: Mapping[str, Json], other: Mapping[str, Json]
) -> None:
    assert _said(one) != _said(other)


@given(raw=RULES)
@settings(max_examples=300, deadline=None)
def test_every_rule_has_a_sentence_that_shows_no_trace_of_its_json(raw: Mapping[str, Json]) -> None:
    said = _said(raw)
    assert said.startswith("Visitors ")
    assert said.endswith(".")
    assert not set("{}[]\n") & set(said)
    assert "  " not in said
    assert "None" not in said


def _plain(raw: Mapping[str, Json]) -> Mapping[str, Json]:
    """The same, spelled in one way where there are two: among one value, and from a value to itself."""
    inside = {key: _within(each) for key, each in raw.items()}
    match raw:
        case {"op": "in" | "not_in" | "between" as op, "value": [first, *others]} if all(
            (type(each), each) == (type(first), first) for each in others
        ):
            return {**inside, "op": "ne" if op == "not_in" else "eq", "value": first}
        case _:
            return inside


def _within(raw: Json) -> Json:
    if isinstance(raw, Mapping):
        return _plain(raw)
    return [_within(each) for each in raw] if isinstance(raw, list) else raw


@given(one=LEAVES, other=LEAVES)
@settings(max_examples=400, deadline=None)
def test_two_leaves_with_one_sentence_mean_the_same(one: Mapping[str, Json], other: Mapping[str, Json]) -> None:
    if _said(one) == _said(other) and {"event", "message"}.isdisjoint(one):
        assert parse_rule(_plain(one)) == parse_rule(_plain(other))
