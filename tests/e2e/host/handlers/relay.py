"""From the table's stream to the queue; raises for an item whose note says so."""

import json
import os
from typing import Any

import boto3


def handler(event: dict[str, Any], _context: Any) -> Any:
    for record in event["Records"]:
        item = record["dynamodb"]["NewImage"]
        if item["note"]["S"] == "poison":
            raise ValueError(item["pk"]["S"])
        boto3.client("sqs").send_message(
            QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps({"pk": item["pk"]["S"], "note": item["note"]["S"]})
        )
    return {"batchItemFailures": []}
