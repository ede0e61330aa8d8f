"""The function `audience`: one message for each shard of a run."""

import pytest
from shopbell.app.work import read_chunk

from functions.audience.handler import handler
from tests.functions.lambda_events import Deferred, consumer, context, counted, sqs_event
from tests.unit.app.shop import STORE, Shop


def test_a_shard_becomes_chunks(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    shop.subscribe("ann")
    shop.run()
    answer = handler(sqs_event(shop.audience_queue.take()), context(), shop.page, consumer(shop))
    assert answer == {"batchItemFailures": []}
    (chunk,) = (read_chunk(message.body) for message in shop.chunks.take())
    assert [one.visitor for one in chunk.recipients] == ["ann"]
    counts = counted(capsys.readouterr().out)
    assert {"planned": 1, "chunks": 1, "shards_planned": 1}.items() <= counts.items()


def test_a_function_that_is_nearly_out_of_time_hands_on() -> None:
    shop = Shop()
    shop.subscribe("ann")
    shop.run()
    answer = handler(sqs_event(shop.audience_queue.take()), context(1_000), shop.page, consumer(shop))
    assert answer == {"batchItemFailures": []}
    assert [message.body["hops"] for message in shop.audience_queue.messages] == [1]


def test_a_paused_run_is_given_back(capsys: pytest.CaptureFixture[str]) -> None:
    shop, deferred = Shop(), Deferred()
    run = shop.run()
    shop.runs.set_state(STORE, run.id, "paused")
    answer = handler(sqs_event(shop.audience_queue.take()), context(), shop.page, consumer(shop, deferred))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert deferred.seconds == {"r0": 5}
    assert counted(capsys.readouterr().out)["later_run_paused"] == 1
