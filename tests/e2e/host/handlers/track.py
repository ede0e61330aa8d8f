"""Answers the API: stores what is posted, echoes what it saw, breaks when asked to."""

import base64
import json
import os
import time
from typing import Any

import boto3


def handler(event: dict[str, Any], context: Any) -> Any:
    http = event["requestContext"]["http"]
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body).decode()
    match event["rawPath"].rpartition("/")[2]:
        case "break":
            raise RuntimeError("broken on purpose")
        case "sleep":
            time.sleep(30)
        case "orders" if http["method"] == "POST":
            asked = json.loads(body)
            item = {"pk": {"S": asked["pk"]}, "note": {"S": asked.get("note", "")}}
            boto3.client("dynamodb").put_item(TableName=os.environ["TABLE"], Item=item)
    print(json.dumps({"saw": event["rawPath"], "request": context.aws_request_id}))
    told = {"method": http["method"], "path": event["rawPath"], "query": event["rawQueryString"]}
    told |= {"body": body, "headers": event["headers"], "source_ip": http["sourceIp"], "pid": os.getpid()}
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json", "access-control-allow-origin": "https://shop.example"},
        "cookies": ["a=1", "b=2"],
        "body": json.dumps(told),
    }
