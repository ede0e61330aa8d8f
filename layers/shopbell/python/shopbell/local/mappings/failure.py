"""Where a stream mapping reports what it gave up: AWS's invocation record, to a queue or a bucket."""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shopbell.domain.clock import SECOND, format_instant
from shopbell.local.mappings.doors import Destination, GivenUp

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class FailureRecord:
    """The invocation record that AWS writes for what a stream mapping gave up.

    Source: AWS Lambda developer guide, "Retaining discarded records for a DynamoDB event source".
    """

    stream: str
    function: str
    mapping: str

    def metadata(self, lost: GivenUp) -> dict[str, Any]:
        first, last = lost.records[0], lost.records[-1]
        return {
            "requestContext": {
                "requestId": str(uuid.uuid4()),
                "functionArn": self.function,
                "condition": lost.condition,
                "approximateInvokeCount": lost.attempts,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": format_instant(lost.at),
            "DDBStreamBatchInfo": {
                "shardId": lost.shard,
                "startSequenceNumber": first.sequence,
                "endSequenceNumber": last.sequence,
                "approximateArrivalOfFirstRecord": format_instant(first.at),
                "approximateArrivalOfLastRecord": format_instant(last.at),
                "batchSize": len(lost.records),
                "streamArn": self.stream,
            },
        }

    def with_payload(self, lost: GivenUp) -> dict[str, Any]:
        """The form for a bucket, which alone carries the records themselves."""
        payload = json.dumps({"Records": [record.event for record in lost.records]})
        return {**self.metadata(lost), "payload": payload}

    def key(self, lost: GivenUp) -> str:
        at = datetime.fromtimestamp(lost.at / SECOND, UTC)
        return f"aws/lambda/{self.mapping}/{lost.shard}/{at:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"


def to_queue(client: "SQSClient", url: str, written: FailureRecord) -> Destination:
    """Metadata only, as AWS sends to a queue."""

    def give_up(lost: GivenUp) -> None:
        client.send_message(QueueUrl=url, MessageBody=json.dumps(written.metadata(lost)))

    return give_up


def to_bucket(client: "S3Client", bucket: str, written: FailureRecord) -> Destination:
    """Metadata and the whole event, as AWS writes to a bucket."""

    def give_up(lost: GivenUp) -> None:
        client.put_object(Bucket=bucket, Key=written.key(lost), Body=json.dumps(written.with_payload(lost)).encode())

    return give_up


def to_nowhere(lost: GivenUp) -> None:
    """A mapping without a destination: what it gives up is in the journal only."""
