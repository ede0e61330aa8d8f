"""SQS events: each message read, handed to its use case, and deleted, retried or given back as the use case says."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from shopbell.app.ends import Done, End, Handed, Later, Uniform, back_off
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Json
from shopbell.runtime.observability import Report

Work = TypeVar("Work")
Answer = dict[str, list[dict[str, str]]]
_IDS: Final = ("store", "run", "chunk", "campaign", "shard", "version", "webhook")


class Deferral(Protocol):
    def defer(self, source: str, receipt: str, seconds: int) -> bool:
        """Hide the message for so long; False if that could not be said."""


class GivenBack(Exception):  # noqa: N818 - it is no error: the batch processor takes a raise for "not done"
    """The message stays on its queue."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """What every queue's function shares."""

    deferral: Deferral
    now: Clock
    uniform: Uniform

    def __call__(
        self,
        event: Mapping[str, Any],
        report: Report,
        read: Callable[[Mapping[str, Json]], Work],
        work: Callable[[Work, Handed], End],
    ) -> Answer:
        """One message failing leaves the others alone; which they are is the answer (ReportBatchItemFailures)."""

        def one(record: Any) -> None:
            self._one(record.raw_event, report, lambda body, handed: work(read(body), handed))

        processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
        answer = process_partial_response(dict(event), one, processor)
        failed = answer["batchItemFailures"]
        report.count({"messages": len(event["Records"]), "messages_left": len(failed)})
        return {"batchItemFailures": [{"itemIdentifier": str(row["itemIdentifier"])} for row in failed]}

    def _one(
        self, record: Mapping[str, Any], report: Report, work: Callable[[Mapping[str, Json], Handed], End]
    ) -> None:
        handed = _handed(record["attributes"], self.now())
        try:
            body: Mapping[str, Json] = json.loads(record["body"])
            end = work(body, handed)
        except Unavailable as exc:
            report.fault("a dependency is unavailable", exc, message_id=record["messageId"], receives=handed.receives)
            self._hide(record, report, Later(back_off(handed, self.uniform), "unavailable").seconds)
            raise
        except Exception as exc:
            report.fault("a message failed", exc, message_id=record["messageId"], receives=handed.receives)
            raise
        _say(report, body, end)
        if isinstance(end, Later):
            self._hide(record, report, end.seconds)
            raise GivenBack

    def _hide(self, record: Mapping[str, Any], report: Report, seconds: int) -> None:
        """Without it the message would come when its visibility timeout ends: minutes late, but never lost."""
        if not self.deferral.defer(record["eventSourceARN"], record["receiptHandle"], seconds):
            report.count({"deferral_failed": 1})


def _handed(attributes: Mapping[str, str], now: int) -> Handed:
    first = int(attributes.get("ApproximateFirstReceiveTimestamp", now))
    return Handed(int(attributes.get("ApproximateReceiveCount", 1)), max(0, now - first))


def _say(report: Report, body: Mapping[str, Json], end: End) -> None:
    """One line with the ids of the work and how it ended."""
    ids = {name: body[name] for name in _IDS if name in body}
    report.count(end.counts)
    match end:
        case Done(counts=counts):
            report.say("done", **ids, outcomes=dict(counts))
        case Later(reason=reason, seconds=seconds, counts=counts):
            report.count({f"later_{reason}": 1})
            report.say("given back", **ids, reason=reason, wait=seconds, outcomes=dict(counts))
