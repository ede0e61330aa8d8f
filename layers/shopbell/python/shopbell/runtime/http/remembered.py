"""Answers kept in a container's memory for a while, never more of them than a bound."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from shopbell.domain.clock import Clock, Duration, Instant

K = TypeVar("K")
V = TypeVar("V")

MAX_ENTRIES: Final = 2_000


class Remembered(Generic[K, V]):
    """Asks `load` at most once per key and `keep` milliseconds; refusals are remembered like everything else."""

    def __init__(self, load: Callable[[K], V], keep: Duration, now: Clock) -> None:
        self._load = load
        self._keep = keep
        self._now = now
        self._known: dict[K, tuple[Instant, V]] = {}

    def __call__(self, key: K) -> V:
        now = self._now()
        found = self._known.pop(key, None)
        if found is None or not 0 <= now - found[0] < self._keep:
            found = (now, self._load(key))
        self._known[key] = found
        if len(self._known) > MAX_ENTRIES:
            # the one that was asked for longest ago: dicts keep the order of insertion
            self._known.pop(next(iter(self._known)))
        return found[1]
