"""The settings of one event source mapping, read from the shape of Lambda's GetEventSourceMapping."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from shopbell.domain.clock import DAY, SECOND, Duration
from shopbell.local.mappings.filters import Pattern

STREAM_RETENTION: Final[Duration] = DAY
"""DynamoDB Streams keep a record for 24 hours: the age limit of a mapping that names none."""


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """A mapping from a DynamoDB stream; `retries` None means until the record is too old."""

    mapping: str
    function: str
    source: str
    batch_size: int = 100
    window: Duration = 0
    start: Literal["TRIM_HORIZON", "LATEST"] = "TRIM_HORIZON"
    partial: bool = False
    retries: int | None = None
    max_age: Duration = STREAM_RETENTION
    bisect: bool = False
    destination: str | None = None
    filters: tuple[Pattern, ...] = ()
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """A mapping from an SQS queue; `concurrency` None means as many as the function has environments."""

    mapping: str
    function: str
    source: str
    batch_size: int = 10
    window: Duration = 0
    partial: bool = False
    filters: tuple[Pattern, ...] = ()
    concurrency: int | None = None


Settings = StreamSettings | QueueSettings


def read(described: Mapping[str, Any]) -> Settings:
    """The settings that Lambda describes. ValueError for a source that is neither a table's stream nor a queue."""
    source = str(described["EventSourceArn"])
    match source.split(":")[2]:
        case "dynamodb":
            return _stream(described, source)
        case "sqs":
            return _queue(described, source)
        case other:
            raise ValueError(f"no event source mapping for {other}: {source}")


def _stream(described: Mapping[str, Any], source: str) -> StreamSettings:
    on_failure = (described.get("DestinationConfig") or {}).get("OnFailure") or {}
    return StreamSettings(
        mapping=described["UUID"],
        function=described["FunctionArn"],
        source=source,
        batch_size=described.get("BatchSize") or 100,
        window=_seconds(described, "MaximumBatchingWindowInSeconds") or 0,
        start="LATEST" if described.get("StartingPosition") == "LATEST" else "TRIM_HORIZON",
        partial=_partial(described),
        retries=_limit(described, "MaximumRetryAttempts"),
        max_age=_seconds(described, "MaximumRecordAgeInSeconds") or STREAM_RETENTION,
        bisect=bool(described.get("BisectBatchOnFunctionError")),
        destination=on_failure.get("Destination") or None,
        filters=_filters(described),
        lanes=described.get("ParallelizationFactor") or 1,
    )


def _queue(described: Mapping[str, Any], source: str) -> QueueSettings:
    return QueueSettings(
        mapping=described["UUID"],
        function=described["FunctionArn"],
        source=source,
        batch_size=described.get("BatchSize") or 10,
        window=_seconds(described, "MaximumBatchingWindowInSeconds") or 0,
        partial=_partial(described),
        filters=_filters(described),
        concurrency=(described.get("ScalingConfig") or {}).get("MaximumConcurrency"),
    )


def _limit(described: Mapping[str, Any], name: str) -> int | None:
    value = described.get(name)
    return None if value is None or value < 0 else int(value)


def _seconds(described: Mapping[str, Any], name: str) -> Duration | None:
    limit = _limit(described, name)
    return None if limit is None else limit * SECOND


def _partial(described: Mapping[str, Any]) -> bool:
    return "ReportBatchItemFailures" in (described.get("FunctionResponseTypes") or ())


def _filters(described: Mapping[str, Any]) -> tuple[Pattern, ...]:
    written = (described.get("FilterCriteria") or {}).get("Filters") or ()
    return tuple(json.loads(one["Pattern"]) for one in written)
