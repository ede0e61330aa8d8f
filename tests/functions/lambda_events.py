"""Events as AWS hands them to functions, and what a function writes about an invocation."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from shopbell.adapters.dynamo import event_items, keys
from shopbell.domain.clock import Instant
from shopbell.domain.events import EventItem
from shopbell.domain.ids import SegmentId, StoreId, VisitorId
from shopbell.domain.membership import Flip
from shopbell.ports import Message
from shopbell.runtime.queues import Consumer

from tests.unit.app.shop import NOON, STORE, Shop

ARN = "arn:aws:sqs:eu-central-1:123456789012:Shopbell-Queue"


def context(millis: int = 60_000) -> Any:
    return SimpleNamespace(
        aws_request_id="5a8d0a2e-request",
        function_name="function",
        get_remaining_time_in_millis=lambda: millis,
    )


@dataclass
class Deferred:
    """What was given back, and for how long."""

    seconds: dict[str, int] = field(default_factory=dict)
    works: bool = True

    def defer(self, source: str, receipt: str, seconds: int) -> bool:
        assert source == ARN
        self.seconds[receipt] = seconds
        return self.works


def consumer(shop: Shop, deferred: Deferred | None = None) -> Consumer:
    return Consumer(deferred or Deferred(), shop.clock, lambda: 0.5)


def sqs_event(messages: Sequence[Message], receives: int = 1, first: Instant = NOON) -> dict[str, Any]:
    return {
        "Records": [sqs_record(place, json.dumps(one.body), receives, first) for place, one in enumerate(messages)]
    }


def sqs_record(place: int, body: str, receives: int = 1, first: Instant = NOON) -> dict[str, Any]:
    return {
        "messageId": f"m{place}",
        "receiptHandle": f"r{place}",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": str(receives),
            "SentTimestamp": str(first),
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": str(first),
            "MessageGroupId": STORE,
        },
        "messageAttributes": {},
        "md5OfBody": "098f6bcd4621d373cade4e832627b4f6",
        "eventSource": "aws:sqs",
        "eventSourceARN": ARN,
        "awsRegion": "eu-central-1",
    }


def stream_event(*records: Mapping[str, Any]) -> dict[str, Any]:
    return {"Records": list(records)}


def appended(item: EventItem, sequence: int) -> dict[str, Any]:
    """An INSERT into the event log."""
    image = event_items.encode(item)
    keyed = {name: image[name] for name in (keys.PK, keys.SK)}
    return _record("INSERT", keyed, sequence, "events", NewImage=image)


def member_changed(
    segment: SegmentId, visitor: str, sequence: int, before: bool | None, after: bool | None
) -> dict[str, Any]:
    keyed = {keys.PK: {"S": keys.members(StoreId(STORE), segment, 0)}, keys.SK: {"S": visitor}}
    images = {
        name: {**keyed, "entered_at": {"N": str(NOON)}, "reach": {"BOOL": reach}, "ver": {"N": "1"}}
        for name, reach in (("OldImage", before), ("NewImage", after))
        if reach is not None
    }
    name = "MODIFY" if len(images) > 1 else "INSERT" if after is not None else "REMOVE"
    return _record(name, keyed, sequence, "members", **images)


def line_written(segment: SegmentId, visitor: str, sequence: int, flip: Flip) -> dict[str, Any]:
    """A new line of the log, as its stream shows it."""
    key = keys.log(StoreId(STORE), VisitorId(visitor), segment, 0, (flip.at, 1, 0))
    image = {name: {"S": value} for name, value in key.items()}
    words = {"visitor": visitor, "segment": flip.segment, "change": flip.change, "cause": flip.cause}
    image |= {name: {"S": value} for name, value in words.items()}
    image |= {"leaf": {"S": flip.leaf}} if flip.leaf else {}
    numbers = {"ver": 1, "segment_ver": flip.version, "at": flip.at, "ttl": flip.at // 1000}
    rows: dict[str, Any] = {**image, **{name: {"N": str(value)} for name, value in numbers.items()}}
    keyed = {name: image[name] for name in (keys.PK, keys.SK)}
    return _record("INSERT", keyed, sequence, "log", NewImage=rows)


def _record(name: str, keyed: Mapping[str, Any], sequence: int, table: str, **images: Any) -> dict[str, Any]:
    return {
        "eventID": f"{sequence:032x}",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": NOON / 1000,
            "Keys": keyed,
            "SequenceNumber": str(sequence),
            "SizeBytes": 200,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            **images,
        },
        "eventSourceARN": f"arn:aws:dynamodb:eu-central-1:123456789012:table/Shopbell-{table}/stream/2026",
    }


def written(out: str) -> list[dict[str, Any]]:
    """Each line that the invocation wrote: logs and embedded metrics."""
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


def counted(out: str) -> dict[str, float]:
    """Metrics of the invocation, by name."""
    found: dict[str, float] = {}
    for line in written(out):
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            for metric in directive["Metrics"]:
                value = line[metric["Name"]]
                found[metric["Name"]] = sum(value) if isinstance(value, list) else value
    return found
