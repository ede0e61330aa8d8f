"""The whole of Shopbell as one CloudFormation stack: builds the parts and joins them."""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from constructs import Construct

from infra.config import Stage
from infra.constructs import streams
from infra.constructs.alarms import Alarms
from infra.constructs.api import Api
from infra.constructs.dashboard import dashboard
from infra.constructs.files import Files
from infra.constructs.function import ServiceFunction
from infra.constructs.layers import Layers
from infra.constructs.queues import SHAPES, Queues, camel
from infra.constructs.schedules import MAX_AGE_SECONDS, Schedules
from infra.constructs.tables import Tables
from infra.services import SERVICES, Service


class ShopbellStack(Stack):
    """One stage of Shopbell; `functions` is the folder that holds one folder per function."""

    def __init__(self, scope: Construct, id_: str, *, stage: Stage, functions: Path) -> None:
        super().__init__(
            scope, id_, termination_protection=stage.protect, description="Shopbell: web push for stores"
        )
        self._settings = stage
        timeouts = {name: service.timeout for name, service in SERVICES.items()}
        self._tables = Tables(self, "Tables", stage=stage)
        self._queues = Queues(self, "Queues", stage=stage, timeouts=timeouts)
        self._files = Files(self, "Files", stage=stage)
        self._bus = events.EventBus(self, "EventBus", event_bus_name=f"shopbell-{stage.name}")
        self._layers = Layers(self, "Layers", target=stage.target)
        self._functions = {name: self._function(functions / name, SERVICES[name]) for name in SERVICES}
        self._feed_by_streams()
        self._feed_by_queues()
        self._feed_by_clock()
        api = Api(
            self, "Api", stage=stage, **{name: self._functions[name] for name in ("track", "campaigns", "authorize")}
        )
        Alarms(self, "Alarms", stage=stage, functions=self._functions, timeouts=timeouts, queues=self._queues)
        dashboard(self, http=api.http, functions=self._functions, queues=self._queues)
        self._outputs(api)

    def _function(self, folder: Path, service: Service) -> ServiceFunction:
        function = ServiceFunction(
            self,
            folder,
            stage=self._settings,
            service=service,
            layers=[*self._layers.all, *([self._layers.numeric] if service.numeric else [])],
            environment=self._environment(service),
        )
        for path, actions in service.tables.items():
            self._tables.grant(function, path, *actions)
        for name in service.queues:
            self._queues.by_name[name].grant(function, "sqs:SendMessage", *self._settings.extra_queue_actions)
        for place, actions in service.files.items():
            self._files.allow(function, place, *actions)
        if service.puts_events:
            self._bus.grant_put_events_to(function)
        if service.secrets:
            function.add_to_role_policy(self._secrets("ssm:GetParameter", service.secrets))
        if service.makes_secrets:
            function.add_to_role_policy(self._secrets("ssm:PutParameter", service.makes_secrets))
        if service.drops_secrets:
            function.add_to_role_policy(self._secrets("ssm:DeleteParameter", service.drops_secrets))
        return function

    def _environment(self, service: Service) -> Mapping[str, str]:
        tables = {path.partition("/")[0] for path in service.tables}
        return {
            **{f"{name.upper()}_TABLE": self._tables.by_name[name].table_name for name in sorted(tables)},
            **{_url_variable(name): self._queues.by_name[name].queue_url for name in service.queues},
            **({"FILES_BUCKET": self._files.bucket_name} if service.files else {}),
            **({"PARAMETER_PREFIX": self._settings.parameter_prefix} if service.secrets else {}),
            **(self._settings.push_tests if service.posts_pushes else {}),
            **({"EVENT_BUS_NAME": self._bus.event_bus_name} if service.puts_events else {}),
            **self._limits(service),
            **(self._settings.webhook_tests if "webhook" in (*service.secrets, *service.makes_secrets) else {}),
            **({"SHOPBELL_PUSH_RATES": rates} if service.paced and (rates := self._settings.push_rates) else {}),
        }

    def _limits(self, service: Service) -> Mapping[str, str]:
        """What its callers are held to, or told of."""
        stage = self._settings
        gateway = {"SHOPBELL_REQUESTS_PER_SECOND": str(stage.requests_per_second)} if service.tells_gateway else {}
        per_key = stage.calls_per_minute if service.counts_calls else None
        return {**gateway, **({"SHOPBELL_CALLS_PER_MINUTE": str(per_key)} if per_key else {})}

    def _secrets(self, action: str, kinds: tuple[str, ...]) -> iam.PolicyStatement:
        prefix = self._settings.parameter_prefix.removeprefix("/")
        paths = [f"{prefix}/*/{kind}" for kind in kinds] + [f"{prefix}/*/{kind}/*" for kind in kinds]
        return iam.PolicyStatement(
            actions=[action],
            resources=[self.format_arn(service="ssm", resource="parameter", resource_name=path) for path in paths],
        )

    def _feed_by_streams(self) -> None:
        failures = streams.Failures(self, "Failures", stage=self._settings)
        for reader in streams.READERS:
            function = self._functions[reader.function]
            streams.read(self, reader, function=function, tables=self._tables, failures=failures)

    def _feed_by_queues(self) -> None:
        for name, shape in SHAPES.items():
            queue, consumer = self._queues.by_name[name], self._functions[shape.consumer]
            queue.grant_consume_messages(consumer)
            lambda_.EventSourceMapping(
                self,
                f"{camel(name)}To{camel(shape.consumer)}",
                target=consumer,
                event_source_arn=queue.queue_arn,
                batch_size=shape.batch,
                max_concurrency=shape.concurrency,
                report_batch_item_failures=True,
            )

    def _feed_by_clock(self) -> None:
        fired = {name: self._functions[name] for name in ("wake", "scenario_runner", "nightly")}
        dead = self._queues.dead["schedules"]
        schedules = Schedules(self, "Schedules", **fired, dead=dead)
        for name, service in SERVICES.items():
            if service.makes_schedules:
                schedules.allow_own(self._functions[name], *self._settings.extra_schedule_groups)
        for function in fired.values():
            function.configure_async_invoke(
                on_failure=destinations.SqsDestination(dead),
                max_event_age=Duration.seconds(MAX_AGE_SECONDS),
                retry_attempts=2,
            )

    def _outputs(self, api: Api) -> None:
        CfnOutput(self, "ApiUrl", value=api.url)
        CfnOutput(self, "StageName", value=self._settings.name)
        CfnOutput(self, "ParameterPrefix", value=self._settings.parameter_prefix)
        CfnOutput(self, "EventBusName", value=self._bus.event_bus_name)
        for name, table in self._tables.by_name.items():
            CfnOutput(self, f"{camel(name)}TableName", value=table.table_name)
        for name, queue in self._queues.by_name.items():
            CfnOutput(self, f"{camel(name)}QueueUrl", value=queue.queue_url)


def _url_variable(queue: str) -> str:
    return f"{queue.replace('-', '_').upper()}_QUEUE_URL"
