"""What starts an instance of a scenario: events that are fresh, segments that turn, each once."""

from dataclasses import replace

import pytest
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND, parse_instant
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.conditions import Condition
from shopbell.domain.scenarios.plan import OnClock, OnEvent, OnSegment, SendTime
from shopbell.domain.scenarios.turns import Exit, Hold, Until
from shopbell.domain.scenarios.united import UNSENT

from tests.unit.scenarios.person import CART, NEXT, START, Person, event, plan


def test_the_first_event_of_a_brand_new_visitor_starts_it_and_the_message_goes_after_its_delay() -> None:
    person = Person([plan()])
    assert person.at(START, event("e1", "cart_add", START)) == []
    assert person.waiting() == [("e1", 0, START + HOUR)]
    assert person.wait(START + HOUR - 1) == []
    assert person.wait(START + HOUR) == [("fly_mode:t1", 0)]
    assert person.profile.steps == ()
    assert person.profile.latest["fly_mode:t1"].ended_at == START + HOUR


def test_without_a_delay_it_goes_with_the_event() -> None:
    person = Person([plan(delays=[0])])
    assert person.at(START, event("e1", "cart_add", START)) == [("fly_mode:t1", 0)]


@pytest.mark.parametrize(
    "told",
    [
        event("e1", "cart_add", START, backfill=True),
        event("e1", "cart_add", START - 2 * HOUR, late=2 * HOUR),
        event("e1", "page_view", START),
        event("e1", "cart_add", START, {"product_id": "q"}),
    ],
    ids=["filled in later", "too late", "of another kind", "of another product"],
)
def test_an_event_that_is_not_meant_starts_nothing(told: object) -> None:
    trigger = OnEvent("cart_add", (Condition(field="product_id", op="eq", value="p"),))
    person = Person([plan(trigger)])
    person.at(START, told)  # type: ignore[arg-type]
    assert person.profile.steps == ()
    assert not person.profile.ran


def test_the_same_event_may_make_the_audience_and_be_the_trigger() -> None:
    person = Person([plan(audience={"event": "cart_add"})])
    person.at(START, event("e1", "cart_add", START))
    assert len(person.profile.steps) == 1


def test_who_is_not_in_the_audience_is_refused_and_a_repeat_changes_nothing_even_when_they_are_by_then() -> None:
    person = Person([plan(audience={"event": "search"})])
    told = event("e1", "cart_add", START)
    person.at(START, told)
    assert person.counts["instances_refused_audience"] == 1
    person.at(NEXT, event("s", "search", NEXT))
    person.at(NEXT + 1, told)
    assert person.profile.steps == ()
    person.at(NEXT + 2, event("e2", "cart_add", NEXT + 2))
    assert [key for key, *_ in person.waiting()] == ["e2"]


def test_what_was_refused_longer_ago_than_is_remembered_does_not_start_when_it_is_repeated() -> None:
    person = Person([plan(audience={"event": "search"})])
    told = [event(f"e{number}", "cart_add", START + number) for number in range(3 * UNSENT)]
    for one in told:
        person.at(NEXT, one)
    person.at(NEXT + 1, event("s", "search", NEXT))
    person.at(NEXT + 2, *told)
    assert person.profile.steps == ()
    assert len(person.profile.ran["fly_mode:t1"]) == UNSENT


def test_the_occurrence_is_asked_of_each_event_though_several_come_in_one_batch() -> None:
    first: Json = {"event": "cart_add", "op": "eq", "value": 1}
    person = Person([plan(audience=first, recheck_audience=False)])
    person.at(START + 9, *[event(f"e{number}", "cart_add", START + number) for number in (3, 1, 2)])
    assert [key for key, *_ in person.waiting()] == ["e1"]


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
def test_the_key_tells_instances_apart(together: bool) -> None:
    person = Person([plan(OnEvent("cart_add", key="product_id"), reentry="always")])
    told = [
        event(f"e{number}", "cart_add", START + number, {"product_id": product})
        for number, product in enumerate("pqpq")
    ]
    for batch in [told] if together else [[one] for one in (*told, *told)]:
        person.at(NEXT, *batch)
    assert person.waiting() == [("p", 0, START + HOUR), ("q", 0, START + 1 + HOUR)]
    assert person.counts["instances_started"] == 2


def test_two_reports_of_one_order_are_one_trigger() -> None:
    person = Person([plan(OnEvent("purchase"), reentry="always")])
    order: dict[str, Json] = {"order_id": "o1", "total": 100, "currency": "EUR"}
    person.at(START, event("e1", "purchase", START, order))
    person.at(NEXT, event("e2", "purchase", NEXT, order))
    assert person.counts["instances_started"] == 1


