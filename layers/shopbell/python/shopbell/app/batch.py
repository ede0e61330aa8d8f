"""What happens to the visitors of one batch, taken up one after the other or several at once."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol, TypeVar

from shopbell.app import waking

T = TypeVar("T")
R = TypeVar("R")


class SideBySide(Protocol):
    """`map`, or a pool's."""

    def __call__(self, do: Callable[[T], R], over: Iterable[T], /) -> Iterable[R]: ...


@dataclass(slots=True)
class Batch:
    """What happened, and the wake-ups that are near enough to be put on the queue at once."""

    counts: Counter[str] = field(default_factory=Counter)
    wakes: list[waking.Wake] = field(default_factory=list)
    cut_short: bool = False
    """Something failed for now: whoever has not begun is left for the next try."""
    _lock: Lock = field(default_factory=Lock)

    def add(self, part: "Batch") -> None:
        """Take in one visitor's part; safe while others do the same."""
        with self._lock:
            self.counts.update(part.counts)
            self.wakes += part.wakes
