"""From the API through stream and queue back to the table, with poison on the way; schedules; roles."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from shopbell.domain.clock import parse_instant
from shopbell.local.host import running
from shopbell.local.session import FunctionFailedError, LocalSession

from tests.e2e.host.calls import eventually, order
from tests.e2e.host.conftest import options

pytestmark = pytest.mark.engine

Item = Callable[[str], dict[str, Any] | None]


def test_an_order_goes_all_the_way_in_a_moment(machine: LocalSession, item: Item) -> None:
    order(machine.api_url, "warm")
    eventually(lambda: item("done#order#warm"))
    began = time.monotonic()
    assert order(machine.api_url, "one").status == 200
    eventually(lambda: item("done#order#one"))
    assert time.monotonic() - began < 3


def test_what_the_filter_refuses_reaches_no_function(machine: LocalSession) -> None:
    machine.invoke("clock", {"scheduled_at": "filtered"})
    machine.settle()
    assert machine.stats()["counts"]["FromTable"]["filtered"] >= 1
    assert "tick#filtered" not in machine.logs("relay")


def test_a_poison_record_goes_whole_to_the_bucket_and_its_neighbours_pass(machine: LocalSession, item: Item) -> None:
    table = machine.outputs["TableName"]
    puts = [
        {"PutRequest": {"Item": {"pk": {"S": f"order#batch{n}"}, "note": {"S": "poison" if n == 3 else ""}}}}
        for n in range(8)
    ]
    machine.client("dynamodb").batch_write_item(RequestItems={table: puts})
    for n in (0, 1, 2, 4, 5, 6, 7):
        eventually(lambda n=n: item(f"done#order#batch{n}"))  # type: ignore[misc]
    bucket = machine.address.resources["Lost"]
    s3 = machine.client("s3")
    keys = eventually(lambda: [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", ())])
    lost = [json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]
    (told,) = [one for one in lost if "order#batch3" in one["payload"]]
    assert told["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert told["requestContext"]["approximateInvokeCount"] == 2
    assert told["DDBStreamBatchInfo"]["batchSize"] == 1
    assert [r["dynamodb"]["Keys"] for r in json.loads(told["payload"])["Records"]] == [{"pk": {"S": "order#batch3"}}]
    assert keys[0].startswith("aws/lambda/")


def test_a_message_refused_three_times_is_on_the_dead_letter_queue(machine: LocalSession, item: Item) -> None:
    order(machine.api_url, "refused", "refused")
    order(machine.api_url, "beside")
    dead = machine.address.resources["Dead"]

    def received() -> list[Any]:
        told = machine.client("sqs").receive_message(QueueUrl=dead, WaitTimeSeconds=1)
        return [json.loads(one["Body"]) for one in told.get("Messages", ())]

    assert eventually(received) == [{"pk": "order#refused", "note": "refused"}]
    assert item("done#order#beside")
    assert item("done#order#refused") is None


def test_a_tick_runs_every_schedule_with_its_nominal_time(machine: LocalSession, item: Item) -> None:
    told = machine.tick(parse_instant("2031-05-01T12:00:00Z")[0])
    assert [one["outcome"] for one in told] == ["done"]
    assert item("tick#2031-05-01T12:00:00Z")


def test_a_one_off_fires_once_in_its_zone_with_its_nominal_time_and_is_gone(
    machine: LocalSession, item: Item
) -> None:
    scheduler = machine.client("scheduler")
    clock = machine.client("lambda").get_function_configuration(FunctionName=machine.address.resources["Clock"])
    due = (datetime.now(UTC) + timedelta(seconds=5)).replace(microsecond=0)
    wall = due + timedelta(hours=5, minutes=45)
    scheduler.create_schedule(
        Name="once",
        ScheduleExpression=f"at({wall:%Y-%m-%dT%H:%M:%S})",
        ScheduleExpressionTimezone="Asia/Kathmandu",
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target={
            "Arn": clock["FunctionArn"],
            "RoleArn": clock["Role"],
            "Input": json.dumps({"scheduled_at": "<aws.scheduler.scheduled-time>"}),
        },
    )
    eventually(lambda: item(f"tick#{due:%Y-%m-%dT%H:%M:%SZ}"))
    assert datetime.now(UTC) - due < timedelta(minutes=1)

    def gone() -> bool:
        return not [s for s in scheduler.list_schedules()["Schedules"] if s["Name"] == "once"]

    eventually(gone)
    assert machine.logs("clock").count(f"{due:%Y-%m-%dT%H:%M:%SZ}") == 1


def test_what_the_engine_fires_by_itself_is_dropped(machine: LocalSession) -> None:
    before = machine.stats()["counts"].get("schedules", {}).get("dropped", 0)
    machine.client("lambda").invoke(
        FunctionName=machine.address.resources["Clock"],
        Payload=json.dumps({"scheduled_at": "<aws.scheduler.scheduled-time>"}).encode(),
    )
    assert machine.stats()["counts"]["schedules"]["dropped"] > before
    assert "<aws.scheduler" not in machine.logs("clock")


def test_roles_are_enforced_when_asked_for_and_the_flow_still_passes(tmp_path: Path) -> None:
    with running(options(tmp_path, persist=False, enforce_iam=True)) as strict:
        with pytest.raises(FunctionFailedError, match="AccessDenied"):
            strict.invoke("overreach", {})
        order(strict.api_url, "strict")
        table = strict.outputs["TableName"]
        key = {"pk": {"S": "done#order#strict"}}
        eventually(lambda: strict.client("dynamodb").get_item(TableName=table, Key=key).get("Item"))


def test_without_enforcement_a_role_hinders_nothing(machine: LocalSession) -> None:
    assert machine.invoke("overreach", {}) == "sent"
