"""The parts of a running machine and what it can be asked: tick, invoke, count, settle."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shopbell.domain.clock import Clock, Instant
from shopbell.local.journal import HostJournal
from shopbell.local.mappings.doors import Outcome
from shopbell.local.mappings.pumps import Pump
from shopbell.local.schedules.firing import HostScheduler
from shopbell.local.workers import FunctionPool

_LOOK_SECONDS: Final = 0.15
_STILL: Final = 2
"""Quiet twice in a row: what one function writes takes a moment to reach the next."""


@dataclass(frozen=True, slots=True)
class Machine:
    """`pools` by the function's short name."""

    pools: Mapping[str, FunctionPool]
    pumps: Sequence[Pump]
    scheduler: HostScheduler
    journal: HostJournal
    clock: Clock

    def tick(self, at: Instant | None) -> list[dict[str, str]]:
        return self.scheduler.tick(self.clock() if at is None else at)

    def invoke(self, function: str, payload: bytes) -> Outcome | None:
        pool = self.pools.get(function)
        return None if pool is None else pool.invoke(payload)

    def stats(self) -> dict[str, Any]:
        return {"counts": self.journal.counts(), "left": self.left()}

    def settle(self, seconds: float) -> list[str]:
        """Wait until nothing is left, `seconds` at most; what is left then."""
        deadline = time.monotonic() + seconds
        still = 0
        while still < _STILL:
            left = self.left()
            still = 0 if left else still + 1
            if left and time.monotonic() > deadline:
                return left
            time.sleep(_LOOK_SECONDS)
        return []

    def left(self) -> list[str]:
        """What is under way or waits to be: delayed messages and those that failed a moment ago do not count."""
        busy = [f"{name}: {pool.busy} running" for name, pool in self.pools.items() if pool.busy]
        waiting = [f"{pump.name}: {held} waiting" for pump in self.pumps if (held := pump.waiting())]
        return [*busy, *waiting, *([] if self.scheduler.quiet else ["schedules: firing"])]
