"""What runs by the clock: `wake` each minute, `nightly` each night, scenarios and campaigns by `scenario_runner`."""

import json
from collections.abc import Mapping
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.function import ServiceFunction
from infra.constructs.queues import camel

EACH_MINUTE: Final = "cron(* * * * ? *)"
EACH_5_MINUTES: Final = "cron(0/5 * * * ? *)"
EACH_15_MINUTES: Final = "cron(0/15 * * * ? *)"
EACH_NIGHT: Final = "cron(30 2 * * ? *)"

SCENARIOS: Final[Mapping[str, str]] = {
    "we_missed_you": EACH_5_MINUTES,
    "churn": EACH_5_MINUTES,
    "birthday": EACH_5_MINUTES,
    "new_arrivals": EACH_15_MINUTES,
    "top_sellers": EACH_15_MINUTES,
    "push_recommendation": EACH_15_MINUTES,
}

SCHEDULED_TIME: Final = "<aws.scheduler.scheduled-time>"
MAX_ATTEMPTS: Final = 20
MAX_AGE_SECONDS: Final = 2 * 3600


class Schedules(Construct):
    """One Scheduler group; an invocation that cannot be delivered in two hours goes to `dead`."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        wake: ServiceFunction,
        scenario_runner: ServiceFunction,
        nightly: ServiceFunction,
        dead: sqs.Queue,
    ) -> None:
        super().__init__(scope, id_)
        self._group = scheduler.CfnScheduleGroup(self, "Group")
        self._dead, self._runner = dead, scenario_runner
        self._role = self._invoker((wake, scenario_runner, nightly))
        self._every(EACH_MINUTE, "Wake", wake, {})
        self._every(EACH_NIGHT, "Nightly", nightly, {})
        for name, expression in SCENARIOS.items():
            self._every(expression, camel(name), scenario_runner, {"scenario": name})
        self._every(EACH_15_MINUTES, "Campaigns", scenario_runner, {"campaign": "*"})

    def allow_own(self, function: ServiceFunction, *others: str) -> None:
        """Let the function make schedules of stores in the group, which call the scenario runner as these do."""
        stack = Stack.of(self)
        named = [
            stack.format_arn(service="scheduler", resource="schedule", resource_name=f"{group}/*")
            for group in (self._group.ref, *others)
        ]
        made = ["CreateSchedule", "UpdateSchedule", "DeleteSchedule", "GetSchedule"]
        function.add_to_role_policy(
            iam.PolicyStatement(actions=[f"scheduler:{name}" for name in made], resources=named)
        )
        handed = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
        function.add_to_role_policy(
            iam.PolicyStatement(actions=["iam:PassRole"], resources=[self._role.role_arn], conditions=handed)
        )
        function.add_environment("SCHEDULE_GROUP", self._group.ref)
        function.add_environment("SCHEDULE_FUNCTION", self._runner.function_arn)
        function.add_environment("SCHEDULE_ROLE", self._role.role_arn)
        function.add_environment("SCHEDULE_DEAD_LETTERS", self._dead.queue_arn)

    def _every(self, expression: str, id_: str, function: ServiceFunction, payload: Mapping[str, str]) -> None:
        schedule = scheduler.CfnSchedule(
            self,
            id_,
            group_name=self._group.ref,
            schedule_expression=expression,
            schedule_expression_timezone="UTC",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=self._role.role_arn,
                input=json.dumps({**payload, "scheduled_time": SCHEDULED_TIME}),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=MAX_AGE_SECONDS, maximum_retry_attempts=MAX_ATTEMPTS
                ),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=self._dead.queue_arn),
            ),
        )
        schedule.node.add_dependency(self._role.node.find_child("DefaultPolicy"))

    def _invoker(self, functions: tuple[ServiceFunction, ...]) -> iam.Role:
        """The role of the whole group; only schedules of this group may take it."""
        stack = Stack.of(self)
        mine = {
            "StringEquals": {"aws:SourceAccount": stack.account},
            "ArnLike": {"aws:SourceArn": self._group.attr_arn},
        }
        principal = iam.ServicePrincipal("scheduler.amazonaws.com", conditions=mine)
        role = iam.Role(self, "Invoker", assumed_by=principal)
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["lambda:InvokeFunction"], resources=[function.function_arn for function in functions]
            )
        )
        role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self._dead.queue_arn]))
        self._dead.add_to_resource_policy(
            iam.PolicyStatement(principals=[principal], actions=["sqs:SendMessage"], resources=[self._dead.queue_arn])
        )
        return role
