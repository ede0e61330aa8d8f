"""Schedules of stores: one for a store and scenario, made, changed and removed as often as it takes."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from shopbell.adapters.backoff import Backoff
from shopbell.adapters.memory.schedules import MemoryOwnSchedules
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.adapters.schedules import Callee, EventBridgeSchedules
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.ownschedule import OwnSchedule
from shopbell.ports import OwnSchedules

KEYS = {"region_name": "eu-central-1", "aws_access_key_id": "1", "aws_secret_access_key": "1"}
OURS, THEIRS, NAME = StoreId("0123456789"), StoreId("9876543210"), "push_recommendation"
CALLEE = Callee(
    "arn:aws:lambda:eu-central-1:123456789012:function:runner",
    "arn:aws:iam::123456789012:role/invoker",
    "arn:aws:sqs:eu-central-1:123456789012:dead",
)
WEEKLY = OwnSchedule(OURS, NAME, "cron(0 18 ? * THU *)", "Europe/Berlin")
ONCE = OwnSchedule(OURS, NAME, "at(2030-03-05T17:00:00)", "UTC")


@pytest.fixture
def scheduler() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("scheduler", **KEYS)  # type: ignore[call-overload]
        client.create_schedule_group(Name="ours")
        yield client


@pytest.fixture(params=["memory", "scheduler"])
def schedules(request: pytest.FixtureRequest) -> OwnSchedules:
    if request.param == "memory":
        return MemoryOwnSchedules(MemoryWorld())
    return EventBridgeSchedules(request.getfixturevalue("scheduler"), "ours", CALLEE)


def test_what_is_put_is_there_until_it_is_removed(schedules: OwnSchedules) -> None:
    assert schedules.get(OURS, NAME) is None
    schedules.put(WEEKLY)
    schedules.put(WEEKLY)
    assert schedules.get(OURS, NAME) == WEEKLY
    schedules.put(ONCE)
    assert schedules.get(OURS, NAME) == ONCE
    schedules.remove(OURS, NAME)
    assert schedules.get(OURS, NAME) is None
    schedules.remove(OURS, NAME)


def test_each_store_and_scenario_has_its_own(schedules: OwnSchedules) -> None:
    theirs = OwnSchedule(THEIRS, NAME, "cron(0 9 * * ? *)", "UTC")
    other = OwnSchedule(OURS, "top_sellers", "cron(0 12 ? * FRI *)", "Pacific/Kiritimati")
    for one in (WEEKLY, theirs, other):
        schedules.put(one)
    schedules.remove(OURS, NAME)
    assert schedules.get(THEIRS, NAME) == theirs
    assert schedules.get(OURS, "top_sellers") == other


@pytest.mark.parametrize(("schedule", "after"), [(WEEKLY, "NONE"), (ONCE, "DELETE")], ids=["recurring", "once"])
def test_it_calls_the_runner_with_whose_it_is_and_the_nominal_time(
    scheduler: Any, schedule: OwnSchedule, after: str
) -> None:
    EventBridgeSchedules(scheduler, "ours", CALLEE).put(schedule)
    told = scheduler.get_schedule(GroupName="ours", Name=f"{OURS}.{NAME}")
    assert json.loads(told["Target"]["Input"]) == {
        "scenario": NAME,
        "store": OURS,
        "scheduled_time": "<aws.scheduler.scheduled-time>",
    }
    assert (told["Target"]["Arn"], told["Target"]["RoleArn"]) == (CALLEE.function, CALLEE.role)
    assert told["Target"]["DeadLetterConfig"] == {"Arn": CALLEE.dead_letters}
    assert told["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 7200, "MaximumRetryAttempts": 20}
    assert (told["ActionAfterCompletion"], told["FlexibleTimeWindow"]) == (after, {"Mode": "OFF"})


def test_what_passes_is_tried_again_and_then_said() -> None:
    client = boto3.client("scheduler", **KEYS)  # type: ignore[call-overload]
    schedules = EventBridgeSchedules(client, "ours", CALLEE, Backoff(tries=2, sleep=lambda _: None))
    with Stubber(client) as stub:
        stub.add_client_error("update_schedule", "ResourceNotFoundException")
        stub.add_client_error("create_schedule", "ConflictException")
        stub.add_response("update_schedule", {"ScheduleArn": "arn"})
        schedules.put(WEEKLY)
        stub.add_client_error("delete_schedule", "ThrottlingException")
        stub.add_client_error("delete_schedule", "InternalServerException")
        with pytest.raises(Unavailable):
            schedules.remove(OURS, NAME)
        stub.add_client_error("get_schedule", "ValidationException")
        with pytest.raises(client.exceptions.ValidationException):
            schedules.get(OURS, NAME)
