"""What the parameters of carts, visits and orders make of their plans."""

from collections.abc import Mapping

import pytest
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import PoolId, StoreId
from shopbell.domain.scenarios.audience import RETURNED
from shopbell.domain.scenarios.plan import OnEvent, Plan
from shopbell.domain.scenarios.settings import ScenarioSettings, StepSettings
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.scenarios.terms import delivery_of, terms_of

STORE = StoreId("s1")


def settings(name: str, parameters: Mapping[str, Json]) -> ScenarioSettings:
    return ScenarioSettings(STORE, name, True, parameters)


def plan(
    name: str, parameters: Mapping[str, Json] | None = None, beside: Mapping[str, ScenarioSettings] | None = None
) -> Plan:
    return SCENARIOS[name].plan(settings(name, parameters or {}), beside)


def trigger(made: Plan) -> OnEvent:
    assert isinstance(made.trigger, OnEvent)
    return made.trigger


def test_each_message_about_a_cart_has_its_own_lifetime_urgency_and_class() -> None:
    cart = plan("abandoned_cart")
    deliveries = [delivery_of(cart, place) for place in range(4)]
    terms = [terms_of(cart, place) for place in range(4)]
    assert [step.delay for step in cart.steps] == [HOUR, DAY, 3 * DAY, 5 * DAY]
    assert [one.ttl for one in deliveries] == [6 * HOUR, 12 * HOUR, DAY, DAY]
    assert [one.urgency for one in deliveries] == ["high", "normal", "normal", "normal"]
    assert [one.message_class for one in terms] == ["triggered", "triggered", "triggered", "promo"]
    assert [one.relevance for one in terms] == [6 * HOUR, DAY, DAY, DAY]


def test_what_a_marketer_sets_holds_for_all_of_them() -> None:
    given: dict[str, Json] = {"ttl": "PT1H", "class": "promo", "urgency": "low", "ttl_of_relevance": "PT2H"}
    cart = plan("abandoned_cart", given)
    assert {delivery_of(cart, place) for place in range(4)} == {delivery_of(cart, 0)}
    assert (cart.ttl, cart.urgency) == (HOUR, "low")
    assert {(one.message_class, one.relevance) for one in (terms_of(cart, place) for place in range(4))} == {
        ("promo", 2 * HOUR)
    }


@pytest.mark.parametrize(
    ("parameters", "place", "pool"),
    [
        ({}, 3, "(none)"),
        ({"coupon_required": False}, None, None),
        ({"coupon_pool": "spring"}, 3, "spring"),
        ({"coupon_pool": "spring", "coupon_step": 2}, 1, "spring"),
    ],
    ids=["a must, of no pool", "no must, of no pool", "of a pool", "earlier"],
)
def test_the_last_message_needs_a_code(parameters: Mapping[str, Json], place: int | None, pool: str | None) -> None:
    coupons = [step.coupon for step in plan("abandoned_cart", parameters).steps]
    assert [at for at, one in enumerate(coupons) if one is not None] == ([] if place is None else [place])
    if place is not None and (asked := coupons[place]) is not None:
        assert (asked.pool, asked.required, asked.ttl) == (PoolId(pool or ""), True, 48 * HOUR)
        assert asked.every == (60 * DAY if parameters else None)


def test_a_cart_ends_with_any_order_or_with_its_own() -> None:
    assert plan("abandoned_cart").exit_on == {"cart_clear", "purchase"}
    own = plan("abandoned_cart", {"exit_on_any_purchase": False})
    assert own.exit_on == {"cart_clear"}
    assert [(one.event, one.same) for one in own.exit_if] == [("purchase", "products")]


def test_a_cart_must_be_worth_something_where_that_is_asked_for() -> None:
    worth = {"cart": "value", "op": "gte", "value": 500}
    assert str(worth) in str(plan("abandoned_cart", {"min_value": 500}).audience)
    assert "value" not in str(plan("abandoned_cart").audience).replace("'value': 1", "")
    assert trigger(plan("abandoned_cart", {"abandon_after": "PT2H"})).pause == 2 * HOUR
    with pytest.raises(Rejected, match="abandon_after"):
        plan("abandoned_cart", {"abandon_after": "PT29M"})


def test_each_message_can_be_switched_off() -> None:
    given = ScenarioSettings(STORE, "abandoned_cart", True, steps=(StepSettings(), StepSettings(enabled=False)))
    made = SCENARIOS["abandoned_cart"].plan(given)
    assert [step.enabled for step in made.steps] == [True, False, True, True]


@pytest.mark.parametrize(
    ("parameters", "reentry", "left"),
    [
        ({}, "after", 0),
        ({"n_days": 2}, "after", 5 * DAY),
        ({"after": "delivered"}, "after", 5 * DAY),
        ({"reentry": "after", "n_days": 2}, "after", 7 * DAY),
        ({"reentry": "never"}, "never", 7 * DAY),
    ],
    ids=["a week after each", "two days after each", "after each arrival", "after the last", "once"],
)
def test_messages_about_orders_are_a_cooldown_apart(parameters: Mapping[str, Json], reentry: str, left: int) -> None:
    """`left`: what must be over of it when an order comes; the whole must be when its message goes."""
    made = plan("order_follow_up", parameters)
    assert (made.reentry, made.cooldown, made.cooldown - made.ahead) == (reentry, 7 * DAY, left)


def test_an_order_is_followed_up_unless_it_is_called_off() -> None:
    made = plan("order_follow_up")
    assert (trigger(made).event, made.steps[0].delay) == ("purchase", 7 * DAY)
    assert [(one.event, one.same) for one in made.exit_if] == [("order_status", "order"), ("refund", "order")]
    assert [one.event for one in plan("order_follow_up", {"skip_if_refund": False}).exit_if] == ["order_status"]
    assert [(one.within, one.wait) for one in made.holds] == [(30 * MINUTE, 2 * HOUR)]
    arrived = plan("order_follow_up", {"after": "delivered", "delivered_delay": "P3D"})
    assert (trigger(arrived).event, arrived.steps[0].delay) == ("order_status", 3 * DAY)
    with pytest.raises(Rejected, match="min_items"):
        plan("order_follow_up", {"after": "delivered", "min_items": 2})


def test_coming_back_ends_a_reminder_where_that_is_asked_for() -> None:
    assert plan("last_visit_reminder").exit_on == RETURNED
    assert plan("last_visit_reminder", {"exit_on_visit": False}).exit_on == {"purchase"}
    assert plan("last_visit_reminder").max_per_user == (3, 30 * DAY)


@pytest.mark.parametrize(
    ("reminder", "delay"),
    [(None, 2 * DAY), (False, 2 * DAY), (True, 5 * DAY)],
    ids=["never set", "off", "on"],
)
def test_alternatives_wait_for_the_reminder_if_that_is_on(reminder: bool | None, delay: int) -> None:
    beside: dict[str, ScenarioSettings] = {}
    if reminder is not None:
        beside["last_visit_reminder"] = ScenarioSettings(STORE, "last_visit_reminder", reminder, {"delay": "P3D"})
    assert plan("last_visit_alternatives", beside=beside).steps[0].delay == delay


def test_what_is_asked_of_a_visit_is_said_in_conditions() -> None:
    asked = {one.field: one.value for one in trigger(plan("last_visit_alternatives", {"min_view_seconds": 9})).where}
    assert asked == {"views": 1, "longest_view": 9, "purchases": 0, "cart_changes": 0}
