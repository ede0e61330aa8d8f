"""Which function reads which stream, and where records go that never pass."""

from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import Stage
from infra.constructs.function import ServiceFunction
from infra.constructs.queues import camel
from infra.constructs.tables import Tables

INSERTS: Final = '{"eventName":["INSERT"]}'
RECEIPTS: Final = '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"receipts":{"BOOL":[true]}}}}'
DEMAND: Final = '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"demand":{"BOOL":[true]}}}}'

NEWS: Final = '{"eventName":["INSERT","MODIFY"],"dynamodb":{"NewImage":{"news":{"BOOL":[true]}}}}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One function on one stream; a stream has two at most. `filters`: patterns, of which one must match."""

    table: str
    function: str
    filters: tuple[str, ...] = ()


READERS: Final = (
    Reader(table="events", function="evaluate", filters=(INSERTS,)),
    Reader(table="events", function="tally", filters=(RECEIPTS, DEMAND)),
    Reader(table="members", function="tally"),
    Reader(table="log", function="tally", filters=(INSERTS,)),
    Reader(table="catalogue", function="scenario_runner", filters=(NEWS,)),
)

RETRIES: Final = 5
OLDEST: Final = Duration.hours(6)
FAILURES_KEPT: Final = Duration.days(30)


class Failures(s3.Bucket):
    """Stream records that were given up, whole, for a month (a queue would hold only a pointer into the stream)."""

    def __init__(self, scope: Construct, id_: str, *, stage: Stage) -> None:
        super().__init__(
            scope,
            id_,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=stage.tls_only,
            lifecycle_rules=[s3.LifecycleRule(expiration=FAILURES_KEPT)],
            removal_policy=RemovalPolicy.RETAIN if stage.protect else RemovalPolicy.DESTROY,
        )


def read(scope: Construct, reader: Reader, *, function: ServiceFunction, tables: Tables, failures: Failures) -> None:
    """Map the stream to the function: bounded retries, bisection, partial answers, and a place for what fails."""
    stream = _stream(tables.by_name[reader.table].table_stream_arn)
    mapping = lambda_.CfnEventSourceMapping(
        scope,
        f"{camel(reader.table)}To{camel(reader.function)}",
        function_name=function.function_arn,
        event_source_arn=stream,
        starting_position="TRIM_HORIZON",
        batch_size=100,
        maximum_batching_window_in_seconds=0,
        bisect_batch_on_function_error=True,
        maximum_retry_attempts=RETRIES,
        maximum_record_age_in_seconds=int(OLDEST.to_seconds()),
        function_response_types=["ReportBatchItemFailures"],
        destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
            on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=failures.bucket_arn)
        ),
        filter_criteria=_criteria(reader.filters),
    )
    id_ = f"{camel(reader.function)}Reads{camel(reader.table)}"
    mapping.node.add_dependency(_permission(scope, id_, function=function, stream=stream, failures=failures))


def _permission(
    scope: Construct, id_: str, *, function: ServiceFunction, stream: str, failures: Failures
) -> iam.Policy:
    """A policy of its own: Lambda checks it while the mapping is made."""
    return iam.Policy(
        scope,
        id_,
        roles=[_role(function)],
        statements=[
            iam.PolicyStatement(
                actions=["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
                resources=[stream],
            ),
            iam.PolicyStatement(actions=["dynamodb:ListStreams"], resources=["*"]),
            iam.PolicyStatement(actions=["s3:PutObject"], resources=[failures.arn_for_objects("*")]),
            iam.PolicyStatement(actions=["s3:ListBucket"], resources=[failures.bucket_arn]),
        ],
    )


def _criteria(filters: tuple[str, ...]) -> lambda_.CfnEventSourceMapping.FilterCriteriaProperty | None:
    if not filters:
        return None
    return lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
        filters=[lambda_.CfnEventSourceMapping.FilterProperty(pattern=pattern) for pattern in filters]
    )


def _role(function: ServiceFunction) -> iam.IRole:
    role = function.role
    if role is None:
        raise TypeError(f"{function.node.id} has no role")
    return role


def _stream(arn: str | None) -> str:
    if arn is None:
        raise TypeError("the table has no stream")
    return arn
