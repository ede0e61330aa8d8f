"""One construct for every function, so that logs, traces, layers and permissions never differ by accident."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import Stage
from infra.constructs.layers import ARCHITECTURES, runtime
from infra.constructs.queues import SHAPES, camel
from infra.services import SERVICES, Service


class ServiceFunction(lambda_.Function):
    """`functions/<folder>/handler.py` with a role and a log group of its own; its role may do nothing else yet."""

    def __init__(
        self,
        scope: Construct,
        folder: Path,
        *,
        stage: Stage,
        service: Service,
        layers: Sequence[lambda_.ILayerVersion],
        environment: Mapping[str, str],
    ) -> None:
        if not (folder / "handler.py").is_file():
            raise FileNotFoundError(f"{folder.parent.name}/{folder.name}/handler.py is missing")
        name = camel(folder.name)
        log_group = _log_group(scope, f"{name}Logs", stage)
        role = iam.Role(scope, f"{name}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(role)
        super().__init__(
            scope,
            name,
            code=lambda_.Code.from_asset(str(folder), exclude=["__pycache__", "*.pyc"]),
            handler="handler.handler",
            runtime=runtime(stage.target),
            architecture=ARCHITECTURES[stage.target.architecture],
            layers=list(layers),
            role=role,
            timeout=Duration.seconds(service.timeout),
            memory_size=service.memory,
            tracing=lambda_.Tracing.ACTIVE if stage.tracing else lambda_.Tracing.DISABLED,
            logging_format=lambda_.LoggingFormat.JSON,
            recursive_loop=lambda_.RecursiveLoop.ALLOW if _loops(folder.name) else None,
            log_group=log_group,
            environment={**_common(folder.name, stage), **environment},
        )


def _log_group(scope: Construct, id_: str, stage: Stage) -> logs.LogGroup:
    kept = RemovalPolicy.RETAIN if stage.protect else RemovalPolicy.DESTROY
    return logs.LogGroup(scope, id_, retention=stage.log_retention, removal_policy=kept)


def _loops(name: str) -> bool:
    """Whether what it puts on queues can lead to it again, as work does that goes on in a later message.

    Such work ends by rules of its own. Lambda takes it for a mistake after sixteen rounds, unless told otherwise.
    """
    reached, ahead = set[str](), {name}
    while ahead:
        fed = {SHAPES[queue].consumer for one in ahead for queue in SERVICES[one].queues if queue in SHAPES}
        ahead = fed - reached
        reached |= fed
    return name in reached


def _common(name: str, stage: Stage) -> Mapping[str, str]:
    return {
        "STAGE": stage.name,
        "POWERTOOLS_SERVICE_NAME": name,
        "POWERTOOLS_METRICS_NAMESPACE": "Shopbell",
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }
