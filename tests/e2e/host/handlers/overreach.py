"""Sends to the queue, which its role does not allow."""

import os
from typing import Any

import boto3


def handler(_event: dict[str, Any], _context: Any) -> Any:
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody='{"pk": "overreach", "note": ""}')
    return "sent"
