"""Answers of batch reads, kept in a worker's memory for a while and never more of them than a bound."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import islice
from typing import Final, Generic, TypeVar

from shopbell.domain.clock import Clock, Duration, Instant

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
MAX_ENTRIES: Final = 20_000


class Kept(Generic[K, V]):
    """What is not there is remembered as well."""

    def __init__(self, keep: Duration, now: Clock) -> None:
        self._keep = keep
        self._now = now
        self._known: dict[K, tuple[Instant, V | None]] = {}

    def many(self, wanted: Iterable[K], load: Callable[[list[K]], Mapping[K, V]]) -> Mapping[K, V]:
        """Those that there are, each read at most once in `keep`. Threads may ask at the same time."""
        asked, now = list(dict.fromkeys(wanted)), self._now()
        answer = {key: row[1] for key in asked if (row := self._known.get(key)) and 0 <= now - row[0] < self._keep}
        missing = [key for key in asked if key not in answer]
        if missing:
            found = load(missing)
            for key in missing:
                answer[key] = found.get(key)
                # last in the order of insertion, by which what was read longest ago goes first
                self._known.pop(key, None)
                self._known[key] = (now, answer[key])
            for key in list(islice(self._known, max(len(self._known) - MAX_ENTRIES, 0))):
                self._known.pop(key, None)
        return {key: value for key in asked if (value := answer[key]) is not None}

    def forget(self) -> None:
        """All of it is read again."""
        self._known.clear()
