"""A broadcast as events of chunks: planners, pollers, paces, failures, an outage and kills.

Coarse: a chunk's invocation is one event whose length comes from rates that are told. What is the product's own is
imported: chunk size, rounds, back-off, caps and shares, the breaker's times.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Final

from shopbell.app.ends import Handed, back_off
from shopbell.domain.clock import SECOND
from shopbell.domain.push.breaker import ENOUGH, OPEN_FOR, PROBE
from shopbell.domain.push.rates import Rates
from shopbell.domain.runs import CHUNK_SIZE, FLUSH_EVERY
from shopbell.domain.subscriptions import PushService

VISIBILITY: Final = 360.0
MAX_RECEIVES: Final = 1_000
BATCH: Final = 8
RAMP_FROM: Final = 5
RAMP_EVERY: Final = 0.2
"""SQS pollers: five at once, then 300 a minute more."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """Rates in seconds and shares. `cpu` is of one push on a whole CPU; `round_trip` of 50 posts at once."""

    people: int = 10_000_000
    mix: Mapping[PushService, float] = field(
        default_factory=lambda: {"fcm": 0.80, "apple": 0.08, "wns": 0.06, "mozilla": 0.05, "other": 0.01}
    )
    rates: Rates = field(default_factory=Rates)
    cpu: float = 1 / 2_000
    round_trip: float = 0.150
    overhead: float = 0.050
    """Of each invocation of a chunk: run, store, ledger, reading the first people."""
    planned_per_second: float = 20_000
    failures: float = 0.05
    kill: float = 0.001
    """Share of invocations that die somewhere."""
    down: PushService | None = "fcm"
    down_from: float = 60.0
    down_for: float = 3_600.0
    seed: int = 1


@dataclass(slots=True)
class Came:
    """What one queue came to."""

    ended: float = 0.0
    posts: int = 0
    refused: int = 0
    again: int = 0
    killed: int = 0
    invocations: int = 0
    receives: int = 0
    most_receives: int = 0
    busy: float = 0.0
    missing: int = 0
    dead: int = 0


@dataclass(slots=True)
class _Chunk:
    left: int
    since: float
    """When its service last took something of it, from which `tries` count; before that when it was planned."""
    tries: int = 0
    receives: int = 0


@dataclass(slots=True)
class _Lane:
    """The queue of one push service."""

    assumed: Assumed
    service: PushService
    random: Random
    came: Came = field(default_factory=Came)
    _queue: list[tuple[float, int, _Chunk]] = field(default_factory=list)
    _orders: "count[int]" = field(default_factory=count)
    _open: dict[int, float] = field(default_factory=dict)
    """Until when each worker leaves the service alone."""

    def run(self) -> Came:
        assumed = self.assumed
        self._plan(round(assumed.people * assumed.mix[self.service]))
        workers = [(max(0, n - RAMP_FROM + 1) * RAMP_EVERY, n) for n in range(assumed.rates.workers)]
        heapq.heapify(workers)
        while self._queue:
            free, worker = heapq.heappop(workers)
            start = max(free, self._queue[0][0])
            heapq.heappush(workers, (self._invoke(worker, start), worker))
        return self.came

    def _plan(self, people: int) -> None:
        """Chunks come as fast as the planners make them; each service's are spread evenly over that time."""
        pace = self.assumed.planned_per_second * self.assumed.mix[self.service]
        for begin in range(0, people, CHUNK_SIZE):
            at = min(begin + CHUNK_SIZE, people) / pace
            heapq.heappush(self._queue, (at, next(self._orders), _Chunk(min(CHUNK_SIZE, people - begin), at)))

    def _invoke(self, worker: int, start: float) -> float:
        """One batch; when the worker is free again."""
        batch = list[_Chunk]()
        while self._queue and self._queue[0][0] <= start and len(batch) < BATCH:
            batch.append(heapq.heappop(self._queue)[2])
        now, came = start, self.came
        came.invocations += 1
        dies = self.random.randrange(len(batch)) if self.random.random() < self.assumed.kill else None
        for place, chunk in enumerate(batch):
            chunk.receives, chunk.tries = chunk.receives + 1, chunk.tries + 1
            came.receives += 1
            came.most_receives = max(came.most_receives, chunk.receives)
            if chunk.receives > MAX_RECEIVES:
                came.dead += 1
                came.missing += chunk.left
                continue
            now, wait = self._work(worker, chunk, now, killed=place == dies)
            if place == dies:
                for held in batch[place:]:
                    self._put(held, start + VISIBILITY)
                break
            if chunk.left:
                self._put(chunk, now + wait)
        came.busy += now - start
        return now

    def _work(self, worker: int, chunk: _Chunk, now: float, *, killed: bool) -> tuple[float, float]:
        """Rounds of 50 until nobody is left to try; the time after, and how long to wait for who failed."""
        assumed, came, tried, now = self.assumed, self.came, 0, now + self.assumed.overhead
        if self._open.get(worker, 0) > now:
            return now, max(self._back_off(chunk, now), self._open[worker] - now)
        dies = self.random.randrange(max(1, chunk.left)) if killed else chunk.left
        bound = PROBE if worker in self._open else CHUNK_SIZE
        for part in rounds_of(min(chunk.left, bound)):
            tried, now = tried + part, now + self._length(part)
            came.posts += part
            if self._is_down(now):
                came.refused += part
                if tried >= min(ENOUGH, bound):
                    self._open[worker] = now + OPEN_FOR / SECOND
                    return now, max(self._back_off(chunk, now), OPEN_FOR / SECOND)
                continue
            self._open.pop(worker, None)
            if dies < tried:
                came.killed += 1
                came.again += part
                return now, VISIBILITY
            lost = sum(self.random.random() < assumed.failures for _ in range(part))
            came.refused += lost
            chunk.left -= part - lost
            if lost < part:
                chunk.since, chunk.tries, came.ended = now, 1, max(came.ended, now)
        return now, self._back_off(chunk, now)

    def _length(self, part: int) -> float:
        """A round waits for its slowest part: computing, the network, or its share of the service's pace."""
        pace = self.assumed.rates.a_second(self.service, "runs")
        return max(part * self.assumed.cpu + self.assumed.round_trip, part / pace)

    def _back_off(self, chunk: _Chunk, now: float) -> float:
        return back_off(Handed(chunk.tries, int((now - chunk.since) * SECOND)), self.random.random) / SECOND

    def _is_down(self, now: float) -> bool:
        assumed = self.assumed
        return self.service == assumed.down and assumed.down_from <= now < assumed.down_from + assumed.down_for

    def _put(self, chunk: _Chunk, at: float) -> None:
        heapq.heappush(self._queue, (at, next(self._orders), chunk))


def rounds_of(posts: int) -> list[int]:
    """Of 50, and what is left."""
    return [min(FLUSH_EVERY, posts - begin) for begin in range(0, posts, FLUSH_EVERY)]


def play(assumed: Assumed, told: Callable[[PushService], None] = lambda _: None) -> dict[PushService, Came]:
    """Each queue to its end; they share nothing but the planners."""
    found = {}
    for service in assumed.mix:
        random = Random(f"{assumed.seed} {service}")  # noqa: S311 - the same broadcast again, not a secret
        found[service] = _Lane(assumed, service, random).run()
        told(service)
    return found


def totals(found: Mapping[PushService, Came]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for came in found.values():
        names = ("posts", "refused", "again", "killed", "invocations", "receives", "missing", "dead")
        sums.update({name: getattr(came, name) for name in names})
    return sums
