"""What a visitor's own pauses start: sessions that ended and carts left behind, each once, whatever comes late."""

from dataclasses import replace

import pytest
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND, Duration
from shopbell.domain.events import Event, Json
from shopbell.domain.rules.conditions import Condition
from shopbell.domain.scenarios.plan import OnEvent, Plan
from shopbell.domain.segments.joining import take_over
from shopbell.domain.visits.sessions import PAUSE

from tests.unit.scenarios.person import START, Person, event, plan

ENDED = OnEvent("session_ended")
LEFT = OnEvent("cart_abandoned")
NAME = "fly_mode:t1"
BOUGHT: dict[str, Json] = {"order_id": "o1", "total": 100, "currency": "EUR", "items": []}


def view(at: int, name: str = "", *, late: Duration = 0, backfill: bool = False) -> Event:
    return event(name or f"v{at}", "product_view", at, {"product_id": "p"}, late=late, backfill=backfill)


def add(at: int, product: str = "p", *, late: Duration = 0) -> Event:
    return event(f"a{at}", "cart_add", at, {"product_id": product, "price": 100}, late=late)


def someone(*plans: Plan) -> Person:
    return Person(plans, keeps_interactions=True)


def test_the_end_of_a_session_starts_it_at_that_very_instant_and_its_delay_counts_from_there() -> None:
    person = someone(plan(ENDED))
    person.at(START, view(START))
    person.at(START + 10 * MINUTE, view(START + 10 * MINUTE))
    end = START + 10 * MINUTE + PAUSE
    assert person.wait(end - 1) == []
    assert person.profile.steps == ()
    person.wait(end)
    assert person.waiting() == [(f"session_ended:{end}", 0, end + HOUR)]
    assert person.wait(end + HOUR) == [(NAME, 0)]
    assert person.wait(end + 30 * DAY) == []
    assert person.counts["instances_started"] == 1


def test_each_session_starts_it_again() -> None:
    person = someone(plan(ENDED, delays=[0]))
    for day in range(3):
        person.wait(START + day * DAY)
        person.at(START + day * DAY, view(START + day * DAY))
    person.wait(START + 4 * DAY)
    assert [step.started_at for step in person.sent] == [START + day * DAY + PAUSE for day in range(3)]


def test_a_store_that_asks_for_no_pause_wakes_nobody_for_one() -> None:
    person = someone(plan(OnEvent("search")))
    person.at(START, view(START))
    assert person.profile.wake_at is None


def test_who_is_in_no_audience_is_not_woken() -> None:
    person = someone(plan(ENDED, audience={"subscription": "active"}))
    person.at(START, view(START))
    assert person.profile.wake_at is None


def test_a_wake_up_is_not_moved_by_every_event() -> None:
    person = someone(plan(ENDED))
    for minute in range(20):
        person.at(START + minute * MINUTE, view(START + minute * MINUTE))
        assert person.profile.wake_at == START + PAUSE


def test_what_comes_late_and_bridges_the_pause_moves_it() -> None:
    person = someone(plan(ENDED))
    person.at(START, view(START))
    person.wait(START + PAUSE)
    late = START + 20 * MINUTE
    person.at(START + PAUSE + MINUTE, view(late, late=11 * MINUTE))
    assert person.waiting() == []
    person.wait(late + PAUSE)
    assert person.waiting() == [(f"session_ended:{late + PAUSE}", 0, late + PAUSE + HOUR)]


def test_a_session_that_turns_out_longer_than_what_was_sent_for_it_starts_nothing_more() -> None:
    person = someone(plan(ENDED, delays=[0, DAY], reentry="always"))
    person.at(START, view(START))
    assert person.wait(START + PAUSE) == [(NAME, 0)]
    person.at(START + PAUSE + MINUTE, view(START + 20 * MINUTE, late=11 * MINUTE))
    assert person.wait(START + 2 * HOUR) == []
    assert person.counts["instances_started"] == 1


@pytest.mark.parametrize(
    "told",
    [
        view(START, late=2 * HOUR),
        view(START + 2 * HOUR - MINUTE, backfill=True),
        view(START - 40 * DAY, backfill=True),
    ],
    ids=["too late", "filled in just now", "filled in from long ago"],
)
def test_sessions_of_history_start_nothing(told: Event) -> None:
    person = someone(plan(ENDED, delays=[0]))
    person.at(START - 50 * DAY, event("s", "subscribed", START - 50 * DAY))
    person.at(START + 2 * HOUR, told)
    person.wait(START + DAY)
    assert person.sent == []


def test_a_visitor_who_comes_back_after_history_was_filled_in_starts_it_all_the_same() -> None:
    person = someone(plan(ENDED, delays=[0]))
    person.at(START, view(START - MINUTE, backfill=True))
    person.at(START + MINUTE, view(START + MINUTE))
    assert person.wait(START + DAY) == [(NAME, 0)]


def test_who_wakes_up_hours_late_is_not_forgotten() -> None:
    person = someone(plan(ENDED, delays=[0]))
    person.at(START, view(START))
    person.at(START + 5 * HOUR)
    assert [step.started_at for step in person.sent] == [START + PAUSE]


