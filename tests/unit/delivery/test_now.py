"""One step to one visitor: which run it belongs to, whom it reaches, and that it goes once."""

import json
from dataclasses import replace
from typing import Any

import pytest
from shopbell.app.ends import Done, Later
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.content import Content
from shopbell.domain.dispatch import LEASE, Dispatch, dispatch_name
from shopbell.domain.ids import VisitorId
from shopbell.domain.outcomes import CODES
from shopbell.domain.push.token import MessageRef, TokenKey, open_token
from shopbell.domain.push.values import PushAnswer
from shopbell.domain.scenarios.plan import Step

from tests.unit.app.pushing import put_off
from tests.unit.app.shop import NOON, STORE, Shop
from tests.unit.delivery.steps import GREET, WORDS, deliver, greeting, report, visitor, waiting, work

ANN = VisitorId("ann")


def shop_with(*devices: str, **changes: object) -> Shop:
    shop = Shop()
    greeting(shop, **changes)
    visitor(shop, "ann", *devices)
    return shop


def guard(shop: Shop) -> Dispatch:
    (row,) = shop.world.dispatches.values()
    return row


def test_a_step_reaches_every_device_and_is_counted_in_its_scenarios_report() -> None:
    shop = shop_with("a", "b")
    assert deliver(shop, work(shop)) == Done({"accepted": 2, "steps_done": 1})
    assert len(shop.push.by_url) == 2
    found = report(shop)
    assert (found.targeted, found.accepted, found.open, found.finished) == (2, 2, 0, True)


def test_only_the_newest_device_when_that_is_wanted() -> None:
    shop = shop_with("a", newest_device_only=True)
    shop.clock.now += MINUTE
    shop.subscribe("ann", device="b")
    deliver(shop, work(shop))
    assert [url.rpartition("-")[2] for url in shop.push.by_url] == ["b"]


def test_the_token_names_the_step_and_the_run_of_that_day() -> None:
    shop = shop_with()
    deliver(shop, work(shop, step=1))
    said = json.loads(shop.push.posts[0].body)["notification"]
    assert said["body"] == "Step 2 at Boot Shop"
    opened = open_token(said["data"]["message"], [TokenKey(1, bytes(32))], NOON)
    assert isinstance(opened, MessageRef)
    run = shop.runs.get(STORE, opened.run)
    assert run is not None
    assert (opened.step, run.part, run.scheduled_at, run.source_id) == (1, "1.3", NOON - NOON % DAY, GREET)


