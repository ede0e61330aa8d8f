"""Paces and breakers in the worker: who waits, who does not, and what the marketer is told."""

from dataclasses import replace

import pytest
from shopbell.app.delivery.throttle import PENALTY, SIGNS, Place, Throttle
from shopbell.app.ends import Done, Later
from shopbell.domain.clock import MINUTE, SECOND
from shopbell.domain.ids import StoreId, VapidKeyId
from shopbell.domain.push.breaker import OPEN_FOR, PROBE
from shopbell.domain.push.rates import CAPS, Rates
from shopbell.domain.push.values import PushAnswer
from shopbell.domain.runs import Chunk

from tests.unit.app.chunks import ends, one_chunk, send
from tests.unit.app.pushing import paced, put_off
from tests.unit.app.shop import NOON, STORE, Shop

KEY = VapidKeyId("k1")
FCM = Place("fcm", STORE)
OTHER = Place("fcm", StoreId("store00002"))


def slowed(shop: Shop, fcm: int) -> None:
    """With that cap for Chrome's service."""
    throttle = Throttle(Rates({**CAPS, "fcm": fcm}))
    post = replace(shop.send.post, pacing=paced(shop.clock, throttle))
    shop.send = replace(shop.send, post=post)


def test_a_short_wait_is_waited_out_in_place() -> None:
    shop = Shop()
    slowed(shop, 300)  # 27 a second for this worker's runs, and 50 at first
    _, chunk = one_chunk(shop, 120)
    assert isinstance(send(shop, chunk), Done)
    assert 70 / 27 * SECOND <= shop.clock.now - NOON <= 4 * SECOND


def test_a_long_one_gives_the_rest_back_to_wait_in_its_queue() -> None:
    shop = Shop()
    slowed(shop, 10)
    run, chunk = one_chunk(shop, 120)
    end = send(shop, chunk)
    assert isinstance(end, Later)
    assert (end.reason, end.counts["throttled"], ends(shop, run, chunk).count("accepted")) == ("throttled", 70, 50)
    assert end.wait == pytest.approx(50 / 0.9 * SECOND, rel=0.01)
    again = send(shop, chunk)
    assert isinstance(again, Later)
    assert (again.reason, again.counts["throttled"], len(shop.push.posts)) == ("throttled", 70, 50)


def test_a_run_takes_nothing_of_what_is_kept_for_single_messages() -> None:
    throttle = Throttle()
    while (leave := throttle.ask(FCM, 50, NOON)).number:
        throttle.take(FCM, leave.number, NOON)
    assert throttle.ask(Place("fcm", STORE, "now"), 50, NOON).number == 50


def outage(shop: Shop) -> tuple[list[Chunk], list[Later]]:
    """Four chunks into a service that is down."""
    shop.push.answer = lambda _: PushAnswer(503)
    run, first = one_chunk(shop, 100)
    chunks = [replace(first, id=f"000-{number:06d}-x") for number in range(5)]
    found = [send(shop, chunk) for chunk in chunks]
    assert shop.runs.get(STORE, run.id) is not None
    return chunks, [end for end in found if isinstance(end, Later)]


def test_a_service_that_is_down_is_left_alone_and_tried_by_a_few() -> None:
    shop = Shop()
    chunks, waits = outage(shop)
    assert [end.reason for end in waits] == ["put_off"] * 4 + ["breaker_open"]
    assert waits[3].counts["breaker_opened_fcm"] == 1
    assert len(shop.push.posts) == 200
    assert waits[4].wait >= OPEN_FOR
    shop.clock.now += OPEN_FOR
    send(shop, chunks[0])
    assert len(shop.push.posts) == 200 + PROBE
    shop.clock.now += OPEN_FOR
    shop.push.answer = lambda _: PushAnswer(201)
    assert send(shop, chunks[0]).counts["breaker_closed_fcm"] == 1
    assert len(shop.push.posts) == 200 + PROBE + 100


def test_the_marketer_is_told_of_a_service_that_is_down() -> None:
    shop = Shop()
    outage(shop)
    (run,) = shop.world.runs.values()
    assert run.warnings == {"service_unavailable": NOON}


def test_another_service_goes_on_meanwhile() -> None:
    shop = Shop()
    outage(shop)
    shop.push.answer = lambda _: PushAnswer(201)
    run = next(iter(shop.world.runs.values()))
    mozilla = shop.chunk(run, ("zoe", shop.subscribe("zoe", "mozilla")), service="mozilla")
    assert send(shop, mozilla).counts["accepted"] == 1


def heard(throttle: Throttle, place: Place, ok: int, throttled: int, now: int = NOON) -> set[str]:
    answers = [(KEY, None)] * ok + [(KEY, "throttled")] * throttled
    return {*throttle.hear(place, answers, 0, now).warnings}  # type: ignore[arg-type]


def test_a_store_that_chrome_limits_is_noticed_while_others_are_well() -> None:
    throttle = Throttle()
    assert heard(throttle, OTHER, SIGNS, 0) == set()
    assert heard(throttle, FCM, 50, 50) == set()
    assert heard(throttle, FCM, 0, 50) == {"throttled_by_chrome"}
    assert throttle.ask(FCM, 50, NOON).number == 0
    assert throttle.ask(OTHER, 50, NOON).number == 50
    assert throttle.ask(Place("mozilla", STORE), 50, NOON).number == 50
    later = NOON + MINUTE
    # 900 a minute of the 1,000 for runs and 100 for single messages, a tenth of either for each worker
    assert throttle.ask(FCM, 1_000, later).number == 90
    assert throttle.ask(Place("fcm", STORE, "now"), 1_000, later).number == 10
    assert throttle.ask(FCM, 50, NOON + PENALTY).number == 50


def test_when_everybody_is_limited_it_is_the_service_that_is_busy() -> None:
    throttle = Throttle()
    heard(throttle, OTHER, 0, SIGNS)
    assert heard(throttle, FCM, 0, SIGNS) == set()


def test_other_workers_learn_of_a_penalty_from_the_run() -> None:
    shop = Shop()
    run, chunk = one_chunk(shop, 60)
    shop.runs.warn(STORE, run.id, "throttled_by_chrome", NOON)
    end = send(shop, chunk)
    assert isinstance(end, Later)
    assert (end.reason, shop.push.posts) == ("throttled", [])
    shop.clock.now += end.wait
    assert isinstance(send(shop, chunk), Later)
    assert len(shop.push.posts) == 50
    shop.clock.now += MINUTE
    assert isinstance(send(shop, chunk), Done)


def test_the_marketer_is_told_of_a_penalty() -> None:
    shop = Shop()
    shop.push.answer = lambda _: put_off(30)
    run, chunk = one_chunk(shop, 100)
    for _ in range(2):
        send(shop, chunk)
    found = shop.runs.get(STORE, run.id)
    assert found is not None
    assert found.warnings.keys() == {"throttled_by_chrome"}


def test_one_key_that_is_throttled_leaves_the_others_alone() -> None:
    throttle, old = Throttle(), VapidKeyId("k0")
    place = Place("wns", STORE)
    throttle.hear(place, [(KEY, "throttled")] * 200, 0, NOON)
    assert throttle.admitted(place, {KEY, old}, NOON) == (frozenset({old}), False)
    assert throttle.wait_of(place, {KEY}, NOON) == OPEN_FOR
    assert throttle.admitted(place, {KEY, old}, NOON + OPEN_FOR) == (frozenset({KEY, old}), True)
    assert throttle.ask(place, 50, NOON).number == 50
