"""The queues between functions, each with a dead-letter queue of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Stage

KEPT: Final = Duration.days(14)
VISIBILITY_FACTOR: Final = 6
"""Visibility over the consumer's timeout: AWS's own advice, so that its retries under throttling fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueShape:
    """Who consumes it and how. `patience`: seconds that the oldest message may wait before the alarm."""

    consumer: str
    batch: int = 10
    concurrency: int = 10
    receives: int = 5
    """Where work is given back to wait (a build, a paused run, a busy push service) each time counts as one."""
    patience: int = 600
    kept: Duration = KEPT
    """How long an undelivered message stays; its dead-letter queue keeps for a day longer, up to 14 days."""


SENDING: Final = QueueShape(consumer="send", batch=8, receives=1000)

SHAPES: Final[Mapping[str, QueueShape]] = {
    "due": QueueShape(consumer="evaluate", concurrency=20, patience=120),
    "plan": QueueShape(consumer="scenario_runner", batch=1, receives=1000),
    "audience": QueueShape(consumer="audience", batch=1, receives=1000),
    "rebuild": QueueShape(consumer="rebuild", batch=1, patience=3600),
    "nightly": QueueShape(consumer="nightly", batch=1, patience=3600),
    "send-now": QueueShape(consumer="send", receives=1000, patience=120),
    # what waits names visitors, and is given up after a day. Whatever waits for a receiver goes on it anew, a quarter
    # of an hour ahead at most: one that is down for a day is no alarm of ours, workers who do not keep up are
    "webhook": QueueShape(consumer="webhook", batch=1, receives=1000, patience=3600, kept=Duration.days(2)),
    "send-fcm": SENDING,
    "send-mozilla": SENDING,
    "send-apple": SENDING,
    "send-wns": SENDING,
    "send-other": SENDING,
}

PARKED: Final = "parked"
"""Records that can never pass, for people to look at: no function consumes it."""


def camel(name: str) -> str:
    """`send-now` as `SendNow`."""
    return "".join(part.title() for part in name.replace("_", "-").split("-"))


class Queues(Construct):
    """All queues of one stage; `timeouts` are the seconds that each consumer may take."""

    def __init__(self, scope: Construct, id_: str, *, stage: Stage, timeouts: Mapping[str, int]) -> None:
        super().__init__(scope, id_)
        self._tls_only = stage.tls_only
        self.dead = {name: self._plain(f"{camel(name)}Dead", _longer(shape.kept)) for name, shape in SHAPES.items()}
        self.dead["schedules"] = self._plain("SchedulesDead")
        self.by_name = {name: self._queue(name, shape, timeouts[shape.consumer]) for name, shape in SHAPES.items()}
        self.by_name[PARKED] = self._plain(camel(PARKED))

    def _queue(self, name: str, shape: QueueShape, timeout: int) -> sqs.Queue:
        return sqs.Queue(
            self,
            camel(name),
            visibility_timeout=Duration.seconds(VISIBILITY_FACTOR * timeout),
            retention_period=shape.kept,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=self._tls_only,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead[name], max_receive_count=shape.receives),
        )

    def _plain(self, id_: str, kept: Duration = KEPT) -> sqs.Queue:
        return sqs.Queue(
            self, id_, retention_period=kept, encryption=sqs.QueueEncryption.SQS_MANAGED, enforce_ssl=self._tls_only
        )


def _longer(kept: Duration) -> Duration:
    """A dead letter's age counts from when it was sent first."""
    return Duration.days(min(KEPT.to_days(), kept.to_days() + 1))
