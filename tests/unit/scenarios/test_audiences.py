"""Who is in a scenario's audience, through the real rule engine: at the boundary, a millisecond before, and after."""

from collections.abc import Mapping
from typing import NamedTuple

import pytest
from shopbell.domain.clock import DAY, HOUR, SECOND, Instant, parse_instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.profile import Profile, revised
from shopbell.domain.scenarios.audience import VISITS
from shopbell.domain.scenarios.settings import OwnAudience, ScenarioSettings
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.segments.evaluate import evaluate
from shopbell.domain.segments.fold import fold

from tests.sim.worlds import STORE, VISITOR, compiled, event

T: Instant = parse_instant("2026-03-02T12:00:00Z")[0]
LONG_AGO: Instant = T - 300 * DAY


class Told(NamedTuple):
    """An event by its type, so long before T, with what it says."""

    kind: str
    ago: int
    said: Mapping[str, Json] = {}


class Row(NamedTuple):
    """One question: of a scenario with parameters, beside others, about a history, at an instant after T."""

    name: str
    told: tuple[Told, ...]
    after: int
    truth: bool
    set: Mapping[str, Json] = {}
    beside: Mapping[str, Mapping[str, Json]] = {}
    scores: Mapping[str, Json] = {}
    statistics: Mapping[str, float] = {}


SUBSCRIBED = Told("subscribed", 299 * DAY, {"subscription_id": "s1", "service": "fcm", "vapid_key_id": "k1"})
GONE = Told("unsubscribed", HOUR, {"subscription_id": "s1", "reason": "gone"})

LEFT = GONE._replace(said={**GONE.said, "reason": "left"})
SAFE: Mapping[str, Json] = {"churn_90d": 0.65}


def bought(ago: int, number: str = "1", total: int = 5_000) -> Told:
    return Told("purchase", ago, {"order_id": number, "total": total, "currency": "EUR", "items": []})


def seen(ago: int = 0, kind: str = "page_view") -> Told:
    return Told(kind, ago)


def status(ago: int, what: str, order: str = "1") -> Told:
    return Told("order_status", ago, {"order_id": order, "status": what})


def born(day: str, **traits: str) -> Told:
    return Told("traits_changed", 200 * DAY, {"birthday": day, **traits})


