"""Look up now and then whether a run that is being sent was stopped meanwhile, or its store stopped sending."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import SECOND, Clock, Duration, Instant
from shopbell.domain.runs import Run
from shopbell.ports import Runs, Stores

LOOK_EVERY: Final[Duration] = 2 * SECOND
"""With a round of posts between two looks, what a marketer stops is still within 5 s."""


@dataclass(slots=True)
class Halted:
    """Of one chunk; `seen` is when it was last looked at. Raises Unavailable."""

    runs: Runs
    stores: Stores
    now: Clock
    run: Run
    seen: Instant
    answer: bool = False

    def __call__(self) -> bool:
        now = self.now()
        if not self.answer and now - self.seen >= LOOK_EVERY:
            self.seen = now
            run, store = self.runs.get(self.run.store, self.run.id), self.stores.get(self.run.store)
            self.answer = run is None or store is None or run.state != "sending" or store.sending == "paused"
        return self.answer


def going(halted: Halted, time_left: Callable[[], bool]) -> Callable[[], bool]:
    """Whether to go on: there is time, and nobody has stopped it."""
    return lambda: time_left() and not halted()
