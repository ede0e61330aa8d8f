"""Answers of batch reads, kept in a worker's memory for a while and never more of them than a bound."""

from collections.abc import Callable, Hashable, Iterable, Mapping
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
        """Those that there are, each read at most once in `keep`."""
        asked, now = list(dict.fromkeys(wanted)), self._now()
        missing = [key for key in asked if not self._fresh(key, now)]
        if missing:
            found = load(missing)
            for key in missing:
                self._known.pop(key, None)
                self._known[key] = (now, found.get(key))
        answer = {key: row[1] for key in asked if (row := self._known[key])[1] is not None}
        while len(self._known) > MAX_ENTRIES:
            # those that were read longest ago: dicts keep the order of insertion
            self._known.pop(next(iter(self._known)))
        return {key: value for key, value in answer.items() if value is not None}

    def forget(self) -> None:
        """All of it is read again."""
        self._known.clear()

    def _fresh(self, key: K, now: Instant) -> bool:
        row = self._known.get(key)
        return row is not None and 0 <= now - row[0] < self._keep
