"""Trying again with full jitter: eight times at most, then the dependency counts as unavailable."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import SECOND, Duration

TRIES: Final = 8


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait between tries; tests give a `sleep` that only notes what it was asked for."""

    first: Duration = 50
    most: Duration = 2 * SECOND
    tries: int = TRIES
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[], float] = random.random

    def attempts(self) -> Iterator[int]:
        """0, 1, … `tries` - 1; before each but the first it sleeps a random part of a doubling limit."""
        for attempt in range(self.tries):
            if attempt:
                limit = min(self.most, self.first << (attempt - 1))
                self.sleep(limit * self.uniform() / SECOND)
            yield attempt
