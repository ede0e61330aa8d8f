"""The clock of the template is the clock of the domain."""

import json
from typing import Any

from shopbell.domain.scenarios.table import SCHEDULED

from tests.infra.templates import Template

OWN = ("wake", "nightly")
"""Functions with a schedule of their own, which name no scenario."""


def schedules(template: Template) -> dict[str, tuple[str, dict[str, Any]]]:
    """Expression and target by scenario; by the function for those without, and `scenario_runner` of campaigns."""
    names = template.function_names()
    return {
        json.loads(schedule["Target"]["Input"]).get("scenario", names[schedule["Target"]["Arn"]["Fn::GetAtt"][0]]): (
            schedule["ScheduleExpression"],
            schedule["Target"],
        )
        for schedule in template.of("Scheduler::Schedule").values()
    }


def test_each_scheduled_scenario_of_the_domain_has_its_schedule_and_wake_and_nightly_have_theirs(
    any_stage: Template,
) -> None:
    expressions = {name: expression for name, (expression, _) in schedules(any_stage).items()}

    others = {
        "wake": "cron(* * * * ? *)",
        "nightly": "cron(30 2 * * ? *)",
        "scenario_runner": "cron(0/15 * * * ? *)",
    }
    assert expressions == {**SCHEDULED, **others}


def test_a_schedule_calls_its_function_with_the_nominal_time(any_stage: Template) -> None:
    names = any_stage.function_names()
    for name, (_, target) in schedules(any_stage).items():
        function = names[target["Arn"]["Fn::GetAtt"][0]]
        assert function == (name if name in OWN else "scenario_runner")
        scenario = {"campaign": "*"} if name == "scenario_runner" else {} if name in OWN else {"scenario": name}
        assert json.loads(target["Input"]) == {**scenario, "scheduled_time": "<aws.scheduler.scheduled-time>"}


def test_schedules_share_one_group_and_run_in_utc_at_the_minute(any_stage: Template) -> None:
    (group,) = any_stage.of("Scheduler::ScheduleGroup")
    for schedule in any_stage.of("Scheduler::Schedule").values():
        assert schedule["GroupName"] == {"Ref": group}
        assert schedule["ScheduleExpressionTimezone"] == "UTC"
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_an_invocation_is_tried_for_two_hours_and_then_kept(any_stage: Template) -> None:
    (policy,) = (
        policy
        for policy in any_stage.of("SQS::QueuePolicy").values()
        if any(
            s["Principal"] == {"Service": "scheduler.amazonaws.com"} for s in policy["PolicyDocument"]["Statement"]
        )
    )
    for _, target in schedules(any_stage).values():
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 7200, "MaximumRetryAttempts": 20}
        assert policy["Queues"] == [{"Ref": target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]}]


def test_a_function_that_fails_on_a_schedule_leaves_its_event_in_the_same_queue(any_stage: Template) -> None:
    names = any_stage.function_names()
    (dead,) = {json.dumps(target["DeadLetterConfig"]["Arn"]) for _, target in schedules(any_stage).values()}
    kept = {
        names[config["FunctionName"]["Ref"]]: json.dumps(config["DestinationConfig"]["OnFailure"]["Destination"])
        for config in any_stage.of("Lambda::EventInvokeConfig").values()
    }
    assert kept == {"wake": dead, "scenario_runner": dead, "nightly": dead}


def test_management_alone_keeps_schedules_of_stores_in_this_group_and_hands_over_this_role_alone(
    any_stage: Template,
) -> None:
    (group,), names = any_stage.of("Scheduler::ScheduleGroup"), any_stage.function_names()
    (role,) = {json.dumps(schedule["Target"]["RoleArn"]) for schedule in any_stage.of("Scheduler::Schedule").values()}
    found = {}
    for policy in any_stage.of("IAM::Policy").values():
        for said in policy["PolicyDocument"]["Statement"]:
            for action in [said["Action"]] if isinstance(said["Action"], str) else said["Action"]:
                if action.startswith("scheduler:") or action == "iam:PassRole":
                    found[action] = (json.dumps(said["Resource"]), said.get("Condition"), policy["PolicyName"])
    passed = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
    assert found["iam:PassRole"][:2] == (role, passed)
    made = {name: row for name, row in found.items() if name != "iam:PassRole"}
    assert made.keys() == {f"scheduler:{verb}Schedule" for verb in ("Create", "Update", "Delete", "Get")}
    assert all(f'":schedule/", {{"Ref": "{group}"}}, "/*"' in where for where, _, _ in made.values()), made
    others = [":schedule/default/*" in where for where, _, _ in made.values()]
    assert set(others) == {any_stage.stage == "local"}
    assert {who.startswith("CampaignsRole") for _, _, who in found.values()} == {True}
    told = any_stage.function("campaigns")[1]["Environment"]["Variables"]
    assert json.dumps(told["SCHEDULE_ROLE"]) == role
    assert told["SCHEDULE_GROUP"] == {"Ref": group}
    assert names[told["SCHEDULE_FUNCTION"]["Fn::GetAtt"][0]] == "scenario_runner"
    (dead,) = {
        json.dumps(schedule["Target"]["DeadLetterConfig"]["Arn"])
        for schedule in any_stage.of("Scheduler::Schedule").values()
    }
    assert json.dumps(told["SCHEDULE_DEAD_LETTERS"]) == dead
