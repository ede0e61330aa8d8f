"""How fast this worker may post to a push service, and when it leaves it alone."""

from collections import Counter, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from shopbell.domain.clock import MINUTE, Duration, Instant
from shopbell.domain.ids import StoreId, VapidKeyId
from shopbell.domain.push.breaker import PROBE, Breaker
from shopbell.domain.push.outcome import RetryCause
from shopbell.domain.push.rates import Bucket, Lane, Rates
from shopbell.domain.runs import FLUSH_EVERY, Run, RunWarning
from shopbell.domain.subscriptions import PushService

Held = Literal["throttled", "breaker_open"]
OUTAGE: Final[frozenset[RetryCause]] = frozenset({"unavailable", "timeout", "dns", "connect", "tls", "reset"})
"""What speaks against the service; `throttled` speaks of the store that posts."""
PENALTY: Final[Duration] = 15 * MINUTE
"""How long a penalty is kept to without another sign of it."""
SIGNS: Final = 100
"""Answers of which more than half must be 429."""
_CALM: Final = 0.1
"""Share of 429 among other stores' answers up to which the service itself is not what limits."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where posts go, and for whom."""

    service: PushService
    store: StoreId
    lane: Lane = "runs"


def lane_of(run: Run) -> Lane:
    """A test goes to a few, like a step of one person."""
    return "runs" if run.shards else "now"


@dataclass(frozen=True, slots=True)
class Leave:
    """So many may be posted now. None may: when to ask again, and why."""

    number: int
    wait: Duration = 0
    why: Held | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What the answers of a round amount to: for the counters, and for the marketer."""

    notes: Mapping[str, int] = field(default_factory=dict)
    warnings: frozenset[RunWarning] = frozenset()


@dataclass(slots=True)
class Throttle:
    """Of one worker; make one for a process. What it knows it has learned from the answers it got itself, but for
    penalties, which workers tell each other by their run.
    """

    rates: Rates = field(default_factory=Rates)
    _buckets: dict[tuple[PushService, Lane], Bucket] = field(default_factory=dict)
    _limited: dict[tuple[StoreId, Lane], Bucket] = field(default_factory=dict)
    _services: dict[PushService, Breaker] = field(default_factory=dict)
    _keys: dict[tuple[PushService, StoreId, VapidKeyId], Breaker] = field(default_factory=dict)
    _recent: dict[StoreId, deque[tuple[int, int]]] = field(default_factory=dict)
    _penalties: dict[StoreId, Instant] = field(default_factory=dict)
    """When each store last showed a sign of being limited by Chrome."""

    def ask(self, place: Place, wanted: int, now: Instant) -> Leave:
        """Takes nothing yet."""
        bound = self._service(place.service).admits(now)
        if bound == 0:
            return Leave(0, self._service(place.service).wait(now), "breaker_open")
        wanted = wanted if bound is None else min(wanted, bound)
        for bucket in self._asked(place, now):
            wanted = min(wanted, bucket.holds(now))
            if not wanted:
                return Leave(0, bucket.wait(FLUSH_EVERY), "throttled")
        return Leave(wanted)

    def until(self, place: Place, wanted: int, now: Instant) -> Duration | None:
        """How long until so many may go; None: not by waiting alone."""
        if self._service(place.service).admits(now) is not None:
            return None
        return max(bucket.wait(wanted) for bucket in self._asked(place, now) if bucket.holds(now) >= 0)

    def take(self, place: Place, number: int, now: Instant) -> None:
        """They are posted."""
        for bucket in self._asked(place, now):
            bucket.take(number)

    def admitted(
        self, place: Place, keys: Collection[VapidKeyId], now: Instant
    ) -> tuple[frozenset[VapidKeyId], bool]:
        """The keys that may be posted with, and whether that is only to try one of them."""
        bounds = {key: self._key(place, key).admits(now) for key in keys}
        open_ = frozenset(key for key, bound in bounds.items() if bound != 0)
        return open_, any(bounds[key] == PROBE for key in open_)

    def wait_of(self, place: Place, keys: Collection[VapidKeyId], now: Instant) -> Duration:
        """Until the first of these may be posted with again."""
        return min((self._key(place, key).wait(now) for key in keys), default=0)

    def hear(
        self, place: Place, answers: Collection[tuple[VapidKeyId, RetryCause | None]], asked: Duration, now: Instant
    ) -> Heard:
        """`answers`: by key, why each post was put off; None: the service answered it. `asked`: its Retry-After."""
        notes, warnings, total = Counter[str](), set[RunWarning](), len(answers)
        outage = sum(cause in OUTAGE for _, cause in answers)
        if (turn := self._service(place.service).hear(now, total, outage, asked)) is not None:
            notes[f"breaker_{turn}_{place.service}"] += 1
            warnings |= {"service_unavailable"} if turn == "opened" else set()
        for key in {key for key, _ in answers}:
            mine = [cause for one, cause in answers if one == key and cause not in OUTAGE]
            throttled = sum(cause == "throttled" for cause in mine)
            if (turn := self._key(place, key).hear(now, len(mine), throttled, asked)) is not None:
                notes[f"breaker_{turn}_store"] += 1
        throttled = sum(cause == "throttled" for _, cause in answers)
        if place.service == "fcm" and self._penalised(place.store, total, throttled):
            notes["chrome_penalty"] += 1
            warnings.add("throttled_by_chrome")
            self.penalise(place.store, now, now)
        return Heard(notes, frozenset(warnings))

    def penalise(self, store: StoreId, at: Instant, now: Instant) -> None:
        """A sign of a penalty, seen by this worker or by another one; an old one says nothing any more."""
        if at + PENALTY <= now or at <= self._penalties.get(store, 0):
            return
        fresh = self._penalties.get(store, 0) + PENALTY <= now
        self._penalties[store] = at
        if fresh:  # the minute that showed it is used up
            for lane in ("runs", "now"):
                rate = self.rates.penalised(lane)
                self._limited[store, lane] = Bucket(rate, max(1.0, rate * 60), now, 0.0)

    def _penalised(self, store: StoreId, total: int, throttled: int) -> bool:
        recent = self._recent.setdefault(store, deque())
        recent.append((total, throttled))
        while sum(one[0] for one in recent) - recent[0][0] >= SIGNS:
            recent.popleft()
        seen, refused = _sums(recent)
        if not throttled or seen < SIGNS or refused * 2 <= seen:
            return False
        others = [_sums(rounds) for other, rounds in self._recent.items() if other != store]
        theirs, theirs_refused = sum(one[0] for one in others), sum(one[1] for one in others)
        return theirs < SIGNS or theirs_refused <= _CALM * theirs

    def _asked(self, place: Place, now: Instant) -> list[Bucket]:
        at = (place.service, place.lane)
        if at not in self._buckets:
            rate = self.rates.a_second(*at)
            self._buckets[at] = Bucket(rate, max(rate, float(FLUSH_EVERY)), now)
        found = [self._buckets[at]]
        limited = place.service == "fcm" and self._penalties.get(place.store, 0) + PENALTY > now
        return [*found, self._limited[place.store, place.lane]] if limited else found

    def _service(self, service: PushService) -> Breaker:
        return self._services.setdefault(service, Breaker())

    def _key(self, place: Place, key: VapidKeyId) -> Breaker:
        return self._keys.setdefault((place.service, place.store, key), Breaker())


def _sums(rounds: Collection[tuple[int, int]]) -> tuple[int, int]:
    return sum(one[0] for one in rounds), sum(one[1] for one in rounds)