MISSED, CHURN = "we_missed_you", "churn"
AUTO: Mapping[str, Json] = {"n_days": "auto"}
AWAY = 30 * DAY
ROWS: dict[str, Row] = {
    "missed: a visit at n days minus a second ago": Row(MISSED, (SUBSCRIBED, seen()), AWAY - SECOND, False),
    "missed: a millisecond before n days": Row(MISSED, (SUBSCRIBED, seen()), AWAY - 1, False),
    "missed: at n days exactly": Row(MISSED, (SUBSCRIBED, seen()), AWAY, True),
    "missed: by another number of days": Row(MISSED, (SUBSCRIBED, seen()), 7 * DAY, True, {"n_days": 7}),
    "missed: not by that number a millisecond before": Row(
        MISSED, (SUBSCRIBED, seen()), 7 * DAY - 1, False, {"n_days": 7}
    ),
    "missed: came back a second before": Row(MISSED, (SUBSCRIBED, seen(), seen(-AWAY + SECOND)), AWAY, False),
    "missed: never here": Row(MISSED, (SUBSCRIBED,), AWAY, False),
    "missed: not reachable": Row(MISSED, (seen(),), AWAY, False),
    "missed: not reachable any more": Row(MISSED, (SUBSCRIBED, GONE, seen()), AWAY, False),
    "missed: bought within thirty days": Row(MISSED, (SUBSCRIBED, seen(), bought(-1)), AWAY, False, {"n_days": 7}),
    "missed: bought thirty days ago": Row(MISSED, (SUBSCRIBED, seen(DAY), bought(0)), AWAY, True, {"n_days": 7}),
    "missed: an order is on its way": Row(
        MISSED, (SUBSCRIBED, seen(), bought(40 * DAY), status(DAY, "shipped")), AWAY, False
    ),
    "missed: an order has arrived": Row(
        MISSED, (SUBSCRIBED, seen(), status(2 * DAY, "shipped"), status(DAY, "delivered")), AWAY, True
    ),
    "missed: the next order is on its way": Row(
        MISSED, (SUBSCRIBED, seen(), status(2 * DAY, "delivered"), status(DAY, "shipped", "2")), AWAY, False
    ),
    "missed: nothing was heard of the order for a quarter": Row(
        MISSED, (SUBSCRIBED, seen(), status(61 * DAY, "shipped")), AWAY, True
    ),
    "missed: a customer while churn is on": Row(
        MISSED, (SUBSCRIBED, bought(200 * DAY), seen()), AWAY, False, beside={CHURN: {}}
    ),
    "missed: a customer while churn is off": Row(MISSED, (SUBSCRIBED, bought(200 * DAY), seen()), AWAY, True),
    "missed: too small a customer for churn": Row(
        MISSED, (SUBSCRIBED, bought(200 * DAY), seen()), AWAY, True, beside={CHURN: {"x_purchases": 2}}
    ),
    "missed: no customer while churn is on": Row(MISSED, (SUBSCRIBED, seen()), AWAY, True, beside={CHURN: {}}),
    "churn: at n days": Row(CHURN, (SUBSCRIBED, bought(100 * DAY), seen()), 60 * DAY, True),
    "churn: a millisecond before": Row(CHURN, (SUBSCRIBED, bought(100 * DAY), seen()), 60 * DAY - 1, False),
    "churn: never bought": Row(CHURN, (SUBSCRIBED, seen()), 60 * DAY, False),
    "churn: bought too little": Row(
        CHURN, (SUBSCRIBED, bought(100 * DAY), seen()), 60 * DAY, False, {"x_purchases": 2}
    ),
    "churn: bought often enough": Row(
        CHURN, (SUBSCRIBED, bought(100 * DAY), bought(90 * DAY, "2"), seen()), 60 * DAY, True, {"x_purchases": 2}
    ),
    "churn: away for a long gap of the store": Row(
        CHURN, (SUBSCRIBED, bought(100 * DAY), seen()), 88 * DAY, True, AUTO, statistics={"long_gap": 88 * DAY}
    ),
    "churn: a millisecond shorter": Row(
        CHURN, (SUBSCRIBED, bought(100 * DAY), seen()), 88 * DAY - 1, False, AUTO, statistics={"long_gap": 88 * DAY}
    ),
    "churn: no gap of the store is known": Row(
        CHURN, (SUBSCRIBED, bought(100 * DAY), seen()), 200 * DAY, False, AUTO
    ),
    "churn: an order through another way counts as being here": Row(
        CHURN, (SUBSCRIBED, seen(), bought(0)), 60 * DAY - 1, False
    ),
    "churn: spent enough": Row(
        CHURN, (SUBSCRIBED, bought(99 * DAY), seen()), 60 * DAY, True, {"value_floor": 5_000}
    ),
    "churn: spent too little": Row(
        CHURN, (SUBSCRIBED, bought(99 * DAY), seen()), 60 * DAY, False, {"value_floor": 5_001}
    ),
    "churn: given up by the score, though here": Row(
        CHURN, (SUBSCRIBED, bought(9 * DAY), seen()), 0, True, {"use_score": True}, scores={"churn_90d": 0.66}
    ),
    "churn: not given up by the score, though away": Row(
        CHURN, (SUBSCRIBED, bought(99 * DAY), seen()), AWAY * 3, False, {"use_score": True}, scores=SAFE
    ),
    "arrivals: here within thirty days": Row("new_arrivals", (SUBSCRIBED, seen()), AWAY - 1, True),
    "arrivals: away for thirty days": Row("new_arrivals", (SUBSCRIBED, seen()), AWAY, False),
    "arrivals: not reachable": Row("new_arrivals", (seen(),), 0, False),
    "top sellers: here within sixty days": Row("top_sellers", (SUBSCRIBED, seen()), 60 * DAY - 1, True),
    "top sellers: away for sixty days": Row("top_sellers", (SUBSCRIBED, seen()), 60 * DAY, False),
    "recommendation: everyone reachable": Row("push_recommendation", (SUBSCRIBED,), 0, True),
    "recommendation: nobody else": Row("push_recommendation", (seen(),), 0, False),
    "meet: signed up": Row("nice_to_meet_you", (Told("signup", 0),), 0, True),
    "meet: not signed up": Row("nice_to_meet_you", (SUBSCRIBED, seen()), 0, False),
    "meet: has bought": Row("nice_to_meet_you", (bought(99 * DAY), Told("signup", 0)), 0, False),
    "meet: bought since": Row("nice_to_meet_you", (Told("signup", DAY), bought(0)), 0, False),
    "meet: just within max_age": Row("nice_to_meet_you", (Told("signup", 0),), 14 * DAY - 1, True),
    "meet: max_age is over": Row("nice_to_meet_you", (Told("signup", 0),), 14 * DAY, False),
    "meet: another max_age": Row("nice_to_meet_you", (Told("signup", 0),), 2 * DAY, False, {"max_age": "P2D"}),
    "meet: turned push off since": Row(
        "nice_to_meet_you", (SUBSCRIBED, Told("signup", DAY), LEFT), 0, False
    ),
    "meet: the browser was replaced since": Row("nice_to_meet_you", (SUBSCRIBED, Told("signup", DAY), GONE), 0, True),
    "birthday: the day before, a millisecond to midnight": Row(
        "birthday", (SUBSCRIBED, born("1990-03-03")), 12 * HOUR - 1, False
    ),
    "birthday: at midnight": Row("birthday", (SUBSCRIBED, born("1990-03-03")), 12 * HOUR, True),
    "birthday: without a year": Row("birthday", (SUBSCRIBED, born("03-03")), 12 * HOUR, True),
    "birthday: to its last millisecond": Row("birthday", (SUBSCRIBED, born("03-03")), 36 * HOUR - 1, True),
    "birthday: over": Row("birthday", (SUBSCRIBED, born("03-03")), 36 * HOUR, False),
    "birthday: not known": Row("birthday", (SUBSCRIBED, seen()), 12 * HOUR, False),
    "birthday: not reachable": Row("birthday", (born("03-03"),), 12 * HOUR, False),
    "birthday: midnight in Auckland": Row(
        "birthday", (SUBSCRIBED, born("03-03", time_zone="Pacific/Auckland")), -HOUR, True
    ),
    "birthday: not yet midnight in Auckland": Row(
        "birthday", (SUBSCRIBED, born("03-03", time_zone="Pacific/Auckland")), -HOUR - 1, False
    ),
    "birthday: midnight in Honolulu": Row(
        "birthday", (SUBSCRIBED, born("03-03", time_zone="Pacific/Honolulu")), 22 * HOUR, True
    ),
    "birthday: not yet midnight in Honolulu": Row(
        "birthday", (SUBSCRIBED, born("03-03", time_zone="Pacific/Honolulu")), 22 * HOUR - 1, False
    ),
    "birthday: a leap day in a common year": Row("birthday", (SUBSCRIBED, born("1992-02-29")), -60 * HOUR, True),
    "birthday: not on the first of March instead": Row(
        "birthday", (SUBSCRIBED, born("1992-02-29")), -36 * HOUR, False
    ),
    "birthday: three days before": Row(
        "birthday", (SUBSCRIBED, born("03-06")), 12 * HOUR, True, {"offset_days": -3}
    ),
    "birthday: four days before": Row(
        "birthday", (SUBSCRIBED, born("03-06")), 12 * HOUR - 1, False, {"offset_days": -3}
    ),
    "birthday: before the turn of the year": Row(
        "birthday", (SUBSCRIBED, born("01-05")), 301 * DAY + 12 * HOUR, True, {"offset_days": -7}
    ),
    "birthday: not the days between": Row(
        "birthday", (SUBSCRIBED, born("01-05")), 302 * DAY + 12 * HOUR, False, {"offset_days": -7}
    ),
    "birthday: three days after": Row(
        "birthday", (SUBSCRIBED, born("02-28")), 12 * HOUR, True, {"offset_days": 3}
    ),
    "birthday: two days after is too soon": Row(
        "birthday", (SUBSCRIBED, born("02-28")), 12 * HOUR - 1, False, {"offset_days": 3}
    ),
    "birthday: old enough on the day": Row(
        "birthday", (SUBSCRIBED, born("2008-03-03")), 12 * HOUR, True, {"min_age": 18}
    ),
    "birthday: too young": Row("birthday", (SUBSCRIBED, born("2009-03-03")), 12 * HOUR, False, {"min_age": 18}),
    "birthday: of no known age": Row("birthday", (SUBSCRIBED, born("03-03")), 12 * HOUR, False, {"min_age": 18}),
}  # fmt: skip
ASKED = SegmentId("asked")


