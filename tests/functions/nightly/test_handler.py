"""The function `nightly`: fired by its schedule, then working off its own queue."""

from dataclasses import replace

import pytest
from shopbell.domain.clock import HOUR, parse_instant
from shopbell.domain.ids import VisitorId, visitor_hash
from shopbell.runtime.schedules import UnfilledTimeError

from functions.nightly.handler import handler
from tests.functions.lambda_events import consumer, context, counted, sqs_event
from tests.unit.app.night import NightShop
from tests.unit.app.shop import NOON, STORE

FIRED = {"scheduled_time": "2026-03-02T12:00:00Z"}
NIGHT = parse_instant("2026-03-02T12:00:00Z")[0]
LONG = 300_000


def test_the_schedule_begins_the_night_of_every_store(capsys: pytest.CaptureFixture[str]) -> None:
    shop = NightShop()

    assert handler(FIRED, context(LONG), shop.start) == {"stores_begun": 1}
    (message,) = shop.night_queue.take()
    assert message.body == {"store": STORE, "night": NIGHT, "step": "survey", "shard": 0, "hops": 0}
    assert counted(capsys.readouterr().out) == {"stores_begun": 1, "invocations": 1}


def test_a_night_is_worked_off_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    shop = NightShop()
    shop.buys("ada", 3)
    shop.clock.now += HOUR
    handler(FIRED, context(LONG), shop.start)
    capsys.readouterr()

    steps: dict[str, dict[str, float]] = {}
    while waiting := shop.night_queue.take():
        answer = handler(sqs_event(waiting), context(LONG), nightly=shop.nightly, consume=consumer(shop))
        assert answer == {"batchItemFailures": []}
        steps[str(waiting[0].body["step"])] = dict(counted(capsys.readouterr().out))
    assert list(steps) == ["survey", "score", "audit", "recount", "reports", "tops"]
    assert steps["survey"]["buyers_surveyed"] == 1
    assert steps["score"]["buyers_written"] == 1
    assert steps["recount"]["size_drift"] == 1  # the stream of members was never counted here
    assert steps["audit"] == {"messages": 1, "invocations": 1, "audited": 1}
    assert steps["tops"]["nights_done"] == 1
    assert shop.scores("ada")["group"] == "new"


def test_a_member_row_that_is_gone_is_counted_under_the_alarm_and_said(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    shop = NightShop()
    shop.buys("ada", 3)
    shop.clock.now += HOUR
    shop.world.members.clear()
    handler(FIRED, context(LONG), shop.start)
    (message,) = shop.night_queue.take()
    audit = replace(message, body={**message.body, "step": "audit"})
    capsys.readouterr()

    handler(sqs_event([audit]), context(LONG), nightly=shop.nightly, consume=consumer(shop))
    assert dict(counted(capsys.readouterr().out))["audit_drift"] == 1
    (line,) = (row for row in caplog.records if row.message == "a member row drifted from its profile")
    assert (vars(line)["kind"], vars(line)["reason"]) == ("members", "missing")
    hashed = visitor_hash(STORE, VisitorId("ada")).hex()
    assert vars(line)["visitor"] == hashed, "a log outlasts who is erased, so it names nobody"


@pytest.mark.parametrize("given", ["<aws.scheduler.scheduled-time>", "soon", None])
def test_a_time_that_is_none_is_refused_loudly(given: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match=r"scheduled_time|RFC 3339") as refused:
        handler({"scheduled_time": given}, context(LONG), NightShop().start)
    assert isinstance(refused.value, UnfilledTimeError) is (given is not None and given.startswith("<aws."))
    assert counted(capsys.readouterr().out) == {"faults": 1, "invocations": 1}


def test_a_message_that_is_none_of_ours_stays_on_the_queue(capsys: pytest.CaptureFixture[str]) -> None:
    shop = NightShop()
    shop.start(NOON)
    (message,) = shop.night_queue.take()
    event = sqs_event([message])
    event["Records"][0]["body"] = '{"store": "store00001", "step": "dream"}'

    answer = handler(event, context(LONG), nightly=shop.nightly, consume=consumer(shop))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert counted(capsys.readouterr().out)["faults"] == 1
