"""One chunk: who is posted to, how each answer ends, and what comes back later."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from shopbell.app.delivery.send import MAX_ERRORS
from shopbell.app.ends import Done, Handed, Later
from shopbell.domain.clock import HOUR, MINUTE, SECOND
from shopbell.domain.content import Content
from shopbell.domain.ids import VapidKeyId, VisitorId
from shopbell.domain.push.token import MessageRef, TokenKey, open_token
from shopbell.domain.push.values import PushAnswer, PushRequest
from shopbell.domain.store import VapidKey

from tests.unit.app.chunks import ends, one_chunk, send
from tests.unit.app.pushing import put_off
from tests.unit.app.shop import NOON, STORE, Shop


def payload_of(request: PushRequest) -> dict[str, object]:
    found: dict[str, object] = json.loads(request.body)
    return found


def test_a_message_is_rendered_headed_and_posted() -> None:
    shop = Shop()
    run, chunk = one_chunk(shop)
    shop.fold(shop.event("v000", "traits_changed", None, {"traits": {"custom": {"first_name": "Ann"}}}))
    assert send(shop, chunk) == Done({"accepted": 1, "chunks_done": 1})
    (post,) = shop.push.posts
    assert (post.headers["TTL"], post.headers["Urgency"]) == ("86400", "normal")
    assert len(post.headers["Topic"]) == 32
    said = payload_of(post)["notification"]
    assert isinstance(said, dict)
    assert (said["title"], said["body"], said["tag"]) == ("Hello Ann", "News from Boot Shop", post.headers["Topic"])
    assert str(said["navigate"]).startswith("https://shop.example.com/news?sb_m=")
    assert ends(shop, run, chunk) == ["accepted"]


def test_the_token_says_which_message_and_is_the_same_at_every_try() -> None:
    shop = Shop()
    run, chunk = one_chunk(shop)
    shop.push.answer = lambda _: put_off(5)
    send(shop, chunk)
    shop.push.answer = lambda _: PushAnswer(201)
    shop.clock.now += MINUTE
    send(shop, chunk)
    tokens = {json.loads(post.body)["notification"]["data"]["message"] for post in shop.push.posts}
    (token,) = tokens
    opened = open_token(token, [TokenKey(1, bytes(32))], NOON)
    assert isinstance(opened, MessageRef)
    assert (opened.store, opened.run) == (STORE, run.id)


def test_whoever_has_an_end_is_not_posted_to_again() -> None:
    shop = Shop()
    _, chunk = one_chunk(shop, 3)
    send(shop, chunk)
    assert send(shop, chunk) == Done({"chunks_done": 1})
    assert len(shop.push.posts) == 3


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(PushAnswer(201), "accepted", id="accepted"),
        pytest.param(PushAnswer(404), "retired", id="unknown"),
        pytest.param(PushAnswer(410), "retired", id="gone"),
        pytest.param(PushAnswer(400), "failed:refused", id="bad request"),
        pytest.param(PushAnswer(403), "failed:refused", id="forbidden"),
        pytest.param(PushAnswer(403, "VapidPkHashMismatch"), "failed:key_mismatch", id="another key"),
        pytest.param(PushAnswer(413), "failed:too_large", id="too large"),
        pytest.param(PushAnswer(301), "failed:redirect", id="redirect"),
    ],
)
def test_each_answer_has_its_end_and_only_gone_deletes(answer: PushAnswer, outcome: str) -> None:
    shop = Shop()
    run, chunk = one_chunk(shop)
    shop.push.answer = lambda _: answer
    told = {"key_mismatch": 1} if outcome == "failed:key_mismatch" else {}
    assert send(shop, chunk) == Done(Counter({outcome: 1, "chunks_done": 1, **told}))
    assert ends(shop, run, chunk) == [outcome]
    assert (shop.subscriptions.find(STORE, chunk.recipients[0].subscription) is None) is (outcome == "retired")


def test_a_dead_subscription_leaves_the_visitor_unreachable_once_folded() -> None:
    shop = Shop()
    _, chunk = one_chunk(shop)
    shop.push.answer = lambda _: PushAnswer(410)
    send(shop, chunk)
    log = list(shop.events.of(STORE, VisitorId("v000")))
    assert [event.type for item in log for event in item.events] == ["unsubscribed"]
    shop.fold(*log)
    assert not shop.visitors.load(STORE, VisitorId("v000")).reachable


def test_what_is_put_off_comes_back_no_sooner_than_the_service_said_and_the_rest_is_done() -> None:
    shop = Shop()
    run, chunk = one_chunk(shop, 3)
    shop.push.answer = lambda request: put_off(120) if "v001" in request.url else PushAnswer(201)
    end = send(shop, chunk)
    assert isinstance(end, Later)
    assert (end.seconds >= 120, end.reason) == (True, "put_off")
    assert ends(shop, run, chunk) == ["accepted", "open", "accepted"]
    shop.push.answer = lambda _: PushAnswer(201)
    send(shop, chunk, Handed(2, 120 * SECOND))
    assert shop.push.by_url.most_common(1)[0][1] == 2
    assert ends(shop, run, chunk) == ["accepted"] * 3


def test_a_service_that_is_down_is_not_hammered() -> None:
    shop = Shop()
    _, chunk = one_chunk(shop, 300)
    shop.push.answer = lambda _: PushAnswer(503)
    assert isinstance(send(shop, chunk), Later)
    assert len(shop.push.posts) == 50


@pytest.mark.parametrize(
    ("receives", "age", "most"),
    [
        pytest.param(1, 0, 10 * SECOND, id="first"),
        pytest.param(3, MINUTE, 40 * SECOND, id="third"),
        pytest.param(60, 30 * MINUTE, 15 * MINUTE, id="first hour"),
        pytest.param(70, 2 * HOUR, 30 * MINUTE, id="second hour"),
        pytest.param(400, 9 * HOUR, HOUR, id="later"),
    ],
)
def test_back_off_doubles_up_to_its_cap(receives: int, age: int, most: int) -> None:
    shop = Shop()
    _, chunk = one_chunk(shop)
    shop.push.answer = lambda _: PushAnswer(503)
    end = send(shop, chunk, Handed(receives, age))
    assert isinstance(end, Later)
    assert end.wait == most // 2


def test_what_a_service_has_taken_something_of_is_tried_anew_as_if_it_had_never_waited() -> None:
    shop = Shop()
    run, chunk = one_chunk(shop, 2)
    shop.push.answer = lambda request: PushAnswer(503 if "v001" in request.url else 201)
    served = send(shop, chunk, Handed(60, 5 * HOUR))
    assert isinstance(served, Later)
    assert served.wait == 5 * SECOND
    shop.push.answer = lambda _: PushAnswer(503)
    waits = {}
    for receives, later in ((61, MINUTE), (80, HOUR), (90, 2 * HOUR)):
        shop.clock.now = NOON + later
        end = send(shop, chunk, Handed(receives, 5 * HOUR + later))
        assert isinstance(end, Later)
        waits[receives] = end.wait
    assert waits == {61: 10 * SECOND, 80: 15 * MINUTE // 2, 90: 15 * MINUTE}
    assert ends(shop, run, chunk) == ["accepted", "open"]


def test_a_second_message_of_the_same_chunk_waits_by_its_own_count() -> None:
    shop = Shop()
    _, chunk = one_chunk(shop, 2)
    shop.push.answer = lambda request: PushAnswer(503 if "v001" in request.url else 201)
    send(shop, chunk, Handed(60, 5 * HOUR))
    shop.push.answer = lambda _: PushAnswer(503)
    end = send(shop, chunk, Handed(1, 0))
    assert isinstance(end, Later)
    assert end.wait == 5 * SECOND


def test_fifty_refusals_of_one_key_stop_the_run_and_blame_nobody() -> None:
    shop = Shop()
    run, chunk = one_chunk(shop, 120)
    shop.push.answer = lambda _: PushAnswer(403, '{"reason": "BadJwtToken"}')
    end = send(shop, chunk)
    assert isinstance(end, Later)
    assert (end.reason, end.counts["runs_stopped"], len(shop.push.posts)) == ("run_stopped", 1, 50)
    assert ends(shop, run, chunk) == ["open"] * 120
    assert len(shop.world.subscriptions) == 120
    (message,) = shop.parked.take()
    assert message.body["reason"] == "run stopped: failed:refused 403 BadJwtToken at https://fcm.googleapis.com"
    stopped = send(shop, chunk)
    assert isinstance(stopped, Later)
    assert stopped.reason == "run_paused"
    shop.runs.set_state(STORE, run.id, "sending")
    shop.push.answer = lambda _: PushAnswer(201)
    send(shop, chunk)
    assert ends(shop, run, chunk) == ["accepted"] * 120


def test_an_acceptance_between_refusals_begins_the_count_anew() -> None:
    shop = Shop()
    _, chunk = one_chunk(shop, 99)
    shop.push.answer = lambda request: PushAnswer(201 if "v049" in request.url else 400)
    assert send(shop, chunk) == Done(Counter({"failed:refused": 98, "accepted": 1, "chunks_done": 1}))


def test_the_same_subscription_twice_in_a_chunk_is_posted_to_once() -> None:
    shop = Shop()
    run = shop.run()
    sub = shop.subscribe("ann")
    chunk = shop.chunk(run, ("ann", sub), ("ann", sub))
    send(shop, chunk)
    assert ends(shop, run, chunk) == ["accepted", "skipped:duplicate"]
    assert len(shop.push.posts) == 1


def test_a_failing_template_is_sent_as_plain_words_and_counted() -> None:
    shop = Shop()
    _, chunk = one_chunk(shop, content=Content("Hi {{ 1 | divided_by: 0 }}you", "{% if %}Sale", "/a"))
    end = send(shop, chunk)
    assert (end.counts["template_title"], end.counts["template_body"]) == (1, 1)
    said = payload_of(shop.push.posts[0])["notification"]
    assert isinstance(said, dict)
    assert (said["title"], said["body"]) == ("Hi you", "Sale")


def test_a_store_that_paused_sending_keeps_its_chunks() -> None:
    shop = Shop()
    run, chunk = one_chunk(shop)
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], sending="paused")
    end = send(shop, chunk)
    assert isinstance(end, Later)
    assert (end.reason, ends(shop, run, chunk), shop.push.posts) == ("sending_paused", ["open"], [])


def test_without_time_for_another_round_the_rest_comes_at_once() -> None:
    shop = Shop()
    run, chunk = one_chunk(shop, 120)
    ticks = iter([60_000, 60_000, 0])
    end = shop.send(chunk, Handed(), lambda: next(ticks))
    assert isinstance(end, Later)
    assert (end.seconds, end.reason, ends(shop, run, chunk).count("accepted")) == (1, "out_of_time", 50)


def test_after_five_failures_of_ours_the_chunk_is_parked_with_the_reason() -> None:
    shop = Shop()
    _, chunk = one_chunk(shop)
    shop.world.secrets.clear()
    for _ in range(MAX_ERRORS - 1):
        end = send(shop, chunk)
        assert isinstance(end, Later)
        assert end.reason == "failed"
    assert send(shop, chunk).counts["chunks_parked"] == 1
    assert str(shop.parked.take()[0].body["reason"]).startswith("NotFound in ")


def test_each_subscription_is_signed_with_the_key_it_was_made_with() -> None:
    shop = Shop()
    store = shop.world.stores[STORE]
    old = VapidKey(VapidKeyId("k0"), "public0", "retiring", NOON)
    shop.world.stores[STORE] = replace(store, vapid_keys=(*store.vapid_keys, old))
    _, chunk = one_chunk(shop, 2)
    row = shop.subscriptions.find(STORE, chunk.recipients[0].subscription)
    assert row is not None
    shop.subscriptions.put(replace(row, vapid_key=old.id), None)
    post = replace(shop.send.post, sign=lambda store, origin, key, now: f"vapid {store.id} {origin} {key} {now}")
    replace(shop.send, post=post)(chunk, Handed(), shop.left)
    signed = [request.headers["Authorization"] for request in shop.push.posts]
    assert signed == [f"vapid {STORE} https://fcm.googleapis.com {key} {NOON}" for key in ("k0", "k1")]


def test_a_run_that_is_gone_needs_nothing() -> None:
    shop = Shop()
    run, chunk = one_chunk(shop)
    del shop.world.runs[STORE, run.id]
    assert send(shop, chunk) == Done({"run_gone": 1})