def holds(row: Row, own: OwnAudience | None = None, others: Mapping[str, Json] | None = None) -> bool:
    def settings(name: str, parameters: Mapping[str, Json]) -> ScenarioSettings:
        return ScenarioSettings(StoreId(STORE), name, True, parameters, audience=own)

    beside = {name: settings(name, parameters) for name, parameters in row.beside.items()}
    rule = SCENARIOS[row.name].plan(settings(row.name, row.set), beside).audience
    ruleset = compiled({**(others or {}), ASKED: rule}, row.statistics)
    events: list[Event] = [
        event(f"{place}", told.kind, T - told.ago, told.said) for place, told in enumerate(row.told)
    ]
    profile = fold(Profile(STORE, VISITOR), events, ruleset)
    return evaluate(revised(profile, scores=row.scores), ruleset, T + row.after)[ASKED][0]


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in ROWS.items()])
def test_the_audience_is_exact(row: Row) -> None:
    assert holds(row) is row.truth


@pytest.mark.parametrize("kind", VISITS)
def test_whatever_someone_does_in_the_shop_is_a_visit(kind: str) -> None:
    said: Mapping[str, Json] = bought(0).said if kind == "purchase" else {}
    back = Told(kind, -AWAY + SECOND, said)
    assert holds(Row(MISSED, (SUBSCRIBED, seen()), AWAY, True))
    assert not holds(Row(MISSED, (SUBSCRIBED, seen(), back), AWAY, False))


