"""boto3 clients that speak to the local engine, made once each."""

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, cast, overload

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

REGION: Final = "us-east-1"
ACCOUNT: Final = "000000000000"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Keys as boto3 takes them; the default is the engine's administrator."""

    access_key: str = "test"
    secret_key: str = "test"  # noqa: S105 - the engine's fixed administrator key, no secret
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Clients:
    """Clients of one engine under one identity; safe to share between threads."""

    url: str
    region: str = REGION
    credentials: Credentials = field(default_factory=Credentials)
    _made: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    # A session of its own: boto3's default one would read the developer's profile.
    _session: boto3.Session = field(default_factory=boto3.Session)

    @overload
    def __call__(self, service: Literal["cloudformation"]) -> "CloudFormationClient": ...
    @overload
    def __call__(self, service: Literal["dynamodb"]) -> "DynamoDBClient": ...
    @overload
    def __call__(self, service: Literal["dynamodbstreams"]) -> "DynamoDBStreamsClient": ...
    @overload
    def __call__(self, service: Literal["lambda"]) -> "LambdaClient": ...
    @overload
    def __call__(self, service: Literal["s3"]) -> "S3Client": ...
    @overload
    def __call__(self, service: Literal["scheduler"]) -> "EventBridgeSchedulerClient": ...
    @overload
    def __call__(self, service: Literal["sqs"]) -> "SQSClient": ...
    @overload
    def __call__(self, service: Literal["ssm"]) -> "SSMClient": ...
    @overload
    def __call__(self, service: Literal["sts"]) -> "STSClient": ...
    @overload
    def __call__(self, service: Literal["apigatewayv2", "logs"]) -> Any: ...

    def __call__(self, service: str) -> Any:
        with self._lock:
            if service not in self._made:
                self._made[service] = self._make(service)
            return self._made[service]

    def _make(self, service: str) -> Any:
        make = partial(cast("Any", self._session.client), service)
        return make(
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id=self.credentials.access_key,
            aws_secret_access_key=self.credentials.secret_key,
            aws_session_token=self.credentials.token,
            config=Config(
                read_timeout=70,
                max_pool_connections=64,
                retries={"mode": "standard", "total_max_attempts": 3},
                s3={"addressing_style": "path"},
            ),
        )

    def under(self, credentials: Credentials) -> "Clients":
        """The same engine under another identity."""
        return Clients(self.url, self.region, credentials)
