"""The engine's streams and queues as the mapping engine wants them."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import orjson
from botocore.exceptions import ClientError

from shopbell.domain.clock import SECOND, Duration
from shopbell.local.clients import REGION
from shopbell.local.mappings.doors import Message, Record

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_sqs import SQSClient

_LOST_PLACE: Final = {"ExpiredIteratorException", "TrimmedDataAccessException"}
_BATCH: Final = 10


@dataclass(slots=True)
class EngineShard:
    """One shard of a DynamoDB stream. After an expired iterator it resumes behind the last record read."""

    client: "DynamoDBStreamsClient"
    stream: str
    name: str
    start: str
    _iterator: str | None = None
    _last: str | None = None

    def read(self, limit: int) -> Sequence[Record]:
        try:
            told: Any = self.client.get_records(ShardIterator=self._iterator or self._place(), Limit=limit)
        except ClientError as exc:
            if exc.response["Error"]["Code"] not in _LOST_PLACE:
                raise
            self._iterator = None
            return ()
        self._iterator = told.get("NextShardIterator")
        records = [self._record(one) for one in told["Records"]]
        if records:
            self._last = records[-1].sequence
        return records

    def _place(self) -> str:
        where: dict[str, Any] = {"ShardIteratorType": self.start}
        if self._last is not None:
            where = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._last}
        try:
            told = self.client.get_shard_iterator(StreamArn=self.stream, ShardId=self.name, **where)
        except ClientError as exc:
            if exc.response["Error"]["Code"] != "TrimmedDataAccessException":
                raise
            told = self.client.get_shard_iterator(
                StreamArn=self.stream, ShardId=self.name, ShardIteratorType="TRIM_HORIZON"
            )
        return told["ShardIterator"]

    def _record(self, told: Mapping[str, Any]) -> Record:
        created: datetime = told["dynamodb"]["ApproximateCreationDateTime"]
        change = {**told["dynamodb"], "ApproximateCreationDateTime": created.timestamp()}
        event = {**told, "dynamodb": change, "eventSource": "aws:dynamodb", "awsRegion": REGION}
        written = orjson.dumps({**event, "eventSourceARN": self.stream}, default=_binary)
        return Record(
            sequence=change["SequenceNumber"],
            at=int(created.timestamp() * SECOND),
            key=json.dumps(change["Keys"], sort_keys=True, default=_binary),
            size=len(written),
            event=orjson.loads(written),
        )


def _binary(value: object) -> object:
    """Binary attributes reach a function as base64, sets of them as lists."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"no JSON for {type(value)}")


@dataclass(frozen=True, slots=True)
class EngineQueue:
    """One SQS queue by its ARN."""

    client: "SQSClient"
    arn: str
    url: str

    def receive(self, limit: int, wait: Duration) -> Sequence[Message]:
        told = self.client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=limit,
            WaitTimeSeconds=wait // SECOND,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return [self._message(one) for one in told.get("Messages", ())]

    def delete(self, messages: Sequence[Message]) -> None:
        for first in range(0, len(messages), _BATCH):
            part = messages[first : first + _BATCH]
            entries: Any = [{"Id": str(n), "ReceiptHandle": one.receipt} for n, one in enumerate(part)]
            self.client.delete_message_batch(QueueUrl=self.url, Entries=entries)

    def waiting(self) -> int:
        told = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(told["Attributes"]["ApproximateNumberOfMessages"])

    def _message(self, told: Mapping[str, Any]) -> Message:
        event = {
            "messageId": told["MessageId"],
            "receiptHandle": told["ReceiptHandle"],
            "body": told["Body"],
            "attributes": told.get("Attributes", {}),
            "messageAttributes": {n: _attribute(v) for n, v in told.get("MessageAttributes", {}).items()},
            "md5OfBody": told["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.arn,
            "awsRegion": REGION,
        }
        return Message(told["MessageId"], told["ReceiptHandle"], len(told["Body"]), event)


def _attribute(told: Mapping[str, Any]) -> dict[str, Any]:
    named = {f"{name[0].lower()}{name[1:]}": value for name, value in told.items()}
    if "binaryValue" in named:
        named["binaryValue"] = base64.b64encode(named["binaryValue"]).decode()
    return named


def queue_url(engine: str, arn: str) -> str:
    """Where the engine serves the queue of that ARN."""
    account, name = arn.split(":")[4:6]
    return f"{engine}/{account}/{name}"
