"""Every predefined segment passes the public validator, and says what its parameters may be."""

import pytest
from pydantic import JsonValue, ValidationError
from shopbell.app.tracking.items import system_item
from shopbell.domain.clock import DAY
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.events import Event
from shopbell.domain.ids import EventId, SegmentId, VisitorId
from shopbell.domain.incoming.segments import SegmentIn
from shopbell.domain.predefined.library import installed, predefined
from shopbell.domain.predefined.model import Parameter, Predefined
from shopbell.domain.predefined.render import blamed, render
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.rules.sentence import sentence
from shopbell.domain.scores.rfm import GROUPS
from shopbell.domain.segments.definition import Segment

from tests.unit.app.night import NightShop
from tests.unit.app.shop import STORE

CHOICES: dict[str, dict[str, JsonValue]] = {
    "viewed_category": {"category": "Outdoor/Boots"},
    "viewed_not_bought": {"category": "Outdoor/Boots"},
    "bought_any_of": {"products": ["p1", "p2"]},
    "subscribed_form": {"form": "newsletter"},
    "seasonal": {"from": 11, "to": 2},
}
"""For those that ask for one."""
TABLE = {
    *("viewed_category", "viewed_not_bought", "has_not_purchased", "one_time_buyer", "repeat_customers", "vip"),
    *("prospective_buyers", "churn_risk", "winback_opportunities", "lapsed", "at_risk_repeat", "inactive_repeat"),
    *("cart_abandoners_30d", "checkout_abandoners_7d", "active_2d_3views", "bought_any_of"),
    *("push_never_clicked_90d", "push_clickers_30d", "never_sent", "unreachable", "new_subscribers_14d"),
    *("birthday_this_week", "big_spenders", "discount_lovers", "full_price", "high_refund"),
    *("subscribed_form", "not_clicked_90d", "seasonal", "evening_buyers"),
    *(f"rfm:{name}" for name, _ in GROUPS),
}
ROWS = list(predefined().values())


def test_every_row_of_the_table_has_its_file() -> None:
    assert set(predefined()) == TABLE


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_file_is_a_rule_of_the_public_language_with_a_sentence(row: Predefined) -> None:
    rendered = render(row, CHOICES.get(row.id))
    taken = SegmentIn.model_validate({"name": rendered.name, "rule": rendered.rule})

    words = sentence(parse_rule(taken.rule), {})
    assert words.startswith("Visitors")
    assert "{" not in rendered.name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_both_ends_of_every_range_make_a_rule(row: Predefined) -> None:
    for name, parameter in row.parameters.items():
        ends = [] if parameter.type == "texts" else [parameter.min, parameter.max]
        for end in (each for each in ends if each is not None):
            parse_rule(render(row, {**CHOICES.get(row.id, {}), **_beside(row, name), name: end}).rule)


def _beside(row: Predefined, name: str) -> dict[str, JsonValue]:
    """The other end of a span moves along, where one parameter bounds another."""
    spans: dict[tuple[str, str], dict[str, JsonValue]] = {
        ("churn_risk", "until"): {"quiet": "P1D"},
        ("at_risk_repeat", "from_x"): {"to_x": 20},
        ("at_risk_repeat", "to_x"): {"from_x": 0.5},
    }
    return spans.get((row.id, name), {})


def test_what_asks_for_a_choice_is_not_installed() -> None:
    assert {row.id for row in ROWS} - {row.id for row in installed()} == set(CHOICES)


def test_a_choice_takes_the_place_of_the_default() -> None:
    rule = render(predefined()["repeat_customers"], {"min_orders": 5}).rule

    assert rule == {"event": "purchase", "op": "gte", "value": 5}


def test_a_season_may_span_the_new_year() -> None:
    rule = render(predefined()["seasonal"], {"from": 11, "to": 2}).rule

    assert rule["where"] == [{"field": "at.month", "op": "in", "value": [11, 12, 1, 2]}]


