"""Who is told what, how it is tried again, and when it is given up."""

import json
from dataclasses import replace

import pytest
from shopbell.adapters.memory.webhooks import MemoryReceiver
from shopbell.app.ends import Done, Handed
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND
from shopbell.domain.webhooks.hook import Attempt, SecretNumber, state_of
from shopbell.domain.webhooks.signing import signature
from shopbell.ports.webhooks import HookAnswer

from tests.unit.app.hooking import LAPSED, SECRET, VIP, Hooked, line, webhook
from tests.unit.app.shop import NOON, STORE

FAILED, RESTS = Done({"later_webhook_failed": 1, "webhook_failed": 1}), Done({"later_webhook_paused": 1})


def visitors(notice: object) -> list[str]:
    changes = notice.data["changes"]  # type: ignore[attr-defined]
    return [str(one["visitor_id"]) for one in changes]


def test_each_webhook_is_told_exactly_what_it_wants() -> None:
    hooked = Hooked()
    hooked.add(webhook("wh_all"))
    hooked.add(webhook("wh_in", "segment.entered"))
    hooked.add(webhook("wh_vip", segments=(VIP,)))
    hooked.add(replace(webhook("wh_off"), enabled=False))
    told = hooked.flip(line("ann"), line("bob", segment=LAPSED), line("cem", "exited"), line("dan", "exited", LAPSED))
    assert {(one.webhook, one.event, *visitors(one)) for one in told} == {
        ("wh_all", "segment.entered", "ann", "bob"),
        ("wh_all", "segment.exited", "cem", "dan"),
        ("wh_in", "segment.entered", "ann", "bob"),
        ("wh_vip", "segment.entered", "ann"),
        ("wh_vip", "segment.exited", "cem"),
    }


def test_a_change_says_who_which_segment_when_and_why_and_nothing_else() -> None:
    hooked = Hooked()
    hooked.add(webhook())
    (told,) = hooked.flip(line("ann"))
    said = json.loads(told.body)
    (change,) = said["data"].pop("changes")
    assert said == {"type": "segment.entered", "timestamp": "2026-03-02T12:00:00Z", "data": {}}
    assert change.pop("id").startswith("chg_")
    assert change == {
        "visitor_id": "ann",
        "segment_id": "vip",
        "segment_version": 3,
        "at": "2026-03-02T12:00:00Z",
        "cause": "event:ann",
        "leaf": "and.0",
    }


def test_without_a_webhook_nothing_is_queued_and_no_segment_is_looked_up() -> None:
    hooked = Hooked()
    hooked.hidden = None  # type: ignore[assignment]  # asking would fail
    assert hooked.flip(line("ann")) == []
    assert hooked.announce([]) == {}


def test_segments_that_nobody_sees_are_not_told_of() -> None:
    hooked = Hooked(hidden={LAPSED})
    hooked.add(webhook())
    (told,) = hooked.flip(line("ann"), line("bob", segment=LAPSED))
    assert visitors(told) == ["ann"]


def test_merged_lines_are_nobody_s_business() -> None:
    hooked = Hooked()
    hooked.add(webhook())
    assert hooked.flip(line("ann", "merged")) == []


def test_a_notice_has_at_most_a_hundred_changes() -> None:
    hooked = Hooked()
    hooked.add(webhook())
    told = hooked.flip(*(line(f"v{number}") for number in range(250)))
    assert [len(visitors(one)) for one in told] == [100, 100, 50]


def test_the_same_batch_again_has_the_same_ids_and_a_cut_one_has_the_same_changes() -> None:
    hooked = Hooked()
    hooked.add(webhook())
    lines = [line("ann"), line("bob")]
    first, again = hooked.flip(*lines), hooked.flip(*lines)
    hooked.shop.clock.now += MINUTE
    assert [one.id for one in first] == [one.id for one in again] == [one.id for one in hooked.flip(*lines)]
    (alone,) = hooked.flip(lines[1])
    assert alone.id != first[0].id
    assert alone.data["changes"] == first[0].data["changes"][1:]  # type: ignore[index]


def test_another_entry_of_the_same_visitor_is_another_change() -> None:
    hooked = Hooked()
    hooked.add(webhook())
    (one,), (other,) = hooked.flip(line("ann")), hooked.flip(line("ann", version=9))
    assert one.id != other.id


