"""The function `scenario_runner` looks at runs until they are through, and tells of them."""

import pytest
from shopbell.app.watchwork import WatchWork, watch_message
from shopbell.app.webhooks.work import read_notice
from shopbell.domain.campaigns import Schedule

from functions.scenario_runner.handler import handler
from tests.functions.lambda_events import consumer, context, counted, sqs_event
from tests.unit.app.shop import STORE
from tests.unit.app.timed import NAME
from tests.unit.webhooks.ending import Ending, at_noon, ending

AT = at_noon(1)


@pytest.fixture
def shop() -> Ending:
    made = ending("ann")
    made.schedule(Schedule(at=AT))
    made.fire(AT)
    return made


def test_a_batch_with_runs_that_go_on_and_that_are_through_however_it_is_cut(
    shop: Ending, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    waiting = shop.planning.take()
    event = sqs_event([*waiting, watch_message(WatchWork(STORE, NAME, None, AT), 0)])
    assert handler(event, context(), consume=consumer(shop), finish=shop.finish) == {"batchItemFailures": []}
    assert counted(capsys.readouterr().out)["finish_waits"] == 2
    again = sqs_event(shop.planning.take())
    shop.work()
    for records in (again["Records"], again["Records"][:1], again["Records"][:1]):
        handler({"Records": records}, context(), consume=consumer(shop), finish=shop.finish)
    (told,) = [read_notice(one.body) for one in shop.hooked.queue.take()]
    assert (told.event, told.data["outcome"]) == ("campaign.finished", "sent")
    assert counted(capsys.readouterr().out)["finish_told_before"] == 1
    (said, *_) = [vars(record) for record in caplog.records if "finish_told" in vars(record).get("outcomes", {})]
    assert (said["store"], said["campaign"]) == (STORE, NAME)


@pytest.mark.parametrize("body", ['{"watch": 1}', '{"watch": "x", "store": "s", "campaign": "c"}'])
def test_what_cannot_be_read_is_left_to_the_dead_letters(shop: Ending, body: str) -> None:
    event = sqs_event(shop.planning.take())
    event["Records"][0]["body"] = body
    answer = handler(event, context(), consume=consumer(shop), finish=shop.finish)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