def test_debounce_counts_from_the_latest_event_and_sends_once() -> None:
    person = Person([plan(OnEvent("cart_add", debounce=10 * MINUTE), delays=[0, HOUR])])
    told = [event(f"e{number}", "cart_add", START + number * 5 * MINUTE) for number in range(4)]
    for one in told:
        assert person.at(one.at, one) == []
    last = told[-1].at + 10 * MINUTE
    assert person.waiting() == [("e3", 0, last), ("e3", 1, last + HOUR)]
    assert person.at(told[-1].at + 1, *told) == []
    assert person.counts["instances_restarted"] == 3
    assert person.wait(last - 1) == []
    assert person.wait(last + DAY) == [("fly_mode:t1", 0), ("fly_mode:t1", 1)]
    assert person.at(last + 2 * DAY, *told) == []
    assert person.profile.steps == ()


def test_a_segment_that_turns_by_the_clock_starts_it_at_that_instant() -> None:
    quiet: Json = {"not": {"event": "page_view", "window": {"last": "P1D"}}}
    trigger = OnSegment(SegmentId("quiet"), "entered")
    person = Person([plan(trigger, delays=[0])], {"quiet": quiet})
    person.at(START, event("v", "page_view", START))
    assert person.wait(START + DAY - 1) == []
    assert person.wait(START + DAY + SECOND) == [("fly_mode:t1", 0)]
    assert person.sent[0].started_at == person.profile.memberships[SegmentId("quiet")]


@pytest.mark.parametrize(("late", "starts"), [(0, True), (2 * HOUR, False)], ids=["fresh", "late"])
def test_a_segment_that_turns_by_an_event_starts_it_if_the_event_is_fresh(late: int, starts: bool) -> None:
    person = Person([plan(OnSegment(SegmentId("seen"), "entered"))], {"seen": {"event": "page_view"}})
    person.at(START, event("a", "search", START))
    person.at(NEXT, event("v", "page_view", NEXT - late, late=late))
    assert SegmentId("seen") in person.profile.memberships
    assert bool(person.profile.steps) is starts


def test_leaving_a_segment_is_a_trigger_too() -> None:
    rules: dict[str, Json] = {"unseen": {"not": {"event": "page_view"}}}
    person = Person([plan(OnSegment(SegmentId("unseen"), "exited"))], rules)
    person.at(START, event("a", "search", START))
    person.at(NEXT, event("v", "page_view", NEXT))
    assert [step.facts["type"] for step in person.profile.steps] == ["exited"]


def test_whoever_is_over_the_line_when_it_is_switched_on_gets_nothing() -> None:
    person = Person([])
    person.at(START, event("v", "page_view", START))
    seen: Json = {"event": "page_view"}
    person.rules = {"seen": seen}
    person.set(plan(OnSegment(SegmentId("seen"), "entered")), plan(OnClock(), name="fly_mode:t2", audience=seen))
    person.at(NEXT)
    assert SegmentId("seen") in person.profile.memberships
    assert (person.profile.steps, person.candidates) == ((), [])


def test_a_scheduled_scenario_has_its_first_message_by_a_candidate_and_later_ones_wait() -> None:
    away: Json = {"and": [{"event": "page_view"}, {"not": {"event": "page_view", "window": {"last": "P1D"}}}]}
    back = plan(OnClock(), [0, 14 * DAY], name="we_missed_you", audience=away, exit_on=frozenset({"page_view"}))
    person = Person([replace(back, send_time=SendTime("at", 10 * 60), cooldown=60 * DAY)])
    person.at(START, event("v", "page_view", START))
    assert person.wait(START + 2 * DAY) == []
    [candidate] = person.candidates
    assert (candidate.send_at % DAY, candidate.send_at - candidate.entered_at < DAY) == (10 * HOUR, True)
    assert [(place, due) for _, place, due in person.waiting()] == [(1, candidate.send_at + 14 * DAY)]
    person.at(candidate.send_at + DAY, event("w", "page_view", candidate.send_at + DAY))
    assert (person.waiting(), person.counts["steps_cancelled_exited"]) == ([], 1)
    person.wait(START + 30 * DAY)
    assert len(person.candidates) == 1
    assert person.counts["instances_refused_cooldown"] == 1


def test_an_event_scenario_makes_no_candidate_when_its_audience_turns_by_the_clock() -> None:
    away: Json = {"and": [{"event": "page_view"}, {"not": {"event": "page_view", "window": {"last": "P1D"}}}]}
    person = Person([plan(CART, audience=away)])
    person.at(START, event("v", "page_view", START))
    person.wait(START + 2 * DAY)
    assert (person.candidates, person.profile.steps) == ([], ())