def test_a_run_for_each_step_revision_and_day_and_one_report_of_all() -> None:
    shop = shop_with()
    for day in range(2):
        for revision in (3, 4):
            greeting(shop, revision=revision)
            deliver(shop, work(shop, key=f"{day}.{revision}"))
        deliver(shop, work(shop, key=f"{day}", step=1))
        shop.clock.now += DAY
    parts = [(run.scheduled_at // DAY, run.part) for run in shop.runs.of_source(STORE, "scenario", GREET)]
    assert len(parts) == len(set(parts)) == 6
    assert report(shop).targeted == 6


def test_a_message_that_comes_twice_goes_once() -> None:
    shop = shop_with()
    deliver(shop, work(shop))
    assert deliver(shop, work(shop), 2) == Done({"steps_done_before": 1})
    assert len(shop.push.posts) == 1


def test_another_instance_of_the_scenario_is_another_message_beside_it() -> None:
    shop = shop_with()
    deliver(shop, work(shop))
    shop.clock.now += 7 * HOUR
    deliver(shop, work(shop, key="signup-2"))
    topics = [post.headers["Topic"] for post in shop.push.posts]
    assert len(set(topics)) == len(topics) == 2


def test_while_one_worker_holds_it_another_waits_for_the_lease_and_then_takes_over() -> None:
    shop = shop_with()
    given = work(shop)
    deliver(shop, given)
    held = replace(guard(shop), state="posting", until=shop.clock.now + LEASE, codes=b"\0")
    shop.world.dispatches[STORE, ANN, dispatch_name(given.step)] = held
    assert deliver(shop, given, 2) == Later(LEASE, "held_by_another")
    shop.clock.now += LEASE
    assert isinstance(deliver(shop, given, 3), Done)
    assert len({(post.url, post.headers["Topic"]) for post in shop.push.posts}) == 1
    assert len(shop.push.posts) == 2


def test_a_retry_after_midnight_belongs_to_the_run_of_the_day_before() -> None:
    shop = shop_with(respect_quiet_hours=False)
    shop.push.answer = lambda _: put_off(60)
    given = work(shop)
    deliver(shop, given)
    shop.clock.now += DAY - MINUTE
    shop.push.answer = lambda _: PushAnswer(201)
    deliver(shop, given, 2)
    assert len(shop.world.runs) == 1
    assert len({json.loads(post.body)["notification"]["data"]["message"] for post in shop.push.posts}) == 1


def test_only_the_device_that_was_put_off_is_tried_again() -> None:
    shop = shop_with("a", "b")
    shop.push.answer = lambda request: put_off(120) if request.url.endswith("-b") else PushAnswer(201)
    end = deliver(shop, work(shop))
    assert isinstance(end, Later)
    assert (end.reason, end.seconds >= 120) == ("put_off", True)
    shop.push.answer = lambda _: PushAnswer(201)
    assert isinstance(deliver(shop, work(shop), 2), Done)
    assert sorted(shop.push.by_url.values()) == [1, 2]
    assert report(shop).accepted == 2


@pytest.mark.parametrize(
    ("changes", "step", "reason"),
    [
        pytest.param({}, {"source_id": "off"}, "scenario_off", id="scenario off"),
        pytest.param({}, {"step": 7}, "step_off", id="series shortened"),
        pytest.param({"steps": (Step(0, WORDS, enabled=False),)}, {}, "step_off", id="step switched off"),
        pytest.param({}, {"run": "gone"}, "run_gone", id="run gone"),
        pytest.param({}, {"source": "campaign"}, "run_gone", id="campaign without a run"),
    ],
)
def test_a_step_without_a_run_is_nothing_and_says_why(
    changes: dict[str, Any], step: dict[str, Any], reason: str
) -> None:
    shop = shop_with(**changes)
    assert deliver(shop, work(shop, **step)) == Done({reason: 1})
    assert shop.push.posts == []


@pytest.mark.parametrize(
    ("outcome", "step"),
    [
        pytest.param("skipped:expired", {"expires_at": NOON}, id="relevance over"),
        pytest.param("skipped:unsubscribed", {"facts": {"_devices": ["gone"]}}, id="its device is gone"),
    ],
)
def test_a_closed_gate_ends_it_for_good(outcome: str, step: dict[str, Any]) -> None:
    shop = shop_with()
    deliver(shop, work(shop, **step))
    assert (shop.push.posts, guard(shop).state) == ([], "done")
    assert report(shop).skipped == {outcome.partition(":")[2]: 1}


def test_who_left_the_audience_gets_nothing() -> None:
    shop = Shop()
    greeting(shop)
    shop.subscribe("ann")
    deliver(shop, work(shop))
    assert (shop.push.posts, report(shop).skipped) == ([], {"audience_left": 1})


def test_a_person_without_a_device_is_counted_as_unsubscribed() -> None:
    shop = Shop()
    greeting(shop)
    shop.visit("ann")
    deliver(shop, work(shop))
    found = report(shop)
    assert (found.skipped, found.targeted) == ({"unsubscribed": 1}, 1)


def test_a_dead_device_is_retired_and_its_message_takes_nobodys_place() -> None:
    shop = shop_with()
    shop.push.answer = lambda _: PushAnswer(410)
    deliver(shop, work(shop))
    assert report(shop).retired == 1
    assert shop.sends.of(STORE, [ANN])[ANN].sent == ()


def test_what_was_posted_stands_in_the_persons_record_once() -> None:
    shop = shop_with("a", "b")
    deliver(shop, work(shop, step=1))
    (sent,) = shop.sends.of(STORE, [ANN])[ANN].sent
    assert (sent.source_id, sent.step, sent.message_class) == (GREET, 1, "triggered")


def test_a_cancelled_run_ends_its_steps_and_a_paused_one_keeps_them() -> None:
    shop = shop_with()
    shop.push.answer = lambda _: put_off(1)
    deliver(shop, work(shop))
    (run,) = shop.world.runs.values()
    shop.runs.set_state(STORE, run.id, "paused")
    held = deliver(shop, work(shop), 2)
    assert isinstance(held, Later)
    assert held.reason == "run_paused"
    shop.runs.set_state(STORE, run.id, "cancelled")
    deliver(shop, work(shop), 3)
    assert (report(shop).skipped, guard(shop).codes) == ({"cancelled": 1}, bytes([CODES["skipped:cancelled"]]))


def test_a_store_that_paused_sending_keeps_its_steps() -> None:
    shop = shop_with()
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], sending="paused")
    held = deliver(shop, work(shop))
    assert isinstance(held, Later)
    assert (held.reason, shop.push.posts, waiting(shop)) == ("sending_paused", [], ())


def test_facts_of_the_trigger_can_be_named_and_the_engines_own_cannot() -> None:
    words = Content("{{ event.order_id }}{{ event._devices }}", "x", "/")
    shop = shop_with(steps=(Step(0, words),))
    deliver(shop, work(shop, facts={"order_id": "o-7", "_secret": 1}))
    assert json.loads(shop.push.posts[0].body)["notification"]["title"] == "o-7"


def test_after_five_failures_of_ours_the_step_is_parked_with_the_reason() -> None:
    shop = shop_with()
    shop.world.secrets.clear()
    ends = [deliver(shop, work(shop), receives) for receives in range(1, 6)]
    assert [isinstance(end, Later) for end in ends] == [True] * 4 + [False]
    assert ends[-1].counts["steps_parked"] == 1
    assert str(shop.parked.take()[0].body["reason"]).startswith("NotFound in ")
