"""The host's scheduler: reads the engine's schedules, fires what is due, because the engine knows no time zones."""

import json
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from shopbell.domain.clock import SECOND, Clock, Duration, Instant
from shopbell.local.journal import Notes
from shopbell.local.mappings.doors import Outcome, Returned
from shopbell.local.schedules.attributes import fill, same_input
from shopbell.local.schedules.book import Book, Firing, Schedule, Target
from shopbell.local.schedules.expression import one_off
from shopbell.local.schedules.reading import ScheduleReader
from shopbell.local.schedules.targets import Targets

READ_EVERY: Final[Duration] = 2 * SECOND
_LOOK_SECONDS: Final = 0.25
_RETRY_SECONDS: Final = 5.0
_LAMBDA_RETRIES: Final = 2
"""Lambda itself retries an asynchronous invocation twice."""


@dataclass(slots=True)
class HostScheduler:
    """Runs in one thread; targets run in a few more. `saved` keeps what fired with the engine state it belongs to."""

    reader: ScheduleReader
    targets: Targets
    notes: Notes
    clock: Clock
    saved: Path
    _book: Book = field(init=False)
    _past: deque[Target] = field(default_factory=lambda: deque(maxlen=100))
    """Targets of one-offs that have fired: the engine fires those too, later."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _runs: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8, "schedule"))
    _running: int = 0
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        fired = json.loads(self.saved.read_text()) if self.saved.exists() else {}
        self._book = Book(self.notes, fired)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._loop, name="schedules", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Fire nothing new; returns when the invocations under way have ended."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._runs.shutdown(wait=True)

    def unfilled(self, function: str, payload: bytes) -> None:
        """The engine has fired `function` itself, with its attributes not filled in: that is dropped.

        Except for a one-off so short that the engine removed it before it was ever read: it fires now.
        """
        self.notes("dropped", 1)
        with self._lock:
            known = [one.target for one in self._book.schedules] + list(self._past)
        if any(one.arn == function and same_input(one.input, payload) for one in known):
            return
        target = Target(function, payload.decode(), _LAMBDA_RETRIES)
        now = self.clock()
        self._submit(Firing(Schedule("unseen", "", "at()", "UTC", target, now), now))

    def save(self) -> None:
        self.saved.write_text(json.dumps(self._book.fired))

    @property
    def quiet(self) -> bool:
        return self._running == 0

    def tick(self, at: Instant) -> list[dict[str, str]]:
        """Fire every enabled recurring schedule once with `at` as its nominal time, those of each minute first.

        Waits for all; one line per schedule with its outcome.
        """
        self._read()
        recurring = [one for one in self._book.schedules if one.enabled and not one_off(one.expression)]
        return [self._told(one, at) for one in sorted(recurring, key=_minutely_first)]

    def _told(self, schedule: Schedule, at: Instant) -> dict[str, str]:
        outcome = self._call(Firing(schedule, at), 1)
        match outcome:
            case Returned():
                return {"schedule": schedule.name, "outcome": "done"}
            case _:
                return {"schedule": schedule.name, "outcome": outcome.payload.decode(errors="replace")}

    def _loop(self) -> None:
        read_at = 0
        while not self._stop.is_set():
            now = self.clock()
            try:
                if now >= read_at:
                    self._read()
                    read_at = now + READ_EVERY
                with self._lock:
                    firings = self._book.due(now)
                for firing in firings:
                    self._submit(firing)
            except (BotoCoreError, ClientError) as exc:
                self.notes("read_failed", 1, why=str(exc))
            self._stop.wait(_LOOK_SECONDS)

    def _read(self) -> None:
        schedules = self.reader.read()
        with self._lock:
            self._book.learn(schedules, self.clock())

    def _submit(self, firing: Firing) -> None:
        self._count(1)
        if one_off(firing.schedule.expression):
            self._past.append(firing.schedule.target)
        self._runs.submit(self._run, firing)

    def _run(self, firing: Firing) -> None:
        try:
            self._fire(firing)
        finally:
            self._count(-1)

    def _fire(self, firing: Firing) -> None:
        schedule, target = firing.schedule, firing.schedule.target
        for attempt in range(1, min(_LAMBDA_RETRIES, target.retries) + 2):
            outcome = self._call(firing, attempt)
            if isinstance(outcome, Returned):
                self.notes("fired", 1)
                break
            self.notes("failed", 1, schedule=schedule.name, attempt=attempt, why=outcome.payload.decode())
            if self._stop.wait(_RETRY_SECONDS * attempt):
                break
        else:
            self._give_up(firing)
        if schedule.delete_when_done and schedule.after(firing.nominal) is None:
            self.reader.delete(schedule)

    def _call(self, firing: Firing, attempt: int) -> Outcome:
        schedule, target = firing.schedule, firing.schedule.target
        written = fill(target.input, arn=schedule.arn, nominal=firing.nominal, attempt=attempt)
        return self.targets(target, written)

    def _give_up(self, firing: Firing) -> None:
        target = firing.schedule.target
        self.notes("given_up", 1, schedule=firing.schedule.name, nominal=firing.nominal)
        self.targets.bury(target)

    def _count(self, by: int) -> None:
        with self._lock:
            self._running += by


def _minutely_first(schedule: Schedule) -> tuple[bool, str]:
    return schedule.expression not in {"rate(1 minute)", "cron(* * * * ? *)"}, schedule.name
