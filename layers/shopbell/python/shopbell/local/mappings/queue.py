"""One queue's mapping: gather a batch, hand it over, delete what is done, leave the rest to come again.

Source: AWS Lambda developer guide, "Using Lambda with Amazon SQS" (polling, batching, error handling). Gathering and
delivering are two calls, so that one thread can wait for messages while others deliver.
"""

from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.clock import SECOND, Clock, Duration, Instant
from shopbell.local.mappings.doors import Invoke, Journal, Message, Queue
from shopbell.local.mappings.filters import message_passes
from shopbell.local.mappings.settings import QueueSettings
from shopbell.local.mappings.verdict import AllDone, AllFailed, SomeFailed, verdict

LONG_POLL: Final[Duration] = 2 * SECOND
WINDOW_POLL: Final[Duration] = 100
RECEIVE: Final = 10
MAX_PAYLOAD: Final = 6 * 1024 * 1024

Batch = tuple[Message, ...]


@dataclass(slots=True)
class QueueReader:
    """Never two readers of one mapping at a time in `gather`; `deliver` may run in many threads."""

    settings: QueueSettings
    queue: Queue
    invoke: Invoke
    note: Journal
    clock: Clock
    _open: list[Message] = field(default_factory=list)
    _opened: Instant = 0
    _size: int = 0

    @property
    def held(self) -> int:
        """Messages received that wait for their batching window."""
        return len(self._open)

    def gather(self) -> Batch | Instant:
        """One receive. The batch when it is full or its window has passed, else when to ask again."""
        room = self.settings.batch_size - len(self._open)
        got = self.queue.receive(min(room, RECEIVE), 0 if self._open else LONG_POLL)
        now = self.clock()
        wanted = tuple(m for m in got if message_passes(self.settings.filters, m.event))
        self._refuse(tuple(m for m in got if m not in wanted))
        if wanted and not self._open:
            self._opened, self._size = now, 0
        self._open.extend(wanted)
        self._size += sum(message.size for message in wanted)
        if self._open and self._ready(now):
            batch, self._open = tuple(self._open), []
            return batch
        return now if got else now + WINDOW_POLL

    def deliver(self, batch: Batch) -> None:
        """Invoke once; delete what is done. What failed stays and comes back after its visibility timeout."""
        outcome = self.invoke({"Records": [message.event for message in batch]})
        names = frozenset(message.id for message in batch)
        match verdict(outcome, names, partial=self.settings.partial):
            case AllDone():
                self._finish(batch)
            case SomeFailed(ids):
                self._finish(tuple(message for message in batch if message.id not in ids))
                self.note("failed", len(ids), why="the handler reported a failure")
            case AllFailed(why):
                self.note("failed", len(batch), why=why)

    def _ready(self, now: Instant) -> bool:
        return (
            len(self._open) >= self.settings.batch_size
            or now >= self._opened + self.settings.window
            or self._size > MAX_PAYLOAD - RECEIVE * 256 * 1024
        )

    def _refuse(self, unwanted: Batch) -> None:
        if unwanted:
            self.queue.delete(unwanted)
            self.note("filtered", len(unwanted))

    def _finish(self, done: Batch) -> None:
        if done:
            self.queue.delete(done)
            self.note("done", len(done))