@pytest.mark.parametrize(
    ("said", "counter"),
    [
        ("2026-09-21T18:00:00Z", None),
        ("2026-09-21", "instances_refused_no_instant"),
        (1_790_010_000_000, "instances_refused_no_instant"),
        (None, "instances_refused_no_instant"),
        ("2026-09-21T14:13:19Z", "instances_refused_instant_over"),
        ("2036-01-01T00:00:00Z", "instances_refused_instant_too_far"),
    ],
    ids=["an instant", "a day", "a number", "not said", "over already", "in ten years"],
)
def test_a_message_goes_so_long_before_the_instant_that_its_event_names_or_not_at_all(
    said: Json, counter: str | None
) -> None:
    booked = plan(OnEvent("booked"))
    step = replace(booked.steps[0], until=Until("visit.starts_at", -2 * HOUR))
    person = Person([replace(booked, steps=(step,))])
    person.at(START, event("b", "booked", START, {"visit": {"starts_at": said}}))
    if counter is None:
        (waiting,) = person.waiting()
        assert waiting == ("b", 0, parse_instant(str(said))[0] - 2 * HOUR)
    else:
        assert (person.waiting(), person.counts[counter]) == ([], 1)


@pytest.mark.parametrize(
    ("exit_if", "ended"),
    [
        (Exit("refund", same="order"), {"r1"}),
        (Exit("refund", (Condition(field="amount", op="gte", value=50),)), {"r2"}),
        (Exit("purchase", same="products"), {"p2"}),
    ],
    ids=["of the same order", "of such an amount", "with a product of it"],
)
def test_an_event_may_end_only_what_it_is_about(exit_if: Exit, ended: set[str]) -> None:
    order: dict[str, Json] = {"order_id": "o1", "total": 100, "currency": "EUR", "items": [{"product_id": "boots"}]}
    told = {
        "r0": event("r0", "refund", NEXT, {"order_id": "other", "amount": 10}),
        "r1": event("r1", "refund", NEXT, {"order_id": "o1", "amount": 10}),
        "r2": event("r2", "refund", NEXT, {"order_id": "other", "amount": 90}),
        "p1": event("p1", "purchase", NEXT, {**order, "order_id": "o2", "items": [{"product_id": "pans"}]}),
        "p2": event("p2", "purchase", NEXT, {**order, "order_id": "o3"}),
    }
    found = set()
    for name, one in told.items():
        person = Person([plan(OnEvent("purchase"), reentry="never", exit_if=(exit_if,))])
        person.at(START, event("e", "purchase", START, order))
        person.at(NEXT, one)
        found |= {name} if person.counts["steps_cancelled_exited"] else set()
    assert found == ended


def test_what_goes_on_just_now_puts_a_message_off_until_it_is_over() -> None:
    hold = Hold(frozenset({"checkout_start"}), 20 * MINUTE, 20 * MINUTE)
    person = Person([plan(holds=(hold,))])
    person.at(START, event("e", "cart_add", START))
    early, late = START + 30 * MINUTE, START + 50 * MINUTE
    person.at(early, event("c", "checkout_start", early))
    assert [due for *_, due in person.waiting()] == [START + HOUR]
    person.at(late, event("d", "checkout_start", late))
    assert [due for *_, due in person.waiting()] == [late + 20 * MINUTE]
    assert person.wait(late + HOUR) == [("fly_mode:t1", 0)]


def test_what_was_bought_just_now_starts_nothing() -> None:
    person = Person([plan(OnEvent("cart_add", unless_bought=DAY))], keeps_interactions=True)
    order: dict[str, Json] = {"order_id": "o1", "total": 100, "currency": "EUR", "items": [{"product_id": "boots"}]}
    person.at(START, event("e", "purchase", START, order))
    person.at(NEXT, event("a", "cart_add", NEXT, {"product_id": "boots"}))
    assert person.counts["instances_refused_bought"] == 1
    person.at(NEXT + 1, event("b", "cart_add", NEXT + 1, {"product_id": "pans"}))
    assert len(person.waiting()) == 1


@pytest.mark.parametrize(("products", "starts"), [("ab", False), ("ade", True), ("xyz", True)])
def test_the_cooldown_is_waived_for_what_is_unlike_the_last(products: str, starts: bool) -> None:
    person = Person([plan(OnEvent("cart_update"), delays=[0], cooldown=7 * DAY, unlike=50)])
    person.at(START, event("e", "cart_update", START, {"items": [{"product_id": name} for name in "abc"]}))
    then = START + DAY
    person.at(then, event("f", "cart_update", then, {"items": [{"product_id": name} for name in products]}))
    assert (len(person.sent) == 2) is starts
    assert person.counts["instances_refused_cooldown"] == int(not starts)