@pytest.mark.parametrize(
    ("row", "given", "path", "words"),
    [
        pytest.param("vip", {"min_order": 3}, "parameters.min_order", "is no parameter", id="unknown"),
        pytest.param("viewed_category", {}, "parameters.category", "is required", id="missing"),
        pytest.param("vip", {"min_orders": 0}, "parameters.min_orders", "from 1 to 100", id="too small"),
        pytest.param("vip", {"min_orders": "3"}, "parameters.min_orders", "whole number", id="a text for a count"),
        pytest.param("vip", {"min_orders": True}, "parameters.min_orders", "whole number", id="a truth for a count"),
        pytest.param("vip", {"spend_x": "3"}, "parameters.spend_x", "a number", id="a text for a number"),
        pytest.param("vip", {"recent": "4 months"}, "parameters.recent", "ISO 8601", id="no duration"),
        pytest.param("vip", {"recent": "P900D"}, "parameters.recent", "from P1D to P730D", id="too long"),
        pytest.param("seasonal", {"from": 13, "to": 1}, "parameters.from", "from 1 to 12", id="no month"),
        pytest.param(
            "seasonal", {"from": "May", "to": 1}, "parameters.from", "whole number", id="a word for a month"
        ),
        pytest.param("bought_any_of", {"products": []}, "parameters.products", "one at least", id="no products"),
        pytest.param("bought_any_of", {"products": ["p"] * 1_001}, "parameters.products", "at most", id="too many"),
        pytest.param("subscribed_form", {"form": ""}, "parameters.form", "must be a text", id="an empty text"),
        pytest.param(
            "at_risk_repeat", {"from_x": 5, "to_x": 1}, "parameters.from_x", "less than `to_x`", id="a span backwards"
        ),
        pytest.param(
            "churn_risk", {"quiet": "P90D", "until": "P30D"}, "parameters.quiet", "less than `until`", id="durations"
        ),
    ],
)
def test_a_choice_that_will_not_do_is_named(row: str, given: dict[str, JsonValue], path: str, words: str) -> None:
    with pytest.raises(Rejected) as refused:
        render(predefined()[row], given)
    (problem,) = (one for one in refused.value.problems if one.path == path)
    assert words in problem.message


def test_a_file_whose_parameters_and_gaps_differ_is_refused() -> None:
    with pytest.raises(ValidationError, match="parameters and gaps differ"):
        Predefined(
            id="x",
            name="X",
            description="x",
            parameters={"days": Parameter(type="duration", help="Never used.")},
            rule={"event": "purchase"},
        )


def test_a_fault_of_the_rule_is_told_as_one_of_the_choice_that_stands_there() -> None:
    row = predefined()["churn_risk"]

    told = [
        (at, [one.path for one in blamed(row, Problem(at, "is wrong"))])
        for at in (
            "or.0.and.0.ago",
            "or.0.and.1.not.or.3.window.last",
            "or.1.and.0.value.0",
            "or.0.and.1.not.or.3.event",
        )
    ]

    assert told == [
        ("or.0.and.0.ago", ["parameters.quiet", "parameters.until"]),
        ("or.0.and.1.not.or.3.window.last", ["parameters.quiet"]),
        ("or.1.and.0.value.0", ["parameters.score"]),
        ("or.0.and.1.not.or.3.event", []),
    ]


VISITS = ("login", "checkout_start", "cart_remove", "wishlist_add", "page_view", "form_submit", "push_clicked")


@pytest.mark.parametrize("event", VISITS)
def test_any_event_of_a_visit_after_the_order_is_engagement(event: str) -> None:
    assert _holds("churn_risk", purchase=40) is True
    assert _holds("churn_risk", purchase=40, **{event: 20}) is False
    assert _holds("winback_opportunities", purchase=150) is False
    assert _holds("winback_opportunities", purchase=150, **{event: 100}) is True


def test_the_second_visit_counts_while_it_goes_on() -> None:
    assert _holds("prospective_buyers", search=10) is False
    assert _holds("prospective_buyers", search=10, login=0) is True
    assert _holds("prospective_buyers", search=100, login=0) is False


def _holds(name: str, **days_ago: int) -> bool:
    """Of a visitor who did these things so many days ago, as a shop that knows no scores sees it now."""
    shop = NightShop()
    now = shop.clock.now
    row = predefined()[name]
    made = Segment(STORE, SegmentId(name), row.name, render(row).rule, "active", 1, 1, now, now)
    assert shop.segments.save(made, expected=None)
    visitor = VisitorId("v1")
    for event, days in days_ago.items():
        at = now - days * DAY
        shop.fold(system_item(STORE, Event(EventId(f"{event}-{days}"), event, visitor, at, at)))
    return visitor in shop.world.members.get((STORE, SegmentId(name)), {})
