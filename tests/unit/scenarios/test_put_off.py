"""A message that a gate put off waits with its visitor again, and its instance with it."""

from dataclasses import replace

from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.scenarios.defer import Defer
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.engage import put_off
from shopbell.domain.scenarios.pending import PendingStep

from tests.sim.worlds import STORE, VISITOR
from tests.unit.scenarios.person import START, Person, event, plan

EXITS = plan(delays=[0], exit_on=frozenset({"purchase"}), cooldown=DAY)


def sent() -> tuple[Person, PendingStep]:
    person = Person([EXITS])
    person.at(START, event("e1", "cart_add", START))
    later = replace(person.sent[0], state="waiting", due=START + HOUR, run="run")
    return person, later


def test_what_waits_again_goes_once_more_and_only_then_is_its_instance_over() -> None:
    person, later = sent()
    person.profile = put_off(put_off(person.profile, later), later)
    assert person.profile.latest["fly_mode:t1"].ended_at is None
    assert person.profile.wake_at == START + HOUR
    assert person.wait(START + HOUR) == [("fly_mode:t1", 0)]
    assert person.profile.latest["fly_mode:t1"].ended_at == START + HOUR


def test_an_exit_cancels_what_waits_again() -> None:
    person, later = sent()
    person.profile = put_off(person.profile, later)
    person.at(START + 1, event("b", "purchase", START + 1))
    assert person.waiting() == []
    assert person.counts["steps_cancelled_exited"] == 1


def test_nothing_waits_again_for_who_left_while_it_was_on_its_way() -> None:
    person, later = sent()
    person.at(START + 1, event("b", "purchase", START + 1))
    assert put_off(person.profile, later) is person.profile


def test_a_message_of_a_run_without_an_instance_waits_by_itself_and_exits_end_it_too() -> None:
    person, later = sent()
    person.profile = put_off(person.profile, replace(later, key="run"))
    person.at(START + 1, event("b", "purchase", START + 1))
    assert person.waiting() == []


def test_it_is_stored_under_the_version_that_was_read_and_told_to_the_clock_when_it_is_near() -> None:
    world, due = MemoryWorld(), MemoryQueue()
    person, later = sent()
    defer = Defer(MemoryVisitors(world), due, lambda: START + HOUR - 1, lambda _: None)
    world.profiles[STORE, VISITOR] = person.profile
    for _ in range(2):
        defer(STORE, VISITOR, later)
    stored = world.profiles[STORE, VISITOR]
    assert (stored.steps, stored.version) == ((later,), person.profile.version + 1)
    assert len(due.messages) == 2


def test_nobody_is_made_up_to_wait_for_a_message() -> None:
    world = MemoryWorld()
    _, later = sent()
    Defer(MemoryVisitors(world), MemoryQueue(), lambda: START, lambda _: None)(STORE, VISITOR, later)
    assert (STORE, VISITOR) not in world.profiles
    assert put_off(Profile(STORE, VISITOR), later).steps == (later,)
