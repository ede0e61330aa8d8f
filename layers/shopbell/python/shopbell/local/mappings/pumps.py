"""Threads that drive readers against the engine: one per shard lane, one polling and several delivering per queue."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from shopbell.domain.clock import SECOND, Clock
from shopbell.local.mappings.doors import Journal
from shopbell.local.mappings.queue import QueueReader
from shopbell.local.mappings.stream import ShardReader

_PAUSE_SECONDS: Final = 0.5


class Pump(Protocol):
    """A running mapping; `name` is its logical id in the template."""

    @property
    def name(self) -> str: ...

    def start(self) -> None: ...

    def stop(self) -> None:
        """Let what is under way end and take nothing new."""

    def join(self) -> None:
        """Return when all threads have ended."""

    def waiting(self) -> int:
        """Items held, under way or known to wait at the source; 0 when there was nothing at the last look."""


def _guarded(step: Callable[[], None], stop: threading.Event, note: Journal) -> None:
    """Keep stepping: an engine that is slow or restarting costs a pause, never the mapping."""
    while not stop.is_set():
        try:
            step()
        except (BotoCoreError, ClientError) as exc:
            if not stop.is_set():
                note("source_failed", 1, why=str(exc))
                stop.wait(_PAUSE_SECONDS)


@dataclass(slots=True)
class StreamPump:
    """One lane of one shard."""

    name: str
    reader: ShardReader
    note: Journal
    clock: Clock
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=_guarded, args=(self._step, self._stop, self.note), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def join(self) -> None:
        if self._thread is not None:
            self._thread.join()

    def waiting(self) -> int:
        return 0 if self.reader.idle else max(1, self.reader.held)

    def _step(self) -> None:
        wait = self.reader.step() - self.clock()
        if wait > 0:
            self._stop.wait(wait / SECOND)


@dataclass(slots=True)
class QueuePump:
    """Up to `concurrency` threads take turns: the one that polls hands its turn on and delivers what it got."""

    name: str
    reader: QueueReader
    concurrency: int
    note: Journal
    clock: Clock
    _stop: threading.Event = field(default_factory=threading.Event)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _delivering: int = 0
    _count: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        for _ in range(self.concurrency):
            self._threads.append(
                threading.Thread(target=_guarded, args=(self._take_turn, self._stop, self.note), daemon=True)
            )
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def waiting(self) -> int:
        return self._delivering + self.reader.held + self.reader.queue.waiting()

    def _take_turn(self) -> None:
        with self._turn:
            if self._stop.is_set():
                return
            match self.reader.gather():
                case int(again):
                    self._rest(again)
                    return
                case batch:
                    self._moved(1)
        try:
            self.reader.deliver(batch)
        finally:
            self._moved(-1)

    def _rest(self, again: int) -> None:
        wait = again - self.clock()
        # The receive itself waited for messages; only an open batching window needs a rest.
        if wait > 0 and self.reader.held:
            self._stop.wait(wait / SECOND)

    def _moved(self, by: int) -> None:
        with self._count:
            self._delivering += by