def test_a_delivery_is_signed_with_the_webhook_s_secret_and_counted() -> None:
    hooked = Hooked()
    hooked.add(webhook())
    (told,) = hooked.flip(line("ann"))
    assert hooked.attempt(told, 204) == Done({"webhook_delivered": 1})
    ((url, headers, body),) = hooked.receiver.posts
    assert url == "https://1.hooks.example/in"
    assert headers["webhook-id"] == told.id
    assert headers["webhook-signature"] == signature(SECRET + b"\x01", told.id, NOON // SECOND, body)
    went = hooked.deliveries()
    assert (went.delivered, went.failed, went.status, went.delivered_at) == (1, 0, 204, NOON)


def test_during_the_overlap_both_secrets_sign_and_then_the_new_one_alone() -> None:
    hooked = Hooked()
    hooked.add(replace(webhook(), secrets=(SecretNumber(1, NOON + HOUR), SecretNumber(2))))
    (told,) = hooked.flip(line("ann"))
    hooked.attempt(told, 204)
    hooked.shop.clock.now += HOUR
    hooked.attempt(told, 204)
    signatures = [headers["webhook-signature"].split() for _, headers, _ in hooked.receiver.posts]
    assert [len(each) for each in signatures] == [2, 1]
    now, body = hooked.shop.clock.now // SECOND, told.body
    assert signatures[1] == [signature(SECRET + b"\x02", told.id, now, body)]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (0, "no answer in time"),
        (500, "answered 500"),
        (404, "answered 404"),
        (302, "answered 302: redirects are not followed"),
    ],
)
def test_what_is_not_taken_comes_back_and_the_webhook_is_failing_until_one_is_taken(status: int, error: str) -> None:
    hooked = Hooked()
    hook = hooked.add(webhook())
    (told,) = hooked.flip(line("ann"))
    assert hooked.attempt(told, status) == FAILED
    assert hooked.put_back() == (replace(told, tried=1, due=NOON + 5 * SECOND), 5 * SECOND)
    assert hooked.deliveries().error == error
    assert state_of(hook, hooked.deliveries()) == "failing"
    hooked.shop.clock.now += 10 * SECOND
    hooked.attempt(told, 200)
    assert state_of(hook, hooked.deliveries()) == "active"
    assert (hooked.deliveries().delivered, hooked.deliveries().failed) == (1, 1)


