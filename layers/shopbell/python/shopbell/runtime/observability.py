"""What a function reports of itself: a counter for every outcome, one line for each, ids and numbers only."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId, VisitorId, visitor_hash

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger, Metrics

NAMESPACE: Final = "Shopbell"
FIELDS: Final = frozenset(
    {"store", "visitor", "segment", "campaign", "scenario", "run", "chunk", "shard", "version", "item", "message_id"}
    | {"reason", "wait", "receives", "outcomes", "at", "failed", "leaf", "kind", "webhook"}
)
"""All that a line may hold besides its words: no texts of people, no endpoints, keys, payloads or tokens."""


@dataclass(frozen=True, slots=True)
class Report:
    """Of one invocation. Outcomes are few fixed words, so the number of metrics is bounded."""

    logger: "Logger"
    metrics: "Metrics"

    def count(self, outcomes: Mapping[str, int]) -> None:
        from aws_lambda_powertools.metrics import MetricUnit  # noqa: PLC0415 - after the cold start

        for name, number in outcomes.items():
            if number:
                self.metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)

    def say(self, words: str, **fields: Json) -> None:
        """One line. ValueError for a field that is not on the list."""
        if unknown := fields.keys() - FIELDS:
            raise ValueError(f"{', '.join(sorted(unknown))} may not be logged")
        self.logger.info(words, extra=_nameless(fields))

    def fault(self, words: str, exc: BaseException, **fields: Json) -> None:
        """A fault with its kind and its place in the code; never its text, which may quote what a visitor wrote."""
        from shopbell.app.poison import reason  # noqa: PLC0415

        self.count({"faults": 1})
        known = {name: value for name, value in fields.items() if name in FIELDS}
        self.logger.error(words, extra={**_nameless(known), "reason": reason(exc)})


def _nameless(fields: Mapping[str, Json]) -> Mapping[str, Json]:
    """A visitor by the hash of their id: lines outlast who is erased. `Visitors.by_hash` finds who is there."""
    visitor = fields.get("visitor")
    if not isinstance(visitor, str):
        return fields
    return {**fields, "visitor": visitor_hash(StoreId(str(fields.get("store"))), VisitorId(visitor)).hex()}


@contextmanager
def reporting(context: Any) -> Iterator[Report]:
    """Around one invocation: what was counted is written even when it fails."""
    logger, metrics = _tools()
    logger.append_keys(request=getattr(context, "aws_request_id", None))
    report = Report(logger, metrics)
    try:
        yield report
    except BaseException as exc:
        report.fault("the invocation failed", exc)
        raise
    finally:
        report.count({"invocations": 1})
        metrics.flush_metrics()


@cache
def _tools() -> "tuple[Logger, Metrics]":
    """Made at the first invocation; the service's name comes from the environment."""
    from aws_lambda_powertools import Logger, Metrics  # noqa: PLC0415

    return Logger(), Metrics(namespace=NAMESPACE)


def say(words: str, **fields: Json) -> None:
    """One line outside of what an invocation reports of itself, such as one of many visitors."""
    Report(*_tools()).say(words, **fields)
