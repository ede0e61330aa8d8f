"""A world of streams and queues in memory under a virtual clock: what the mapping engine is simulated against."""

import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from shopbell.domain.clock import SECOND, Duration, Instant
from shopbell.local.mappings.doors import Broke, Event, GivenUp, Message, Outcome, Record, Returned

BROKE = Broke(json.dumps({"errorType": "ValueError", "errorMessage": "no"}).encode())
DONE = Returned(b"null")


def failures(*names: object) -> Returned:
    return Returned(json.dumps({"batchItemFailures": [{"itemIdentifier": name} for name in names]}).encode())


@dataclass
class VirtualClock:
    now: Instant = 1_800_000_000_000

    def __call__(self) -> Instant:
        return self.now

    def reach(self, instant: Instant) -> None:
        self.now = max(self.now, instant)


def record(number: int, at: Instant, *, key: str = "k", name: str = "INSERT", size: int = 100) -> Record:
    sequence = f"{number:020d}"
    change = {"Keys": {"pk": {"S": key}}, "SequenceNumber": sequence, "NewImage": {"n": {"N": str(number)}}}
    return Record(sequence, at, key, size, {"eventName": name, "dynamodb": change})


def numbers(event: Event) -> list[int]:
    return [int(one["dynamodb"]["SequenceNumber"]) for one in event["Records"]]


@dataclass
class MemoryShard:
    """A shard whose reader remembers its place; `add` is the table's writer."""

    records: list[Record] = field(default_factory=list)
    place: int = 0
    name: str = "shard-0"

    def add(self, records: Iterable[Record]) -> None:
        self.records.extend(records)

    def read(self, limit: int) -> Sequence[Record]:
        page = self.records[self.place : self.place + limit]
        self.place += len(page)
        return page


@dataclass
class MemoryQueue:
    """SQS in memory: visibility timeout and receive count, both under the virtual clock."""

    clock: VirtualClock
    visibility: Duration = 30 * SECOND
    bodies: dict[str, str] = field(default_factory=dict)
    visible_at: dict[str, Instant] = field(default_factory=dict)
    receives: Counter[str] = field(default_factory=Counter)

    def send(self, name: str, body: str = "{}", delay: Duration = 0) -> None:
        self.bodies[name] = body
        self.visible_at[name] = self.clock() + delay

    def receive(self, limit: int, wait: Duration) -> Sequence[Message]:
        del wait  # a virtual clock waits by being stepped
        ready = [name for name in self.bodies if self.visible_at[name] <= self.clock()][:limit]
        for name in ready:
            self.visible_at[name] = self.clock() + self.visibility
            self.receives[name] += 1
        return [
            Message(name, f"{name}/{self.receives[name]}", len(self.bodies[name]), self._event(name))
            for name in ready
        ]

    def waiting(self) -> int:
        return sum(at <= self.clock() for name, at in self.visible_at.items() if name in self.bodies)

    def _event(self, name: str) -> Event:
        return {"messageId": name, "body": self.bodies[name], "eventSource": "aws:sqs"}

    def delete(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self.bodies.pop(message.id, None)


@dataclass
class Function:
    """A handler that answers as `behave` says and remembers what it was given."""

    behave: Callable[[list[int]], Outcome] = lambda _: DONE
    calls: list[list[int]] = field(default_factory=list)
    at: list[Instant] = field(default_factory=list)
    clock: VirtualClock = field(default_factory=VirtualClock)

    def __call__(self, event: Event) -> Outcome:
        batch = numbers(event)
        self.calls.append(batch)
        self.at.append(self.clock())
        return self.behave(batch)


@dataclass
class Consumer:
    """A queue's handler: answers per message name."""

    behave: Callable[[list[str]], Outcome] = lambda _: DONE
    calls: list[list[str]] = field(default_factory=list)

    def __call__(self, event: Event) -> Outcome:
        names = [one["messageId"] for one in event["Records"]]
        self.calls.append(names)
        return self.behave(names)


@dataclass
class Diary:
    """The journal as counts and lines."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: deque[tuple[str, dict[str, object]]] = field(default_factory=deque)

    def __call__(self, what: str, count: int, **fields: object) -> None:
        self.counts[what] += count
        self.lines.append((what, fields))


@dataclass
class Lost:
    """A failure destination that keeps what it is told."""

    told: list[GivenUp] = field(default_factory=list)

    def __call__(self, lost: GivenUp) -> None:
        self.told.append(lost)

    @property
    def numbers(self) -> list[int]:
        return [int(one.sequence) for lost in self.told for one in lost.records]
