"""A product that costs less, from the catalogue's stream through both functions to the queue of messages."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from shopbell.app.newswork import Person, read_news
from shopbell.app.scenarios.enable import ScenarioChange
from shopbell.app.work import DueWork, due_message
from shopbell.domain.clock import HOUR, MINUTE
from shopbell.domain.goods import timer_name
from shopbell.domain.ids import ProductId, VisitorId
from shopbell.domain.versions import Shelved

from functions.evaluate.handler import handler as evaluate
from functions.scenario_runner.handler import handler as scenario_runner
from tests.functions.lambda_events import consumer, context, counted, sqs_event
from tests.sim.stories.shop import StoryShop
from tests.unit.app.shop import NOON, STORE
from tests.unit.recommend.shop import product

BOOT = replace(product("boot", price=1_000), created_at=NOON)
TIMER = timer_name(BOOT.id, "price_drop")


def watched() -> StoryShop:
    shop = StoryShop()
    shop.enable(STORE, "price_drop", ScenarioChange(enabled=True, parameters={"collect_window": "PT0S"}))
    shop.drain_builds()
    shop.catalogue.put(STORE, [BOOT])
    shop.subscribe("ann")
    item = shop.event("ann", "product_view", properties={"product_id": "boot"})
    shop.fold(replace(item, events=(replace(item.events[0], products={BOOT.id: BOOT.facts}),)))
    shop.due.take()
    return shop


def image(shelved: Shelved) -> dict[str, Any]:
    return {
        "body": {"S": orjson.dumps(shelved.product).decode()},
        "rev": {"N": str(shelved.revision)},
        "since": {"N": str(shelved.at)},
        "source": {"S": "api"},
        "news": {"BOOL": True},
    }


def told(before: Shelved | None, after: Shelved, sequence: str = "1") -> dict[str, Any]:
    keys = {"pk": {"S": f"{STORE}#P#{after.product.id}"}, "sk": {"S": "P"}}
    images = {"NewImage": image(after), **({"OldImage": image(before)} if before else {})}
    change = {"Keys": keys, "SequenceNumber": sequence, **images}
    return {"eventSource": "aws:dynamodb", "dynamodb": change}


def wake(shop: StoryShop) -> None:
    message = due_message(DueWork(STORE, (TIMER,), shop.clock.now), 0)
    evaluate(sqs_event([message]), context(), shop.evaluate, consumer(shop))


def cheaper(shop: StoryShop, price: int = 800) -> dict[str, Any]:
    now = shop.clock.now
    shop.catalogue.put(STORE, [replace(BOOT, price=price)])
    return told(Shelved(BOOT, now - 1, now - 1), Shelved(replace(BOOT, price=price), now, now))


def test_a_price_that_fell_arms_a_timer_once_however_often_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    shop = watched()
    record = cheaper(shop)
    capsys.readouterr()
    answer = scenario_runner({"Records": [record, record]}, context(), news=shop.note_news)

    timer = shop.world.timers[STORE, BOOT.id, "price_drop"]
    assert answer == {"batchItemFailures": []}
    assert (timer.due, timer.base) == (shop.clock.now + 30 * MINUTE, 1_000)
    counts = counted(capsys.readouterr().out)
    assert (counts["timers_armed"], counts["timers_left"], counts["records"]) == (1, 1, 2)


def test_a_record_that_cannot_be_read_is_told_and_passed(capsys: pytest.CaptureFixture[str]) -> None:
    shop = watched()
    broken = cheaper(shop)
    broken["dynamodb"]["NewImage"] = {"body": {"S": "{"}}
    capsys.readouterr()
    answer = scenario_runner({"Records": [broken, cheaper(shop)]}, context(), news=shop.note_news)

    assert answer == {"batchItemFailures": []}
    assert counted(capsys.readouterr().out)["unreadable"] == 1
    assert len(shop.world.timers) == 1


def test_when_it_is_due_those_who_are_interested_are_told_and_nobody_twice() -> None:
    shop = watched()
    scenario_runner({"Records": [cheaper(shop)]}, context(), news=shop.note_news)
    shop.clock.now += HOUR
    wake(shop)
    messages = shop.due.take()
    work = read_news(messages[0].body)
    assert (len(messages), work.people, work.price) == (1, (Person(VisitorId("ann"), NOON, 1_000, saw=True),), 800)

    for _ in range(2):
        answer = evaluate(sqs_event(messages), context(), shop.evaluate, consumer(shop))
        assert answer == {"batchItemFailures": []}
    (message,) = shop.send_now_queue.take()
    step = message.body["now"]
    assert isinstance(step, dict)
    assert (step["source_id"], step["facts"]["product_id"], step["facts"]["was"]) == ("price_drop", "boot", 1_000)
    assert shop.world.timers[STORE, BOOT.id, "price_drop"].due is None


def test_a_timer_that_was_moved_meanwhile_tells_nobody() -> None:
    shop = watched()
    scenario_runner({"Records": [cheaper(shop)]}, context(), news=shop.note_news)
    evaluate(
        sqs_event([due_message(DueWork(STORE, (TIMER,), shop.clock.now), 0)]),
        context(),
        shop.evaluate,
        consumer(shop),
    )

    assert shop.due.take() == []
    assert shop.world.timers[STORE, ProductId("boot"), "price_drop"].due is not None


def test_who_is_gone_is_told_nothing() -> None:
    shop = watched()
    scenario_runner({"Records": [cheaper(shop)]}, context(), news=shop.note_news)
    shop.clock.now += HOUR
    evaluate(
        sqs_event([due_message(DueWork(STORE, (TIMER,), shop.clock.now), 0)]),
        context(),
        shop.evaluate,
        consumer(shop),
    )
    shop.world.profiles.pop((STORE, VisitorId("ann")))
    evaluate(sqs_event(shop.due.take()), context(), shop.evaluate, consumer(shop))

    assert (STORE, VisitorId("ann")) not in shop.world.profiles
    assert shop.send_now_queue.take() == []
