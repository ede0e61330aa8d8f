"""SQS and Lambda of the simulation: visibility, receives, dead letters, workers that may be killed."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Generic, TypeVar

from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.app.ends import Done, End, Handed
from shopbell.domain.clock import SECOND, Duration, Instant
from shopbell.ports import Message

VISIBILITY: Final[Duration] = 360 * SECOND
MAX_RECEIVES: Final = 1_000
RAMP_FROM: Final = 5
RAMP_EVERY: Final[Duration] = 200
"""SQS pollers: five at once, then 300 a minute more."""
TIMEOUT: Final[Duration] = 60 * SECOND

W = TypeVar("W")


@dataclass(order=True, slots=True)
class Waiting:
    visible_at: Instant
    order: int
    message: Message = field(compare=False)
    first_at: Instant | None = field(compare=False, default=None)
    receives: int = field(compare=False, default=0)

    def handed(self, now: Instant) -> Handed:
        return Handed(self.receives, now - (self.first_at or now))


@dataclass(slots=True)
class Worker(Generic[W]):
    """`memory` is what it keeps from one invocation to the next, and what a kill takes."""

    free_at: Instant
    memory: W


@dataclass(slots=True)
class SimQueue(Generic[W]):
    """`inbox` is what the code under test puts messages on."""

    name: str
    batch: int
    new_worker: Callable[[], W]
    workers: list[Worker[W]]
    inbox: MemoryQueue = field(default_factory=MemoryQueue)
    dead: list[Message] = field(default_factory=list)
    most_receives: int = 0
    _waiting: list[Waiting] = field(default_factory=list)
    _orders: "count[int]" = field(default_factory=count)

    def collect(self, now: Instant) -> None:
        """What was put on it becomes visible."""
        for message in self.inbox.take():
            heapq.heappush(self._waiting, Waiting(now + message.delay * SECOND, next(self._orders), message))

    def next_start(self) -> Instant | None:
        """When the next invocation begins; None: it is empty."""
        if not self._waiting:
            return None
        return max(self._waiting[0].visible_at, min(worker.free_at for worker in self.workers))

    def receive(self, now: Instant) -> tuple[Worker[W], list[Waiting]]:
        """A batch for the worker that has been free for longest."""
        worker, got = min(self.workers, key=lambda one: one.free_at), list[Waiting]()
        while self._waiting and self._waiting[0].visible_at <= now and len(got) < self.batch:
            one = heapq.heappop(self._waiting)
            one.receives += 1
            self.most_receives = max(self.most_receives, one.receives)
            one.first_at = now if one.first_at is None else one.first_at
            one.visible_at = now + VISIBILITY
            if one.receives > MAX_RECEIVES:
                self.dead.append(one.message)
            else:
                got.append(one)
        return worker, got

    def settle(self, one: Waiting, end: End | None, now: Instant) -> None:
        """Done: deleted. Later: hidden for so long. None: nothing was said, and its visibility runs out."""
        if isinstance(end, Done):
            return
        if end is not None:
            one.visible_at = now + end.seconds * SECOND
        heapq.heappush(self._waiting, one)


def ramped(workers: int, begin: Instant, new_worker: Callable[[], W]) -> list[Worker[W]]:
    """As AWS starts pollers."""
    waits = [max(0, number - RAMP_FROM + 1) * RAMP_EVERY for number in range(workers)]
    return [Worker(begin + wait, new_worker()) for wait in waits]
