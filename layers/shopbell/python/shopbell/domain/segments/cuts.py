"""What of a feature's elements is kept, always relative to the newest of them and never to now (ruling 3)."""

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import gt, lt
from typing import Final

from shopbell.domain.clock import MINUTE, Duration, Instant
from shopbell.domain.part import MAX_ELEMENTS

SKEW: Final[Duration] = 5 * MINUTE
"""How far ahead of now an event may lie: what was the newest just before it must still be there."""
_AFTER: Final = b"\xff" * 8
_VALUE: Final = slice(16, 24)


@dataclass(frozen=True, slots=True)
class Cut:
    """Each field keeps something; everything that is less than SKEW older than the newest is kept as well.

    What is older than that is called old here.
    """

    newest: int = 0
    """As many of the newest old ones."""
    reach: Duration = 0
    """All that is newer than the newest less this and SKEW."""
    distinct: int = 0
    """The newest old one of each of as many values, those that were seen last."""
    low: bool = False
    """The old ones that no newer old one is as small as."""
    high: bool = False
    """The old ones that no newer old one is as large as."""
    every: bool = False
    """All: of orders, whose better report may move them into the past, and of sums over the whole life."""
    oldest: bool = False
    """The oldest alone, and nothing else."""

    def __or__(self, other: "Cut") -> "Cut":
        """Keeps what either keeps."""
        return Cut(
            max(self.newest, other.newest),
            max(self.reach, other.reach),
            max(self.distinct, other.distinct),
            self.low or other.low,
            self.high or other.high,
            self.every or other.every,
            self.oldest or other.oldest,
        )

    def covers(self, other: "Cut") -> bool:
        """Whether it keeps all that the other keeps."""
        return self.every or self | other == self

    @property
    def spelled(self) -> Mapping[str, int]:
        """As JSON; `Cut(**spelled)` is the same cut."""
        return {name: int(value) for name, value in asdict(self).items() if value}

    @property
    def suffix(self) -> bool:
        """Whether it only ever takes the oldest away."""
        return not (self.oldest or self.distinct or self.low or self.high)


def keep(cut: Cut, records: Sequence[bytes]) -> Sequence[bytes]:
    """What stays of the records of one feature, given oldest first; 1,000 at the most."""
    if cut.oldest:
        return records[:1]
    start = 0 if cut.every or not records else _start(cut, records)
    if cut.suffix:
        return records[max(start, len(records) - MAX_ELEMENTS) :]
    old = records[: _older(records, SKEW)]
    places = {place for place in _picked(cut, old) if place < start}
    return [*(records[place] for place in sorted(places)), *records[start:]][-MAX_ELEMENTS:]


def dropped(cut: Cut, data: bytes, bounds: tuple[int, int, int], newer: Instant) -> int:
    """How many of the oldest records a cut that is a `suffix` takes away once a newer one, of that instant, is there.

    `bounds`: where in `data` the records begin and end, and how wide one is.
    """
    first, end, width = bounds
    size = (end - first) // width
    start = max(size + 1 - MAX_ELEMENTS, 0)
    if cut.every:
        return start
    edge, newest = newer - SKEW, cut.newest
    far = edge - cut.reach
    while start + newest < size and _instant(data, first + (start + newest) * width) <= edge:
        if cut.reach and _instant(data, first + start * width) > far:
            break
        start += 1
    return start


def _instant(data: bytes, place: int) -> Instant:
    return int.from_bytes(data[place : place + 8], "big")


def _start(cut: Cut, records: Sequence[bytes]) -> int:
    start = max(_older(records, SKEW) - cut.newest, 0)
    return min(start, _older(records, cut.reach + SKEW)) if cut.reach else start


def _older(records: Sequence[bytes], distance: Duration) -> int:
    """How many are at least `distance` older than the newest."""
    if not records:
        return 0
    edge = int.from_bytes(records[-1][:8], "big") - distance
    return bisect_right(records, edge.to_bytes(8, "big") + _AFTER * 3) if edge >= 0 else 0


def _picked(cut: Cut, old: Sequence[bytes]) -> Iterator[int]:
    if cut.distinct:
        yield from _last_of_each(old, cut.distinct)
    if cut.low:
        yield from _unbeaten(old, lt)
    if cut.high:
        yield from _unbeaten(old, gt)


def _last_of_each(old: Sequence[bytes], count: int) -> Iterator[int]:
    seen: set[bytes] = set()
    for place in range(len(old) - 1, -1, -1):
        if len(seen) == count:
            return
        value = old[place][_VALUE]
        if value not in seen:
            seen.add(value)
            yield place


def _unbeaten(old: Sequence[bytes], beats: Callable[[float, float], bool]) -> Iterator[int]:
    best: float | None = None
    for place in range(len(old) - 1, -1, -1):
        value: float = struct.unpack_from(">d", old[place], _VALUE.start)[0]
        if best is None or beats(value, best):
            best = value
            yield place
