"""Instances of several keys run side by side: each booking has its own reminder."""

from dataclasses import replace

import pytest
from shopbell.domain.clock import DAY, HOUR, Instant
from shopbell.domain.scenarios.plan import OnEvent, Plan
from shopbell.domain.scenarios.terms import terms_of

from tests.unit.scenarios.person import START, Person, event, plan

BY_BOOKING = OnEvent("checkout_start", key="booking", apart=True)
REMINDER = plan(BY_BOOKING, [3 * DAY], cooldown=DAY)
ONE_AT_A_TIME = replace(REMINDER, trigger=replace(BY_BOOKING, apart=False))


def sent(wanted: Plan, *bookings: tuple[str, Instant]) -> tuple[list[Instant], Person]:
    """When each reminder went, after the start."""
    person, went = Person([wanted]), list[Instant]()
    person.at(START)
    for number, (booking, at) in enumerate(bookings, 1):
        person.at(START + at, event(str(number), "checkout_start", START + at, {"booking": booking}))
    while (wake_at := person.profile.wake_at) is not None:
        went += [wake_at - START for _ in person.at(wake_at)]
    return went, person


@pytest.mark.parametrize(
    ("second", "at", "went", "why"),
    [
        pytest.param("b", DAY, [3 * DAY, 4 * DAY], None, id="another a day later: beside the first"),
        pytest.param("b", DAY - 1, [3 * DAY], "cooldown", id="another within the cooldown"),
        pytest.param("a", DAY, [3 * DAY], None, id="the same once more: one"),
    ],
)
def test_each_key_is_an_instance_of_its_own(second: str, at: Instant, went: list[Instant], why: str | None) -> None:
    found, person = sent(REMINDER, ("a", 0), (second, at))
    assert found == went
    assert {name for name in person.counts if name.startswith("instances_refused")} == (
        set() if why is None else {f"instances_refused_{why}"}
    )


def test_the_cooldown_counts_from_the_last_message_where_one_was_sent() -> None:
    person = Person([replace(REMINDER, steps=plan(BY_BOOKING, [HOUR]).steps)])
    person.at(START, event("1", "checkout_start", START, {"booking": "a"}))
    person.wait(START + DAY)
    for number, at in (("2", DAY), ("3", DAY + HOUR)):
        person.at(START + at, event(number, "checkout_start", START + at, {"booking": number}))
    assert person.counts["instances_refused_cooldown"] == 1
    assert person.counts["instances_started"] == 2


def test_elsewhere_a_running_instance_stands_in_the_way() -> None:
    found, person = sent(ONE_AT_A_TIME, ("a", 0), ("b", DAY))
    assert found == [3 * DAY]
    assert person.counts["instances_refused_running"] == 1


def test_what_was_let_in_is_not_stopped_by_the_others_messages() -> None:
    assert terms_of(REMINDER, 0).cooldown == 0
    assert terms_of(ONE_AT_A_TIME, 0).cooldown == DAY
