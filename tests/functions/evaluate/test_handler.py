"""The function `evaluate`: real events of its stream and its queue in, partial answers and counters out."""

import random
from dataclasses import replace

import pytest
from shopbell.adapters.memory.unreliable import unreliable
from shopbell.app.work import DueWork, due_message
from shopbell.domain.clock import DAY, SECOND
from shopbell.domain.ids import VisitorId

from functions.evaluate.handler import handler
from tests.functions.lambda_events import (
    Deferred,
    appended,
    consumer,
    context,
    counted,
    sqs_event,
    sqs_record,
    stream_event,
)
from tests.unit.app.shop import NOON, STORE, Shop


def shop_with_segment() -> Shop:
    shop = Shop()
    shop.segment("recent", {"event": "product_view", "window": {"last": "P30D"}})
    return shop


def test_a_stream_batch_is_folded_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    shop = shop_with_segment()
    items = [shop.event(name, "product_view", None, {"product_id": "boots"}) for name in ("ann", "bob")]
    event = stream_event(*(appended(item, 100 + place) for place, item in enumerate(items)))
    assert handler(event, context(), shop.evaluate) == {"batchItemFailures": []}
    assert shop.profile("ann") == shop.profile("bob") == {"recent"}
    counts = counted(capsys.readouterr().out)
    assert {"records": 2, "visitors": 2, "entered_by_event": 2, "invocations": 1}.items() <= counts.items()


def test_the_lowest_record_that_could_not_be_done_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    shop = shop_with_segment()
    items = [shop.event(name, "product_view", None, {"product_id": "boots"}) for name in ("ann", "bob", "ann")]
    event = stream_event(*(appended(item, 100 + place) for place, item in enumerate(items)))
    down = replace(shop.evaluate, visitors=unreliable(shop.visitors, random.Random(1), refused=1.0))  # noqa: S311
    assert handler(event, context(), down) == {"batchItemFailures": [{"itemIdentifier": "100"}]}
    assert counted(capsys.readouterr().out)["batch_cut_short"] == 1


def test_an_image_that_does_not_decode_is_parked_and_passed(capsys: pytest.CaptureFixture[str]) -> None:
    shop = shop_with_segment()
    good = appended(shop.event("bob", "product_view", None, {"product_id": "boots"}), 101)
    bad = appended(shop.event("ann", "product_view", None, {"product_id": "secret"}), 100)
    bad["dynamodb"]["NewImage"]["ev"] = {"S": '[{"i": "secret"}]'}
    assert handler(stream_event(bad, good), context(), shop.evaluate) == {"batchItemFailures": []}
    (message,) = shop.parked.take()
    assert (message.body["visitor"], message.body["item"]) == ("ann", bad["dynamodb"]["Keys"]["sk"]["S"])
    out = capsys.readouterr().out
    assert (counted(out)["parked"], "secret" in out) == (1, False)
    assert shop.profile("bob") == {"recent"}


def test_a_due_message_wakes_its_visitors(capsys: pytest.CaptureFixture[str]) -> None:
    shop = shop_with_segment()
    shop.fold(shop.event("ann", "product_view", NOON - 30 * DAY + SECOND, {"product_id": "boots"}))
    shop.clock.now = NOON + SECOND
    message = due_message(DueWork(STORE, (VisitorId("ann"),), NOON + SECOND), 0)
    answer = handler(sqs_event([message]), context(), shop.evaluate, consumer(shop))
    assert answer == {"batchItemFailures": []}
    assert shop.profile("ann") == set()
    counts = counted(capsys.readouterr().out)
    assert {"woken": 1, "exited_by_clock": 1, "messages": 1}.items() <= counts.items()


def test_one_message_that_fails_leaves_the_others_alone_and_comes_back_soon(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shop, deferred = shop_with_segment(), Deferred()
    good = due_message(DueWork(STORE, (VisitorId("ann"),), NOON), 0)
    event = sqs_event([good])
    event["Records"].append(sqs_record(1, '{"store": 7}'))
    answer = handler(event, context(), shop.evaluate, consumer(shop, deferred))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert counted(capsys.readouterr().out)["messages_left"] == 1
    down = replace(shop.evaluate, visitors=unreliable(shop.visitors, random.Random(1), refused=1.0))  # noqa: S311
    answer = handler(sqs_event([good]), context(), down, consumer(shop, deferred))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert deferred.seconds == {"r0": 5}


def test_a_line_names_ids_and_outcomes_only(caplog: pytest.LogCaptureFixture) -> None:
    shop = shop_with_segment()
    message = due_message(DueWork(STORE, (VisitorId("ann"),), NOON), 0)
    handler(sqs_event([message]), context(), shop.evaluate, consumer(shop))
    (line,) = (vars(record) for record in caplog.records)
    assert (line["msg"], line["store"], line["outcomes"]) == ("done", STORE, {"visitors": 1, "woken": 1})
