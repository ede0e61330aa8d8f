"""Keep to a service's pace: wait here while that is short, else give the messages back to wait in their queue."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from shopbell.app.delivery.throttle import Heard, Leave, Place, Throttle
from shopbell.domain.clock import SECOND, Clock, Duration
from shopbell.domain.ids import VapidKeyId
from shopbell.domain.push.breaker import PROBE
from shopbell.domain.push.outcome import RetryCause

PATIENCE: Final[Duration] = 3 * SECOND
"""Up to so long a worker waits for the next round in place, which costs less than to read its people anew."""
_NAP: Final[Duration] = SECOND
"""Between two looks whether it should go on at all."""
Rest = Callable[[Duration], None]


@dataclass(frozen=True, slots=True)
class Keys:
    """Those that may be posted with; `bound`: so many posts, None: any number; `wait` for the others."""

    admitted: frozenset[VapidKeyId]
    bound: int | None
    wait: Duration


@dataclass(frozen=True, slots=True)
class Pacing:
    throttle: Throttle
    now: Clock
    rest: Rest

    def leave(self, place: Place, wanted: int, go_on: Callable[[], bool]) -> Leave:
        """So many posts, after a short wait where one is needed."""
        found, waited = self.throttle.ask(place, wanted, self.now()), 0
        while found.number < wanted and found.why != "breaker_open" and waited < PATIENCE and go_on():
            lacking = self.throttle.until(place, wanted, self.now())
            if lacking is None or waited + lacking > PATIENCE:
                break
            nap = min(_NAP, lacking)
            self.rest(nap)
            waited += nap
            found = self.throttle.ask(place, wanted, self.now())
        return found

    def closed(self, place: Place, wanted: int) -> Leave | None:
        """Why it is not worth while to begin, asked before anybody is read; None: it is."""
        now = self.now()
        found = self.throttle.ask(place, wanted, now)
        if found.why == "breaker_open":
            return found
        lacking = self.throttle.until(place, wanted, now) or 0
        return Leave(0, lacking, "throttled") if lacking > PATIENCE else None

    def keys(self, place: Place, keys: Collection[VapidKeyId]) -> Keys:
        now = self.now()
        admitted, probing = self.throttle.admitted(place, keys, now)
        return Keys(admitted, PROBE if probing else None, self.throttle.wait_of(place, {*keys} - admitted, now))

    def take(self, place: Place, number: int) -> None:
        self.throttle.take(place, number, self.now())

    def hear(self, place: Place, answers: Collection[tuple[VapidKeyId, RetryCause | None]], asked: Duration) -> Heard:
        return self.throttle.hear(place, answers, asked, self.now())
