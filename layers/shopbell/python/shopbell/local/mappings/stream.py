"""One shard of a stream, read in order: batches, windows, retries, bisection, age, what is given up.

Source: AWS Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB" (batching, error handling, partial batch
response). A reader is stepped: each step does at most one read or one invocation and says when it wants the next.
"""

import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.clock import SECOND, Clock, Duration, Instant
from shopbell.local.mappings.doors import Condition, Destination, GivenUp, Invoke, Journal, Record, Shard
from shopbell.local.mappings.filters import passes
from shopbell.local.mappings.settings import StreamSettings
from shopbell.local.mappings.verdict import AllDone, AllFailed, SomeFailed, verdict

POLL: Final[Duration] = 100
PAGE: Final = 1_000
MAX_PAYLOAD: Final = 6 * 1024 * 1024
FIRST_BACKOFF: Final[Duration] = 200
MAX_BACKOFF: Final[Duration] = 30 * SECOND


@dataclass(frozen=True, slots=True)
class _Work:
    """A batch to be tried: `attempts` so far, not before `due`."""

    records: tuple[Record, ...]
    attempts: int
    due: Instant


@dataclass(slots=True)
class ShardReader:
    """Per-shard order holds: nothing later is tried while an earlier batch is neither done nor given up.

    With `lanes` above one (ParallelizationFactor) a reader takes only the keys of its `lane`: order holds per key.
    """

    settings: StreamSettings
    shard: Shard
    invoke: Invoke
    give_up: Destination
    note: Journal
    clock: Clock
    lane: int = 0
    _waiting: deque[Record] = field(default_factory=deque)
    _opened: Instant = 0
    _work: list[_Work] = field(default_factory=list)
    _at_end: bool = False

    @property
    def idle(self) -> bool:
        """True when the last read found nothing and nothing is held."""
        return self._at_end and not self._waiting and not self._work

    @property
    def held(self) -> int:
        """Records read and neither done nor given up."""
        return len(self._waiting) + sum(len(work.records) for work in self._work)

    def step(self) -> Instant:
        """Do what is due; the instant of the next step (now or earlier: at once)."""
        now = self.clock()
        if self._work:
            return self._try(self._work.pop(), now)
        again = self._read(now)
        if not self._full() and (not self._waiting or now < self._opened + self.settings.window):
            return min(again, self._opened + self.settings.window) if self._waiting else again
        self._work.append(_Work(self._batch(), 0, now))
        self._opened = now
        return now

    def _read(self, now: Instant) -> Instant:
        if self._full():
            return now
        page = self.shard.read(PAGE)
        mine = [record for record in page if self._mine(record)]
        wanted = [record for record in mine if passes(self.settings.filters, record.event)]
        if len(wanted) < len(mine):
            self.note("filtered", len(mine) - len(wanted))
        if wanted and not self._waiting:
            self._opened = now
        self._waiting.extend(wanted)
        self._at_end = not page
        return now if page else now + POLL

    def _mine(self, record: Record) -> bool:
        if self.settings.lanes == 1:
            return True
        digest = hashlib.blake2b(record.key.encode(), digest_size=4).digest()
        return int.from_bytes(digest, "big") % self.settings.lanes == self.lane

    def _full(self) -> bool:
        held = len(self._waiting)
        return held >= self.settings.batch_size or (
            held > 0 and sum(record.size for record in self._waiting) > MAX_PAYLOAD
        )

    def _batch(self) -> tuple[Record, ...]:
        batch: list[Record] = []
        size = 0
        while self._waiting and len(batch) < self.settings.batch_size:
            size += self._waiting[0].size
            if batch and size > MAX_PAYLOAD:
                break
            batch.append(self._waiting.popleft())
        return tuple(batch)

    def _try(self, work: _Work, now: Instant) -> Instant:
        if work.due > now:
            self._work.append(work)
            return work.due
        old = [record for record in work.records if now - record.at > self.settings.max_age]
        if old:
            # The rest goes back first: a destination that fails must not take it along.
            rest = tuple(record for record in work.records if now - record.at <= self.settings.max_age)
            self._again(rest, work.attempts, now)
            self._drop(old, "RecordAgeExceeded", work.attempts, now)
            return now
        outcome = self.invoke({"Records": [record.event for record in work.records]})
        return self._judge(work, verdict(outcome, self._names(work.records), partial=self.settings.partial))

    def _judge(self, work: _Work, said: AllDone | SomeFailed | AllFailed) -> Instant:
        now = self.clock()
        match said:
            case AllDone():
                self.note("done", len(work.records))
                return now
            case SomeFailed(ids):
                first = next(i for i, record in enumerate(work.records) if record.sequence in ids)
                return self._from(work, first, now, "the handler reported a failure")
            case AllFailed(why):
                return self._from(work, 0, now, why)

    def _from(self, work: _Work, first: int, now: Instant, why: str) -> Instant:
        """Go on from the lowest failed record: what stands before it is done, a batch that moved starts anew."""
        if first:
            self.note("done", first)
            self._again(work.records[first:], 0, now)
            return now
        self.note("failed", len(work.records), why=why, attempt=work.attempts + 1)
        if self.settings.bisect and len(work.records) > 1:
            half = len(work.records) // 2
            self._again(work.records[half:], work.attempts, now)
            self._again(work.records[:half], work.attempts, now)
            return now
        if self.settings.retries is not None and work.attempts >= self.settings.retries:
            self._drop(work.records, "RetryAttemptsExhausted", work.attempts + 1, now)
            return now
        due = now + min(MAX_BACKOFF, FIRST_BACKOFF << min(work.attempts, 20))
        self._again(work.records, work.attempts + 1, due)
        return due

    def _again(self, records: tuple[Record, ...], attempts: int, due: Instant) -> None:
        if records:
            self._work.append(_Work(records, attempts, due))

    def _drop(self, records: Sequence[Record], why: Condition, attempts: int, now: Instant) -> None:
        self.note("given_up", len(records), why=why, first=records[0].sequence)
        self.give_up(GivenUp(self.shard.name, tuple(records), why, attempts, now))

    @staticmethod
    def _names(records: Sequence[Record]) -> frozenset[str]:
        return frozenset(record.sequence for record in records)
