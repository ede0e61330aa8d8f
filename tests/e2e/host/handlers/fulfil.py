"""From the queue back to the table; reports the messages whose note says so."""

import json
import os
from typing import Any

import boto3


def handler(event: dict[str, Any], _context: Any) -> Any:
    failed = []
    for record in event["Records"]:
        asked = json.loads(record["body"])
        if asked["note"] == "refused":
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        item = {"pk": {"S": f"done#{asked['pk']}"}}
        boto3.client("dynamodb").put_item(TableName=os.environ["TABLE"], Item=item)
    return {"batchItemFailures": failed}