def test_waits_grow_with_each_attempt() -> None:
    hooked = Hooked()
    hooked.add(webhook())
    (told,) = hooked.flip(line("ann"))
    waits = []
    for tried, age in ((0, 0), (3, MINUTE), (49, 30 * MINUTE), (59, 8 * HOUR)):
        hooked.shop.clock.now = NOON + age
        hooked.attempt(replace(told, tried=tried))
        again, wait = hooked.put_back()
        assert again.tried == tried + 1
        waits.append(wait // SECOND)
    assert waits == [5, 40, 450, 1_800]


def test_what_is_due_later_than_a_queue_can_wait_is_put_back_once_more_unread() -> None:
    hooked = Hooked()
    hooked.add(webhook())
    (told,) = hooked.flip(line("ann"))
    told = replace(told, tried=3, due=NOON + HOUR)
    assert hooked.attempt(told, 200) == Done({"later_not_due": 1})
    assert hooked.put_back() == (told, HOUR)
    assert hooked.receiver.posts == []


def test_a_receiver_that_is_down_is_asked_now_and_then_whatever_waits_for_it_and_others_are_not_held_up() -> None:
    hooked = Hooked()
    hooked.add(webhook("wh_down"))
    hooked.add(webhook("wh_well"))
    down, well = hooked.flip(line("ann"))
    hooked.attempt(down)
    hooked.queue.take()
    assert hooked.attempt(down) == RESTS
    assert hooked.put_back()[1] == 12_500
    assert hooked.attempt(well, 200) == Done({"webhook_delivered": 1})
    assert [url for url, *_ in hooked.receiver.posts] == [
        "https://down.hooks.example/in",
        "https://well.hooks.example/in",
    ]
    hooked.shop.clock.now += 2 * HOUR
    hooked.attempt(down)
    assert hooked.deliveries("wh_down").paused_until == hooked.shop.clock.now + 15 * MINUTE


def test_a_slow_answer_is_taken_and_the_webhook_rests_for_as_long() -> None:
    hooked = Hooked()
    hooked.add(webhook())
    (told,) = hooked.flip(line("ann"))
    hooked.receiver.answer = lambda _: HookAnswer(200, took=8 * SECOND)
    assert hooked.deliver(told, Handed()) == Done({"webhook_delivered": 1})
    assert hooked.attempt(told, 200) == RESTS
    assert hooked.put_back()[1] == 10_500


@pytest.mark.parametrize(("age", "wait"), [(0, 7_500), (MINUTE, 17_500), (30 * MINUTE, 506_250), (5 * HOUR, 900_000)])
def test_the_older_what_waits_is_the_less_often_it_is_looked_at(age: int, wait: int) -> None:
    """Also where the webhook rests for a moment at a time all day."""
    hooked = Hooked()
    hook = hooked.add(webhook())
    (told,) = hooked.flip(line("ann"))
    now = hooked.shop.clock.now = NOON + age
    hooked.went.note(STORE, hook.id, Attempt(now, 200, pause=2 * SECOND))
    assert hooked.attempt(told) == RESTS
    assert hooked.put_back()[1] == wait


def test_what_a_receiver_asks_for_is_not_undercut() -> None:
    hooked = Hooked()
    hooked.add(webhook())
    (told,) = hooked.flip(line("ann"))
    asked = [("120", 120 * SECOND), (" 1800 ", HOUR // 2), ("999999", HOUR), ("soon", 5 * SECOND)]
    asked += [("Mon, 02 Mar 2026 16:30:00 GMT", HOUR // 2), ("Mon, 02 Mar 2026 12:00:00 GMT", 5 * SECOND)]
    for text, wait in asked:
        receiver = MemoryReceiver(lambda _, text=text: HookAnswer(503, headers={"retry-after": text}))  # type: ignore[misc]
        deliver = replace(hooked.deliver, transport=receiver)
        deliver(told, Handed())
        assert hooked.put_back()[1] == wait
        hooked.shop.clock.now += HOUR


def test_after_a_day_a_notice_is_given_up_with_a_last_attempt() -> None:
    hooked = Hooked()
    hooked.add(webhook())
    (told,) = hooked.flip(line("ann"))
    hooked.shop.clock.now = NOON + DAY - SECOND
    hooked.attempt(replace(told, tried=40))
    assert hooked.put_back()[1] == SECOND
    hooked.shop.clock.now = NOON + DAY + 10 * SECOND
    assert hooked.attempt(told) == Done({"webhook_failed": 1, "webhook_given_up": 1})
    assert (hooked.deliveries().given_up, hooked.deliveries().failed) == (1, 2)


def test_what_waits_for_one_that_rests_at_the_end_of_the_day_is_given_up_without_an_attempt() -> None:
    hooked = Hooked()
    hooked.add(webhook())
    told, other = *hooked.flip(line("ann")), *hooked.flip(line("bob"))
    hooked.shop.clock.now = NOON + DAY
    hooked.attempt(told)
    assert hooked.attempt(other) == Done({"webhook_given_up": 1})
    assert (hooked.deliveries().given_up, hooked.deliveries().failed) == (2, 1)
    assert len(hooked.receiver.posts) == 1


def test_a_receiver_that_says_it_is_gone_is_told_nothing_any_more() -> None:
    hooked = Hooked()
    hooked.add(webhook())
    told, other = *hooked.flip(line("ann")), *hooked.flip(line("bob"))
    assert hooked.attempt(told, 410) == Done({"webhook_failed": 1, "webhook_given_up": 1})
    (stored,) = hooked.hooks.all(STORE)
    assert (stored.enabled, stored.stopped) == (False, "answered 410 Gone")
    assert hooked.attempt(other, 200) == Done({"webhook_disabled": 1, "webhook_given_up": 1})
    assert hooked.deliveries().given_up == 2
    assert hooked.flip(line("cem")) == []


def test_a_webhook_that_is_deleted_meanwhile_is_told_nothing() -> None:
    hooked = Hooked()
    hook = hooked.add(webhook())
    (told,) = hooked.flip(line("ann"))
    assert hooked.hooks.delete(STORE, hook.id, expected=hook.revision)
    assert hooked.attempt(told, 200) == Done({"webhook_gone": 1})
    assert hooked.receiver.posts == []


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://10.0.0.1/", "http://hooks.example/", "http://127.0.0.1:80/"]
)
def test_an_address_that_got_in_all_the_same_is_refused_at_delivery(url: str) -> None:
    hooked = Hooked()
    hooked.add(replace(webhook(), url=url))
    (told,) = hooked.flip(line("ann"))
    hooked.attempt(told, 200)
    assert hooked.receiver.posts == []
    assert hooked.deliveries().error == "refused"


def test_a_webhook_without_its_secret_is_not_posted_to_unsigned() -> None:
    hooked = Hooked()
    hooked.hooks.save(webhook(), expected=None)
    (told,) = hooked.flip(line("ann"))
    hooked.attempt(told, 200)
    assert (hooked.receiver.posts, hooked.deliveries().error) == ([], "no secret")
