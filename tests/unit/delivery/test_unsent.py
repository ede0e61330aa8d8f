"""A step that reached nobody does not count as sent, however often that is told and whatever comes between."""

from dataclasses import replace

import pytest
from shopbell.domain.clock import DAY
from shopbell.domain.ids import VisitorId
from shopbell.domain.profile import Commit
from shopbell.domain.scenarios.engage import put_off, unsent
from shopbell.domain.scenarios.pending import DEVICES, PendingStep, Ran
from shopbell.domain.scenarios.united import ran_of_both

from tests.unit.app.shop import NOON, STORE, Shop
from tests.unit.delivery.steps import GREET, deliver, greeting, profile, visitor, work
from tests.unit.scenarios.person import START, Person, event, plan

TWICE = plan(delays=[0], reentry="after", cooldown=DAY)
NAME = TWICE.scenario


def on_its_way(shop: Shop) -> None:
    """Its instance, as the fold left it when the step went on the queue."""
    known = profile(shop)
    ran = {GREET: (Ran(GREET, "signup-1", NOON, NOON, sent=1),)}
    assert shop.visitors.commit(Commit(known, replace(known, ran=ran)))


def reached(shop: Shop) -> bool:
    return profile(shop).ran[GREET][0].reached


def test_what_went_to_one_of_two_devices_was_sent_and_costs_no_further_write() -> None:
    shop = Shop()
    greeting(shop)
    visitor(shop, "ann", "a", "b")
    on_its_way(shop)
    version = profile(shop).version
    deliver(shop, work(shop))
    assert (reached(shop), profile(shop).version) == (True, version)


def test_what_ended_for_every_device_is_taken_back_once() -> None:
    shop = Shop()
    greeting(shop)
    visitor(shop, "ann", "a", "b")
    on_its_way(shop)
    version = profile(shop).version
    for _ in range(3):
        deliver(shop, work(shop, expires_at=shop.clock.now))
    assert (reached(shop), profile(shop).version) == (False, version + 1)


def test_a_scenario_that_was_switched_off_meanwhile_sent_nothing() -> None:
    shop = Shop()
    greeting(shop)
    visitor(shop)
    on_its_way(shop)
    shop.plans.clear()
    deliver(shop, work(shop))
    assert not reached(shop)


def test_what_one_device_is_spared_says_nothing_of_the_other() -> None:
    shop = Shop()
    greeting(shop)
    visitor(shop, "ann", "a", "b")
    on_its_way(shop)
    deliver(shop, work(shop))
    deliver(shop, work(shop, expires_at=shop.clock.now, facts={DEVICES: ["b"]}))
    assert reached(shop)


def started() -> tuple[Person, PendingStep]:
    person = Person([TWICE])
    person.at(START, event("e1", "cart_add", START))
    return person, person.sent[0]


@pytest.mark.parametrize("times", [1, 2], ids=["once", "told twice"])
def test_the_next_trigger_starts_once_it_is_known_that_nothing_was_sent(times: int) -> None:
    person, step = started()
    for _ in range(times):
        person.profile = unsent(person.profile, step)
    person.at(START + 1, event("e2", "cart_add", START + 1))
    assert len(person.sent) == 2


def test_and_until_then_it_does_not() -> None:
    person, _ = started()
    person.at(START + 1, event("e2", "cart_add", START + 1))
    assert len(person.sent) == 1


def test_a_step_that_was_put_off_counts_once_and_is_taken_back_at_once() -> None:
    person, step = started()
    later = replace(step, state="waiting", due=START + 1_000, run="run")
    person.profile = put_off(put_off(person.profile, later), later)
    person.wait(later.due)
    assert person.profile.ran[NAME][0].sent == 1
    person.profile = unsent(person.profile, later)
    assert not person.profile.ran[NAME][0].reached


def test_an_older_copy_of_the_person_brings_nothing_back() -> None:
    person, step = started()
    after = unsent(person.profile, step)
    for pair in ((after.ran, person.profile.ran), (person.profile.ran, after.ran)):
        assert not ran_of_both(*pair)[NAME][0].reached


def test_what_was_sent_by_another_step_stands() -> None:
    ran = Ran(NAME, "e1", START, sent=2, unsent=1)
    assert ran.reached
    assert not replace(ran, unsent=3).reached


def test_nobody_is_made_up_to_be_told() -> None:
    shop = Shop()
    greeting(shop)
    shop.send_now.unsent.take_back(STORE, VisitorId("nobody"), work(shop).step)
    assert (STORE, VisitorId("nobody")) not in shop.world.profiles
