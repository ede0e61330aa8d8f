"""What a mapping needs of the world: records, messages, an invocation, a place for what failed, a journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from shopbell.domain.clock import Duration, Instant

Event = Mapping[str, Any]
"""A Lambda event as AWS shapes it; free-form JSON that only the handler understands."""


@dataclass(frozen=True, slots=True)
class Record:
    """One change of a stream: `sequence` orders it within its shard, `key` is the item's key as text."""

    sequence: str
    at: Instant
    key: str
    size: int
    event: Event


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a queue as received: `id` names it in a response, `receipt` deletes it."""

    id: str
    receipt: str
    size: int
    event: Event


@dataclass(frozen=True, slots=True)
class Returned:
    """The handler returned; `payload` is the JSON that it answered."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Broke:
    """The handler raised, timed out or its process ended; `payload` is Lambda's error JSON."""

    payload: bytes


Outcome = Returned | Broke


class Invoke(Protocol):
    """Call the mapping's function and wait for its end."""

    def __call__(self, event: Event) -> Outcome: ...


class Shard(Protocol):
    """A place in one shard of a stream that moves forward with each read."""

    @property
    def name(self) -> str: ...

    def read(self, limit: int) -> Sequence[Record]:
        """The next records, oldest first, at most `limit`; empty at the end for now."""


class Queue(Protocol):
    """One SQS queue: what is received stays hidden for its visibility timeout, then comes again."""

    def receive(self, limit: int, wait: Duration) -> Sequence[Message]:
        """Up to `limit` visible messages; waits up to `wait` for the first."""

    def delete(self, messages: Sequence[Message]) -> None: ...

    def waiting(self) -> int:
        """About how many messages could be received now."""


Condition = Literal["RetryAttemptsExhausted", "RecordAgeExceeded"]


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Records that a stream mapping stops trying: what its failure destination is told."""

    shard: str
    records: tuple[Record, ...]
    condition: Condition
    attempts: int
    at: Instant


class Destination(Protocol):
    """Where a stream mapping reports what it gave up."""

    def __call__(self, lost: GivenUp) -> None: ...


class Journal(Protocol):
    """Count `what` and say so in the log: no record leaves a mapping in silence."""

    def __call__(self, what: str, count: int, **fields: object) -> None: ...
