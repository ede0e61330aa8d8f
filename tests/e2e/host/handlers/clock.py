"""Writes down when it was called and for which instant."""

import json
import os
from typing import Any

import boto3


def handler(event: dict[str, Any], _context: Any) -> Any:
    print(json.dumps({"called": event}))
    item = {"pk": {"S": f"tick#{event['scheduled_at']}"}}
    boto3.client("dynamodb").put_item(TableName=os.environ["TABLE"], Item=item)
    return {"called": event}
