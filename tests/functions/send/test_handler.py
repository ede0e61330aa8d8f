"""The function `send`: chunks from the queues of the push services."""

import pytest
from shopbell.app.work import chunk_message
from shopbell.domain.clock import HOUR, MINUTE
from shopbell.domain.push.values import PushAnswer

from functions.send.handler import handler
from tests.functions.lambda_events import Deferred, consumer, context, counted, sqs_event, sqs_record
from tests.unit.app.chunks import one_chunk
from tests.unit.app.pushing import put_off
from tests.unit.app.shop import NOON, Shop


def test_a_chunk_is_posted_and_nothing_secret_is_written(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    shop = Shop()
    _, chunk = one_chunk(shop, 2)
    answer = handler(sqs_event([chunk_message(chunk)]), context(), shop.posting, consumer(shop))
    assert answer == {"batchItemFailures": []}
    assert len(shop.push.posts) == 2
    out = capsys.readouterr().out
    assert {"accepted": 2, "chunks_done": 1, "messages": 1}.items() <= counted(out).items()
    lines = out + str([vars(record) for record in caplog.records])
    assert not any(secret in lines for secret in ("fcm.googleapis.com/fcm/send", "vapid t=", "Hello", "sb_m"))


def test_a_chunk_that_is_put_off_is_hidden_for_as_long_as_was_asked(capsys: pytest.CaptureFixture[str]) -> None:
    shop, deferred = Shop(), Deferred()
    _, chunk = one_chunk(shop)
    shop.push.answer = lambda _: put_off(900)
    answer = handler(sqs_event([chunk_message(chunk)]), context(), shop.posting, consumer(shop, deferred))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert deferred.seconds == {"r0": 900}
    assert {"later_put_off": 1, "put_off_throttled": 1}.items() <= counted(capsys.readouterr().out).items()


def test_waiting_grows_with_each_receive_and_with_the_age_of_the_message() -> None:
    shop, deferred = Shop(), Deferred()
    _, chunk = one_chunk(shop)
    shop.push.answer = lambda _: PushAnswer(503)
    for receives, age in ((1, 0), (4, MINUTE), (50, 30 * MINUTE), (60, 2 * HOUR)):
        shop.clock.now = NOON + age
        handler(sqs_event([chunk_message(chunk)], receives), context(), shop.posting, consumer(shop, deferred))
        shop.push.posts.clear()
        deferred.seconds[str(receives)] = deferred.seconds.pop("r0")
    assert list(deferred.seconds.values()) == [5, 40, 450, 900]


def test_a_message_that_cannot_be_hidden_is_still_left_on_the_queue(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    _, chunk = one_chunk(shop)
    shop.push.answer = lambda _: PushAnswer(503)
    answer = handler(
        sqs_event([chunk_message(chunk)]), context(), shop.posting, consumer(shop, Deferred(works=False))
    )
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert counted(capsys.readouterr().out)["deferral_failed"] == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("not json", id="no JSON"),
        pytest.param("[]", id="no object"),
        pytest.param('{"store": "s", "run": "r", "chunk": "c", "service": "pigeon", "recipients": []}', id="service"),
        pytest.param('{"store": "s", "run": "r", "chunk": "c", "service": "fcm", "recipients": [1]}', id="pairs"),
        pytest.param('{"store": "s", "run": "r", "chunk": "c", "service": "fcm", "recipients": "x"}', id="list"),
    ],
)
def test_a_message_that_is_none_of_ours_fails_alone(body: str, capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    _, chunk = one_chunk(shop)
    event = sqs_event([chunk_message(chunk)])
    event["Records"].append(sqs_record(1, body))
    answer = handler(event, context(), shop.posting, consumer(shop))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    counts = counted(capsys.readouterr().out)
    assert (counts["faults"], counts["accepted"]) == (1, 1)
