"""Giving a message back for later: it stays hidden until then, and counts as received once more (ruling 33)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class SqsDeferral:
    client: "SQSClient"

    def defer(self, source: str, receipt: str, seconds: int) -> bool:
        """`source` is the queue's ARN. False: it could not be said, and the message comes when its timeout ends."""
        _, _, _, _, account, name = source.split(":")
        try:
            url = self.client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
            self.client.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=seconds)
        except (ClientError, BotoCoreError):
            return False
        return True
