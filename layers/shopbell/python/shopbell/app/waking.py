"""Each minute: what falls due in the next 75 seconds goes on the queue, hidden until its instant."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from shopbell.app.ends import Done
from shopbell.app.work import MAX_DUE, DueWork, due_message
from shopbell.domain.clock import MINUTE, SECOND, Clock, Duration, Instant
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.ports import DueIndex, Message, Queue

AHEAD: Final[Duration] = MINUTE + 15 * SECOND
"""A minute, and what a firing may be late by (ruling 11)."""
SHARDS: Final = 32
MAX_DELAY: Final = 900
"""Seconds for which a queue can hide a new message."""
_AT_ONCE: Final = 200

Wake = tuple[StoreId, VisitorId, Instant]


def messages(wakes: Iterable[Wake], now: Instant) -> Iterator[Message]:
    """Up to 25 visitors of one store and second in a message; each comes at its instant or after, never before."""
    groups: dict[tuple[StoreId, int], list[Wake]] = {}
    for wake in wakes:
        key = (wake[0], _seconds(wake[2]))
        group = groups.setdefault(key, [])
        group.append(wake)
        if len(group) == MAX_DUE:
            yield _message(groups.pop(key), now)
    for group in groups.values():
        yield _message(group, now)


def delay(at: Instant, now: Instant) -> int:
    """Whole seconds until `at`, rounded up, so that nobody wakes early."""
    return min(MAX_DELAY, max(0, _seconds(at - now)))


@dataclass(frozen=True, slots=True)
class WakeDue:
    """A schedule fired. A second firing only wakes the same visitors again, and waking changes nothing by itself."""

    index: DueIndex
    due: Queue
    now: Clock

    def __call__(self) -> Done:
        counts: Counter[str] = Counter()
        now = self.now()
        for shard in range(SHARDS):
            waiting: list[Message] = []
            for message in messages(self._counted(shard, now, counts), now):
                waiting.append(message)
                if len(waiting) == _AT_ONCE:
                    self.due.send(waiting)
                    waiting = []
            if waiting:
                self.due.send(waiting)
        return Done(counts or {"nothing_due": 1})

    def _counted(self, shard: int, now: Instant, counts: Counter[str]) -> Iterator[Wake]:
        for wake in self.index.due(shard, now + AHEAD):
            counts["visitors_due"] += 1
            if wake[2] < now - MINUTE:
                counts["visitors_overdue"] += 1
            yield wake


def _message(group: list[Wake], now: Instant) -> Message:
    at = max(wake[2] for wake in group)
    return due_message(DueWork(group[0][0], tuple(wake[1] for wake in group), at), delay(at, now))


def _seconds(millis: int) -> int:
    return -(-millis // SECOND)
