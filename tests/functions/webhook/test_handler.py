"""The function `webhook`: notices from the queue, as SQS hands them over."""

import pytest
from shopbell.app.webhooks.work import notice_message
from shopbell.domain.webhooks.notice import Notice
from shopbell.ports.webhooks import HookAnswer

from functions.webhook.handler import handler
from tests.functions.lambda_events import Deferred, consumer, context, counted, sqs_event, sqs_record
from tests.unit.app.hooking import Hooked, line, webhook


def hooked_with_notice() -> tuple[Hooked, Notice]:
    hooked = Hooked()
    hooked.add(webhook())
    (told,) = hooked.flip(line("a-visitor"))
    return hooked, told


def test_a_notice_is_posted_and_neither_address_secret_nor_visitor_is_written(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    hooked, told = hooked_with_notice()
    answer = handler(sqs_event([notice_message(told)]), context(), hooked.deliver, consumer(hooked.shop))
    assert answer == {"batchItemFailures": []}
    ((_, headers, body),) = hooked.receiver.posts
    assert body == told.body
    out = capsys.readouterr().out
    assert counted(out) == {"messages": 1, "webhook_delivered": 1, "invocations": 1}
    lines = out + str([vars(record) for record in caplog.records])
    assert "wh_1" in lines
    assert not any(secret in lines for secret in ("hooks.example", "a-visitor", headers["webhook-signature"]))


def test_what_is_not_taken_goes_on_the_queue_anew_before_its_message_goes(capsys: pytest.CaptureFixture[str]) -> None:
    hooked, told = hooked_with_notice()
    hooked.receiver.answer = lambda _: HookAnswer(500)
    deferred = Deferred()
    event = sqs_event([notice_message(told)])
    answer = handler(event, context(), hooked.deliver, consumer(hooked.shop, deferred))
    assert (answer, deferred.seconds) == ({"batchItemFailures": []}, {})
    assert hooked.put_back()[0].id == told.id
    assert {"later_webhook_failed": 1, "webhook_failed": 1}.items() <= counted(capsys.readouterr().out).items()


def test_what_is_given_up_is_counted_and_said(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    hooked, told = hooked_with_notice()
    hooked.receiver.answer = lambda _: HookAnswer(500)
    hooked.shop.clock.now += 24 * 3_600_000
    answer = handler(sqs_event([notice_message(told)]), context(), hooked.deliver, consumer(hooked.shop))
    assert answer == {"batchItemFailures": []}
    assert counted(capsys.readouterr().out)["webhook_given_up"] == 1
    (said,) = [vars(record) for record in caplog.records if record.message == "done"]
    assert (said["webhook"], said["outcomes"]["webhook_given_up"]) == ("wh_1", 1)


@pytest.mark.parametrize("body", ["{}", "[]", '{"store": "s", "webhook": "w", "id": "m", "event": "e", "at": "x"}'])
def test_what_cannot_be_read_is_left_to_the_dead_letters(body: str, capsys: pytest.CaptureFixture[str]) -> None:
    hooked, told = hooked_with_notice()
    good = sqs_event([notice_message(told)] * 2)["Records"][1]
    answer = handler({"Records": [sqs_record(0, body), good]}, context(), hooked.deliver, consumer(hooked.shop))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert counted(capsys.readouterr().out)["webhook_delivered"] == 1
