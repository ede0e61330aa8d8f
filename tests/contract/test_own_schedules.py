"""Schedules of stores: one for a store and scenario, made, changed and removed as often as it takes."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws
from shopbell.adapters.backoff import Backoff
from shopbell.adapters.memory.schedules import MemoryOwnSchedules
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.adapters.schedules import Callee, EventBridgeSchedules
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.scenarios.ownschedule import OwnSchedule, named_for
from shopbell.local import engine as local_engine
from shopbell.local.options import Port
from shopbell.local.ports import choose
from shopbell.ports import OwnSchedules

from tests.engine import BINARY, Account

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


@pytest.fixture
def engine_scheduler(account: Account) -> Iterator[Any]:
    client = account.client("scheduler")
    client.create_schedule_group(Name="ours")
    yield client
    client.delete_schedule_group(Name="ours")


@pytest.fixture(params=["memory", "scheduler", pytest.param("engine_scheduler", marks=pytest.mark.engine)])
def schedules(request: pytest.FixtureRequest) -> OwnSchedules:
    if request.param == "memory":
        return MemoryOwnSchedules(MemoryWorld())
    return EventBridgeSchedules(request.getfixturevalue(request.param), "ours", CALLEE)


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


def test_the_end_of_a_recurrence_comes_back_and_can_be_taken_away(schedules: OwnSchedules) -> None:
    ending = OwnSchedule(OURS, named_for(CampaignId("c")), WEEKLY.expression, WEEKLY.zone, 1_900_000_000_000)
    schedules.put(ending)
    assert schedules.get(OURS, ending.scenario) == ending
    endless = replace(ending, ends_at=None)
    schedules.put(endless)
    assert schedules.get(OURS, ending.scenario) == endless
    schedules.remove(OURS, ending.scenario)


def test_each_store_and_scenario_has_its_own(schedules: OwnSchedules) -> None:
    theirs = OwnSchedule(THEIRS, NAME, "cron(0 9 * * ? *)", "UTC")
    other = OwnSchedule(OURS, "top_sellers", "cron(0 12 ? * FRI *)", "Pacific/Kiritimati")
    for one in (WEEKLY, theirs, other):
        schedules.put(one)
    schedules.remove(OURS, NAME)
    assert schedules.get(THEIRS, NAME) == theirs
    assert schedules.get(OURS, "top_sellers") == other


@pytest.mark.parametrize("ends_at", [None, 1_900_000_000_000], ids=["for ever", "until it ends"])
def test_a_campaign_is_called_by_its_name_until_it_ends(scheduler: Any, ends_at: int | None) -> None:
    schedules, name = EventBridgeSchedules(scheduler, "ours", CALLEE), named_for(CampaignId("20514-0a"))
    made = OwnSchedule(OURS, name, "cron(0 18 ? * THU *)", "Europe/Berlin", ends_at)
    schedules.put(made)
    schedules.put(made)
    assert schedules.get(OURS, name) == made
    told = scheduler.get_schedule(GroupName="ours", Name=f"{OURS}.{name}")
    assert json.loads(told["Target"]["Input"]) == {
        "campaign": "20514-0a",
        "store": OURS,
        "scheduled_time": "<aws.scheduler.scheduled-time>",
    }
    assert told["ActionAfterCompletion"] == ("NONE" if ends_at is None else "DELETE")
    assert len(f"{OURS}.{named_for(CampaignId('20514-' + 'x' * 20))}") <= 64, "what Scheduler takes for a name"


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


@pytest.mark.engine
def test_the_engine_still_asks_for_the_group_default_whatever_the_group(tmp_path: Path) -> None:
    if not BINARY.exists():
        pytest.skip("the local engine is not installed: make setup")
    engine = local_engine.start(
        BINARY, choose(Port(0)), saved=None, objects=tmp_path, log=tmp_path / "log", enforce_iam=True
    )
    try:
        owner = Account(engine.url, "test")
        owner.client("scheduler").create_schedule_group(Name="ours")
        keys = _assumed(owner, "arn:aws:scheduler:*:*:schedule/ours/*")
        with pytest.raises(ClientError) as refused:
            keys.get_schedule(GroupName="ours", Name="one")
        assert "not authorized" in str(refused.value), "it knows groups now: Stage.extra_schedule_groups can go"
    finally:
        engine.stop(seconds=10)


def _assumed(owner: Account, schedules: str) -> Any:
    """A client that may read those schedules."""
    anyone = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = owner.client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(_said(anyone)))
    mine = {"Effect": "Allow", "Action": "scheduler:GetSchedule", "Resource": schedules}
    owner.client("iam").put_role_policy(RoleName="reader", PolicyName="reads", PolicyDocument=json.dumps(_said(mine)))
    taken = owner.client("sts").assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="reader")["Credentials"]
    given = {
        "aws_access_key_id": taken["AccessKeyId"],
        "aws_secret_access_key": taken["SecretAccessKey"],
        "aws_session_token": taken["SessionToken"],
    }
    return boto3.Session().client("scheduler", **{**owner.settings, **given})


def _said(statement: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [statement]}
