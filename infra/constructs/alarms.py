"""What wakes somebody up: errors, throttles, slowness, lag and dead letters, from the first deployment on."""

from collections.abc import Iterable, Mapping
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Stage
from infra.constructs.function import ServiceFunction
from infra.constructs.queues import PARKED, SHAPES, Queues, camel
from infra.constructs.streams import READERS

FIVE_MINUTES: Final = Duration.minutes(5)
ONE_MINUTE: Final = Duration.minutes(1)
SLOW_PER_SECOND: Final = 800
"""Milliseconds for each second of the timeout: four fifths."""
LAG_MILLISECONDS: Final = 60_000
DRIFTS: Final[Mapping[str, str]] = {"audit_drift": "MembershipDrift", "size_drift": "SizeDrift"}
"""What `nightly` counts when what is stored is not what follows from the events: our fault, always."""
KEY_MISMATCH: Final = "key_mismatch"
"""What `send` counts when a push service says that a subscription was made with another VAPID key."""
ABOVE: Final = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
QUIET_IS_FINE: Final = cloudwatch.TreatMissingData.NOT_BREACHING


class Alarms(Construct):
    """Every alarm of a stage, all to one topic; an address gets them when the stage names one."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stage: Stage,
        functions: Mapping[str, ServiceFunction],
        timeouts: Mapping[str, int],
        queues: Queues,
    ) -> None:
        super().__init__(scope, id_)
        self._topic = self._open_topic(stage.alarm_email, tls_only=stage.tls_only)
        for name, function in functions.items():
            self._watch_function(camel(name), function, timeouts[name])
        for reader in sorted({reader.function for reader in READERS}):
            self._watch_lag(camel(reader), functions[reader])
        for name, shape in SHAPES.items():
            self._watch_age(camel(name), queues.by_name[name], shape.patience)
        for metric, name in DRIFTS.items():
            self._watch_count(name, "nightly", metric)
        self._watch_count("KeyMismatch", "send", KEY_MISMATCH)
        self._watch_dead({**queues.dead, PARKED: queues.by_name[PARKED]}.items())

    def _open_topic(self, address: str | None, *, tls_only: bool) -> sns.Topic:
        topic = sns.Topic(self, "Topic", enforce_ssl=tls_only)
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Alarms",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )
        if address:
            topic.add_subscription(subscriptions.EmailSubscription(address))
        return topic

    def _watch_function(self, name: str, function: ServiceFunction, timeout: int) -> None:
        self._alarm(f"{name}Errors", function.metric_errors(period=FIVE_MINUTES), above=0)
        self._alarm(f"{name}Throttles", function.metric_throttles(period=FIVE_MINUTES), above=0)
        p99 = function.metric_duration(statistic="p99", period=FIVE_MINUTES)
        self._alarm(f"{name}Slow", p99, above=SLOW_PER_SECOND * timeout, periods=3)

    def _watch_lag(self, name: str, function: ServiceFunction) -> None:
        lag = function.metric("IteratorAge", statistic="Maximum", period=ONE_MINUTE)
        self._alarm(f"{name}Lag", lag, above=LAG_MILLISECONDS, periods=3)

    def _watch_count(self, name: str, service: str, metric: str) -> None:
        told = cloudwatch.Metric(
            namespace="Shopbell",
            metric_name=metric,
            dimensions_map={"service": service},
            statistic="Sum",
            period=FIVE_MINUTES,
        )
        self._alarm(name, told, above=0)

    def _watch_age(self, name: str, queue: sqs.Queue, patience: int) -> None:
        age = queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=ONE_MINUTE)
        self._alarm(f"{name}Age", age, above=patience, periods=3)

    def _watch_dead(self, queues: Iterable[tuple[str, sqs.Queue]]) -> None:
        for name, queue in queues:
            depth = queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=ONE_MINUTE)
            self._alarm(f"{camel(name)}Letters", depth, above=0)

    def _alarm(self, id_: str, metric: cloudwatch.Metric, *, above: float, periods: int = 1) -> None:
        alarm = cloudwatch.Alarm(
            self,
            id_,
            metric=metric,
            threshold=above,
            evaluation_periods=periods,
            comparison_operator=ABOVE,
            treat_missing_data=QUIET_IS_FINE,
        )
        alarm.add_alarm_action(actions.SnsAction(self._topic))