def test_switching_it_on_sends_nothing_for_sessions_that_ended_before() -> None:
    person = someone(plan(OnEvent("search"), name="fly_mode:other"))
    person.at(START, view(START))
    person.set(plan(ENDED, delays=[0]))
    person.at(START + PAUSE + MINUTE)
    person.at(START + PAUSE + 2 * MINUTE, event("r", "push_shown", START + PAUSE + 2 * MINUTE))
    assert person.wait(START + DAY) == []


def test_a_cart_that_is_left_behind_starts_it_with_what_is_in_it() -> None:
    person = someone(plan(LEFT))
    person.at(START, add(START, "p"), add(START + SECOND, "q"))
    end = START + SECOND + PAUSE
    person.wait(end)
    (step,) = person.profile.steps
    assert (step.started_at, step.due) == (end, end + HOUR)
    assert {name: step.facts[name] for name in ("type", "value", "count", "products")} == {
        "type": "cart_abandoned",
        "value": 200,
        "count": 2,
        "products": ["p", "q"],
    }


@pytest.mark.parametrize(
    "then",
    [
        event("c", "cart_clear", START + MINUTE),
        event("p", "purchase", START + MINUTE, BOUGHT),
        event("r", "cart_remove", START + MINUTE, {"product_id": "p"}),
    ],
    ids=["cleared", "bought", "taken out"],
)
def test_an_empty_cart_is_not_left_behind(then: Event) -> None:
    person = someone(plan(LEFT))
    person.at(START, add(START))
    person.at(START + MINUTE, then)
    person.wait(START + DAY)
    assert person.counts["instances_started"] == 0


def test_a_cart_that_is_changed_before_anything_was_sent_begins_anew_when_it_is_left_again() -> None:
    person = someone(plan(LEFT))
    person.at(START, add(START))
    person.wait(START + PAUSE)
    back = START + PAUSE + 50 * MINUTE
    person.at(back, add(back, "q"))
    assert person.waiting() == []
    person.wait(back + PAUSE)
    assert [due for *_, due in person.waiting()] == [back + PAUSE + HOUR]


def test_a_cart_that_is_changed_after_the_first_message_keeps_its_series() -> None:
    person = someone(plan(LEFT, delays=[0, DAY]))
    person.at(START, add(START))
    assert person.wait(START + PAUSE) == [(NAME, 0)]
    back = START + 2 * HOUR
    person.at(back, add(back, "q"))
    assert [due for *_, due in person.waiting()] == [START + PAUSE + DAY]
    assert person.wait(START + 2 * DAY) == [(NAME, 1)]


def test_coming_by_without_touching_the_cart_is_another_abandonment_of_the_same_cart() -> None:
    person = someone(plan(OnEvent("cart_abandoned", key="cart_state"), delays=[0]))
    person.at(START, add(START))
    for day in (0, 2, 5):
        person.wait(START + day * DAY)
        person.at(START + day * DAY, view(START + day * DAY))
    person.wait(START + 9 * DAY)
    assert len(person.sent) == 1


def test_with_a_longer_pause_a_visit_within_it_takes_the_abandonment_back() -> None:
    person = someone(plan(replace(LEFT, pause=2 * HOUR), delays=[0]))
    person.at(START, add(START))
    assert person.wait(START + HOUR) == []
    person.at(START + HOUR, view(START + HOUR))
    assert person.wait(START + 3 * HOUR - 1) == []
    assert person.wait(START + 3 * HOUR) == [(NAME, 0)]
    assert [step.started_at for step in person.sent] == [START + 3 * HOUR]


def test_conditions_ask_what_was_done_in_the_session() -> None:
    looked = (
        Condition(field="views", op="gte", value=1),
        Condition(field="cart_adds", op="eq", value=0),
        Condition(field="longest_view", op="gte", value=5),
    )
    person = someone(plan(OnEvent("session_ended", looked), delays=[0]))
    glance: dict[str, Json] = {"product_id": "p", "seconds": 3}
    person.at(START, event("g", "product_view", START, glance))
    person.wait(START + DAY)
    person.at(START + DAY, view(START + DAY), add(START + DAY + MINUTE))
    person.wait(START + 2 * DAY)
    person.at(START + 2 * DAY, event("h", "product_view", START + 2 * DAY, {"product_id": "q", "seconds": 9}))
    person.wait(START + 3 * DAY)
    assert [step.facts["product_id"] for step in person.sent] == ["q"]


def test_of_two_profiles_that_turn_out_to_be_one_person_the_session_starts_it_once() -> None:
    guest, customer = someone(plan(ENDED)), someone(plan(ENDED))
    guest.at(START, view(START))
    guest.wait(START + PAUSE)
    customer.at(START + 20 * MINUTE, view(START + 20 * MINUTE, "other"))
    now = START + PAUSE + MINUTE
    settled = take_over(customer.profile, guest.profile, customer.ruleset, now)
    customer.take(settled, now)
    customer.wait(START + 5 * DAY)
    assert [step.started_at for step in customer.sent] == [START + 20 * MINUTE + PAUSE]