def test_a_push_that_was_shown_or_closed_is_no_visit() -> None:
    shown = (Told("push_shown", -DAY), Told("push_closed", -DAY))
    assert holds(Row(MISSED, (SUBSCRIBED, seen(), *shown), AWAY, True))


OTHERS: Mapping[str, Json] = {
    "vip": {"event": "purchase", "op": "gte", "value": 2},
    "staff": {"trait": "custom.staff", "op": "eq", "value": True},
}
STAFF = Told("traits_changed", DAY, {"custom.staff": True})
TWICE = (bought(50 * DAY), bought(40 * DAY, "2"))


@pytest.mark.parametrize(
    ("own", "told", "truth"),
    [
        pytest.param(OwnAudience((SegmentId("vip"),)), TWICE, True, id="in an included segment"),
        pytest.param(OwnAudience((SegmentId("vip"),)), (), False, id="in none"),
        pytest.param(OwnAudience(rule={"event": "search"}), (seen(DAY, "search"),), True, id="by a rule"),
        pytest.param(OwnAudience((SegmentId("vip"),), {"event": "search"}), TWICE, True, id="either will do"),
        pytest.param(OwnAudience(exclude=(SegmentId("staff"),)), (), True, id="not left out"),
        pytest.param(OwnAudience(exclude=(SegmentId("staff"),)), (STAFF,), False, id="left out"),
        pytest.param(
            OwnAudience((SegmentId("vip"),), None, (SegmentId("staff"),)), (*TWICE, STAFF), False, id="exclude wins"
        ),
    ],
)
def test_a_marketer_narrows_the_audience_down(own: OwnAudience, told: tuple[Told, ...], truth: bool) -> None:
    row = Row("push_recommendation", (SUBSCRIBED, *told), 0, truth)
    assert holds(row, own, OTHERS) is truth
