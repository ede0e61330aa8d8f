"""What ends an instance, or keeps another from starting: exits, the audience, cooldowns, limits, switching off."""

from dataclasses import replace

import pytest
from shopbell.domain.clock import DAY, HOUR, MINUTE, Duration
from shopbell.domain.events import Json
from shopbell.domain.profile import revised
from shopbell.domain.scenarios.agenda import MAX_STEPS
from shopbell.domain.scenarios.engage import queued
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.scenarios.plan import OnEvent, Reentry

from tests.unit.scenarios.person import CART, NEXT, START, Person, event, plan

BOUGHT = frozenset({"purchase"})


def started(person: Person) -> Person:
    person.at(START, event("e1", "cart_add", START))
    assert person.profile.steps
    return person


@pytest.mark.parametrize(
    ("at", "late", "backfill", "ends"),
    [
        (START + 1, 0, False, True),
        (START, 0, False, True),
        (START - 1, 0, False, False),
        (START - 1, 2, False, True),
        (START - 2 * HOUR, 3 * HOUR, False, False),
        (START - 1, 2, True, False),
        (START + 1, 0, True, True),
    ],
    ids=[
        "after it",
        "at the same instant",
        "before it",
        "before it and reported after it",
        "long before it and reported after it",
        "before it and filled in after it",
        "after it and filled in",
    ],
)
def test_an_exit_event_cancels_what_waits(at: int, late: Duration, backfill: bool, ends: bool) -> None:
    person = started(Person([plan(delays=[MINUTE, HOUR], exit_on=BOUGHT)]))
    person.at(START + 3, event("b", "purchase", at, late=late, backfill=backfill))
    assert (person.profile.steps == ()) is ends
    assert person.counts["steps_cancelled_exited"] == (2 if ends else 0)
    assert (person.profile.latest["fly_mode:t1"].exited_at == at) is ends


def test_an_old_exit_event_that_is_repeated_does_not_end_what_started_after_it() -> None:
    bought = event("b", "purchase", START - 1)
    person = Person([plan(exit_on=BOUGHT)])
    person.at(START - 1, bought)
    started(person).at(NEXT, bought)
    assert len(person.profile.steps) == 1


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
def test_what_was_cancelled_unsent_makes_room_for_the_next(together: bool) -> None:
    told = [
        event("e1", "cart_add", START),
        event("b", "purchase", START + 1),
        event("e2", "cart_add", START + 2),
    ]
    person = Person([plan(exit_on=BOUGHT, cooldown=DAY)])
    for batch in [told] if together else [[one] for one in (*told, *told)]:
        person.at(NEXT, *batch)
    assert person.waiting() == [("e2", 0, START + 2 + HOUR)]


def test_an_event_that_both_starts_and_ends_does_not_end_what_it_started() -> None:
    person = Person([plan(OnEvent("purchase", key="order_id"), exit_on=BOUGHT)])
    order: dict[str, Json] = {"order_id": "o1", "total": 100, "currency": "EUR"}
    for _ in range(2):
        person.at(START, event("b", "purchase", START, order))
    assert person.waiting() == [("o1", 0, START + HOUR)]


@pytest.mark.parametrize("rechecked", [True, False])
def test_leaving_the_audience_cancels_where_it_is_checked_again(rechecked: bool) -> None:
    unseen: Json = {"not": {"event": "search"}}
    person = started(Person([plan(audience=unseen, recheck_audience=rechecked)]))
    person.at(NEXT, event("s", "search", NEXT))
    assert (person.profile.steps == ()) is rechecked
    assert person.counts["steps_cancelled_audience_left"] == int(rechecked)


@pytest.mark.parametrize(
    ("reentry", "cooldown", "at", "reason"),
    [
        ("after", 0, HOUR - 1, "running"),
        ("after", 0, HOUR, None),
        ("after", DAY, HOUR + DAY - 1, "cooldown"),
        ("after", DAY, HOUR + DAY, None),
        ("never", 0, 100 * DAY, "reentry"),
        ("always", DAY, 1, None),
    ],
)
def test_the_next_instance_waits_for_the_end_of_the_last(
    reentry: Reentry, cooldown: Duration, at: Duration, reason: str | None
) -> None:
    person = started(Person([plan(reentry=reentry, cooldown=cooldown)]))
    person.wait(START + at)
    person.at(START + at, event("e2", "cart_add", START + at))
    refused = {name.rpartition("_")[2]: number for name, number in person.counts.items() if "refused" in name}
    assert refused == ({} if reason is None else {reason: 1})
    assert ("e2" in [key for key, *_ in person.waiting()]) is (reason is None)


def test_so_many_instances_within_so_long() -> None:
    person = Person([plan(delays=[0], reentry="always", max_per_user=(2, DAY))])
    for number in range(4):
        at = START + number * 10 * HOUR
        person.at(at, event(f"e{number}", "cart_add", at))
    assert [step.key for step in person.sent] == ["e0", "e1", "e3"]


def test_a_message_whose_relevance_is_over_is_skipped_with_its_reason() -> None:
    person = started(Person([plan()]))
    assert person.at(START + HOUR + DAY) == []
    assert person.counts["steps_skipped_expired"] == 1
    assert person.profile.latest["fly_mode:t1"].ended_at == START + HOUR


def test_what_waits_for_a_scenario_that_was_switched_off_is_skipped_when_it_is_due() -> None:
    person = started(Person([plan()]))
    person.set()
    person.at(NEXT)
    assert len(person.waiting()) == 1
    assert person.wait(START + HOUR) == []
    assert person.waiting() == []
    assert person.counts["steps_skipped_scenario_off"] == 1


def test_a_message_that_was_switched_off_is_skipped_and_the_next_one_goes() -> None:
    two = plan(delays=[HOUR, 2 * HOUR])
    person = started(Person([two]))
    person.set(replace(two, steps=(replace(two.steps[0], enabled=False), two.steps[1])))
    assert person.wait(START + 2 * HOUR) == [("fly_mode:t1", 1)]
    assert person.counts["steps_skipped_step_off"] == 1


def test_a_message_put_off_from_a_campaign_goes_when_it_is_due() -> None:
    person = Person([])
    person.at(START, event("v", "page_view", START))
    step = PendingStep("campaign", "summer", "run", 0, NEXT, START, START + DAY, run="run")
    person.profile = revised(person.profile, steps=(step,), wake_at=NEXT)
    assert person.wait(NEXT) == [("summer", 0)]
    assert person.profile.steps == ()


def test_of_more_messages_than_may_wait_the_latest_are_dropped() -> None:
    person = Person([plan(CART, delays=[HOUR, DAY], reentry="always")])
    person.at(NEXT, *[event(f"e{number:02}", "cart_add", START + number) for number in range(MAX_STEPS)])
    assert len(person.profile.steps) == MAX_STEPS
    assert {place for _, place, _ in person.waiting()} == {0}
    assert person.counts["steps_dropped_too_many"] == MAX_STEPS


def test_each_message_is_due_once_however_late_and_often_it_is_looked_at() -> None:
    person = started(Person([plan(delays=[HOUR, 2 * HOUR])]))
    assert person.at(START + 5 * HOUR) == [("fly_mode:t1", 0), ("fly_mode:t1", 1)]
    assert person.at(START + 5 * HOUR) == []
    assert queued(person.profile) == ()
