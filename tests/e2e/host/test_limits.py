"""What the engine does otherwise than AWS and the host makes good; each test fails when that is no longer needed."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from shopbell.local.session import LocalSession

from tests.e2e.host.calls import call, eventually

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def test_the_engine_still_answers_options_itself(machine: LocalSession) -> None:
    api = machine.address.resources["Api"]
    reply = call(machine.address.engine_url, "OPTIONS", f"/_aws/execute-api/{api}/$default/v1/orders")
    assert reply.status == 403, "the engine routes OPTIONS now: preflight.py can go"


def test_the_engine_still_takes_every_schedule_for_utc_and_fills_in_nothing(machine: LocalSession) -> None:
    scheduler, counts = machine.client("scheduler"), machine.stats()["counts"].get("schedules", {})
    clock = machine.client("lambda").get_function_configuration(FunctionName=machine.address.resources["Clock"])
    # late enough for the host to have read it first: it fires what comes of a schedule that it has not seen
    scheduler.create_schedule(
        Name="west",
        ScheduleExpression=f"at({datetime.now(UTC) + timedelta(seconds=6):%Y-%m-%dT%H:%M:%S})",
        ScheduleExpressionTimezone="America/New_York",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": clock["FunctionArn"],
            "RoleArn": clock["Role"],
            "Input": json.dumps({"scheduled_at": "<aws.scheduler.scheduled-time>", "west": True}),
        },
    )

    def dropped() -> bool:
        return bool(machine.stats()["counts"].get("schedules", {}).get("dropped", 0) > counts.get("dropped", 0))

    try:
        eventually(dropped)
    except AssertionError:
        pytest.fail("the engine knows zones now: the host's scheduler can go")
    finally:
        scheduler.delete_schedule(Name="west")
    assert '"west"' not in machine.logs("clock"), "in New York it is hours too early"
