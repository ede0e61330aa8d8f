"""Notices for the event bus: delivered, tried again, given up and counted as those for addresses are."""

from dataclasses import replace

import orjson
import pytest
from shopbell.app.ends import Done, Handed
from shopbell.domain.clock import HOUR, SECOND
from shopbell.domain.ids import EventId, SegmentId, VisitorId
from shopbell.domain.membership import Flip, LogLine
from shopbell.domain.webhooks.hook import TEST_EVENT, Webhook
from shopbell.domain.webhooks.notice import MAX_CHANGES, Notice
from shopbell.ports.webhooks import HookAnswer

from tests.unit.app.hooking import Hooked, line, webhook
from tests.unit.app.shop import NOON, STORE

REFUSED = HookAnswer(0, "the event bus refused it: ThrottlingException")
ENTRY = 256 * 1024
"""Bytes of an entry that whatever an event is passed on to takes (PutEvents itself takes 1 MB since January 2026)."""


@pytest.fixture
def hooked() -> Hooked:
    made = Hooked()
    made.add(bus())
    return made


def bus() -> Webhook:
    return replace(webhook(), url="", event_bus=True, secrets=())


def test_what_is_told_is_put_on_the_bus_and_posted_nowhere(hooked: Hooked) -> None:
    (told,) = hooked.flip(line("ann"), line("ben"))
    assert hooked.deliver(told, Handed(1, 0)) == Done({"webhook_delivered": 1})
    assert (hooked.bus.events, hooked.receiver.posts) == ([told], [])
    assert (hooked.deliveries().delivered, hooked.deliveries().status) == (1, 200)


def test_an_event_says_whose_it_is_and_by_which_id_a_repeat_is_known(hooked: Hooked) -> None:
    (told,) = hooked.flip(line("ann"))
    detail = orjson.loads(told.detail)
    assert detail == {**orjson.loads(told.body)["data"], "store_id": STORE, "message_id": told.id}


def test_nothing_that_is_told_can_speak_for_another_store() -> None:
    said = Notice(STORE, bus().id, "msg_1", TEST_EVENT, NOON, {"store_id": "theirs", "message_id": "other"})
    assert orjson.loads(said.detail) == {"store_id": STORE, "message_id": "msg_1"}


def test_what_the_bus_refuses_is_tried_again_for_a_day_and_then_given_up(hooked: Hooked) -> None:
    (told,) = hooked.flip(line("ann"))
    hooked.bus.answer = REFUSED
    assert hooked.deliver(told, Handed(1, 0)) == Done({"later_webhook_failed": 1, "webhook_failed": 1})
    assert hooked.put_back()[0].tried == 1
    went = hooked.deliveries()
    assert (went.failed, went.given_up, went.status, went.error) == (1, 0, None, REFUSED.failure)
    hooked.shop.clock.now += 24 * HOUR
    assert hooked.deliver(told, Handed(40, 24 * HOUR)) == Done({"webhook_failed": 1, "webhook_given_up": 1})
    assert hooked.deliveries().given_up == 1


def test_while_it_refuses_the_rest_waits_unread_and_goes_on_when_it_takes_again(hooked: Hooked) -> None:
    first, second = (*hooked.flip(line("ann")), *hooked.flip(line("ben")))
    hooked.bus.answer = REFUSED
    hooked.deliver(first, Handed(1, 0))
    assert hooked.deliver(second, Handed(1, 0)) == Done({"later_webhook_paused": 1})
    assert hooked.bus.events == [first]
    hooked.bus.answer = HookAnswer(200)
    hooked.shop.clock.now += 20 * SECOND
    for one in (first, second):
        assert hooked.deliver(one, Handed(2, 0)) == Done({"webhook_delivered": 1})
    assert (hooked.deliveries().failing_since, hooked.deliveries().delivered) == (None, 2)


def test_one_that_is_switched_off_is_told_nothing_but_tests_and_the_rest_waits(hooked: Hooked) -> None:
    (told,) = hooked.flip(line("ann"))
    hooked.hooks.save(replace(bus(), enabled=False, revision=2), expected=1)
    assert hooked.deliver(told, Handed(1, 0)) == Done({"later_webhook_off": 1})
    test = replace(told, event=TEST_EVENT, data={})
    assert hooked.deliver(test, Handed(1, 0)) == Done({"webhook_delivered": 1})
    assert hooked.bus.events == [test]


def test_the_largest_message_fits_into_an_entry(hooked: Hooked) -> None:
    """128 characters an id, of four bytes each, and a leaf at the bottom of the deepest rule."""
    long = "\N{BELL}" * 128
    cause, leaf = f"event:{EventId(long)}", ".".join(["and.100"] * 8)
    lines = [
        LogLine(VisitorId(long[:-3] + f"{n:03d}"), Flip(SegmentId(long), 10**6, "entered", NOON, cause, leaf), n)
        for n in range(MAX_CHANGES)
    ]
    (told,) = hooked.flip(*lines)
    assert len(orjson.loads(told.detail)["changes"]) == MAX_CHANGES
    assert len(told.detail.encode()) + 1_000 < ENTRY
