"""Which segments an event may turn: those that own a touched leaf whose truth, or the end of it, is another."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.ledger import PartName, part_of
from shopbell.domain.profile import Profile
from shopbell.domain.rules.nodes import EventLeaf, Leaf, MessageLeaf
from shopbell.domain.rules.windows import LastWindow
from shopbell.domain.segments.compiled import LiveSegment, Touch
from shopbell.domain.segments.truth import Test
from shopbell.domain.visits.derived import is_derived

_LIFE: Final[Duration] = 1 << 60
_NEVER: Final = -1
_FEWEST: Final = {"gte": 0, "lt": 0, "gt": 1, "lte": 1}


@dataclass(frozen=True, slots=True)
class Recency:
    """Leaves that ask whether a feature has `count` elements younger than a length, and differ in that length."""

    part: PartName
    bit: int
    count: int
    lengths: Sequence[Duration]
    owners: Sequence[int]
    everyone: int

    def moved(self, before: Profile, after: Profile, at: Instant) -> int:
        """Only the element that has `count` - 1 newer ones decides, and where it is newer it lasts longer."""
        old, new = before.ledger.part(self.part), after.ledger.part(self.part)
        was, now = old.newest(self.bit, self.count), new.newest(self.bit, self.count)
        if now < was or new.newest(self.bit, 1) > at:
            return self.everyone  # an order moved into the past, or something that is yet to begin
        if was == now:
            return 0
        low = bisect_right(self.lengths, at - now)
        high = len(self.lengths) if was == _NEVER else bisect_right(self.lengths, at - was)
        return _union(self.owners[low:high])


@dataclass(frozen=True, slots=True)
class Watch:
    """All leaves that one thing touches, each with the segments that depend on it, as a mask over the order."""

    recencies: Sequence[Recency]
    tests: Sequence[tuple[Test, int]]

    def moved(self, before: Profile, after: Profile, at: Instant) -> int:
        """The segments to look at. What the others say is what it was, and holds at least as long.

        That is so because truth.py is monotone: where no leaf turns and none ends sooner, no rule does.
        """
        moved = 0
        for recency in self.recencies:
            moved |= recency.moved(before, after, at)
        for test, owners in self.tests:
            if owners & ~moved:
                (was, lasted), (truth, lasts) = test(before, at), test(after, at)
                if truth is not was or lasts < lasted:
                    moved |= owners
        return moved


def watches(order: Sequence[LiveSegment]) -> Mapping[Touch, Watch]:
    """For each thing that may be touched."""
    found: dict[Touch, dict[tuple[Leaf, Test], int]] = {}
    for place, segment in enumerate(order):
        for watched in segment.watched:
            for touch in watched.touches:
                rows = found.setdefault(touch, {})
                key = watched.leaf, watched.test
                rows[key] = rows.get(key, 0) | 1 << place
    return {touch: _watch(touch, rows) for touch, rows in found.items()}


def _watch(touch: Touch, rows: Mapping[tuple[Leaf, Test], int]) -> Watch:
    alike: dict[tuple[PartName, int], list[tuple[Duration, int]]] = {}
    tests: list[tuple[Test, int]] = []
    for (leaf, test), owners in rows.items():
        asked = _asked(leaf)
        if asked is None:
            tests.append((test, owners))
        else:
            part, count, length = asked
            alike.setdefault((part, count), []).append((length, owners))
    bit = touch if isinstance(touch, int) else _NEVER
    return Watch([_recency(bit, *key, sorted(rows)) for key, rows in alike.items() if key[1]], tests)


def _recency(bit: int, part: PartName, count: int, rows: Sequence[tuple[Duration, int]]) -> Recency:
    owners = [mask for _, mask in rows]
    return Recency(part, bit, count, [length for length, _ in rows], owners, _union(owners))


def _asked(leaf: Leaf) -> tuple[PartName, int, Duration] | None:
    """Part, count and length, where that is all that a leaf asks; with a count of 0 nothing ever moves it."""
    if isinstance(leaf, MessageLeaf):
        return _asked(leaf.counted)
    if not isinstance(leaf, EventLeaf) or leaf.op not in _FEWEST or is_derived(leaf.event):
        return None
    count = leaf.bounds[0] + _FEWEST[leaf.op]
    match leaf.window:
        case None:
            return part_of(leaf.event), count, _LIFE
        case LastWindow(last=length):
            return part_of(leaf.event), count, length
        case _:
            return None


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union
