"""Which segments an event may turn: those that own a touched leaf whose truth, or the end of it, is another."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.ledger import Ledger
from shopbell.domain.part import Part, PartName
from shopbell.domain.profile import Profile
from shopbell.domain.rules.nodes import Leaf
from shopbell.domain.segments.compiled import LiveSegment, Touch
from shopbell.domain.segments.recent import recency_of
from shopbell.domain.segments.truth import Test

_NEVER: Final = -1


@dataclass(frozen=True, slots=True)
class Recency:
    """Leaves that ask whether a feature has `count` elements younger than a length, and differ in that length."""

    count: int
    lengths: Sequence[Duration]
    owners: Sequence[int]

    def moved(self, was: Instant, now: Instant, at: Instant) -> int:
        """Only the element that has `count` - 1 newer ones decides, and where it is newer it lasts longer."""
        low = bisect_right(self.lengths, at - now)
        high = len(self.lengths) if was == _NEVER else bisect_right(self.lengths, at - was)
        return _union(self.owners[low:high])


@dataclass(frozen=True, slots=True)
class Recencies:
    """All of them over one column."""

    part: PartName
    bit: int
    rows: Sequence[Recency]
    everyone: int

    def moved(self, before: Ledger, after: Ledger, at: Instant) -> int:
        """All owners where an order moved into the past, or something is yet to begin."""
        old, new = before.part(self.part), after.part(self.part)
        if self.part == "L":
            return self._ordered(old, new, at)
        place, placed = old.place(self.bit), new.place(self.bit)
        if _nth(new.packed, placed, 1) > at:
            return self.everyone
        moved = 0
        for row in self.rows:
            was, now = _nth(old.packed, place, row.count), _nth(new.packed, placed, row.count)
            if now < was:
                return self.everyone
            if now > was:
                moved |= row.moved(was, now, at)
        return moved

    def _ordered(self, old: Part, new: Part, at: Instant) -> int:
        """The same where the elements are bits over orders."""
        if new.newest(self.bit, 1) > at:
            return self.everyone
        moved = 0
        for row in self.rows:
            was, now = old.newest(self.bit, row.count), new.newest(self.bit, row.count)
            if now < was:
                return self.everyone
            if now > was:
                moved |= row.moved(was, now, at)
        return moved


@dataclass(frozen=True, slots=True)
class Watch:
    """All leaves that one thing touches, each with the segments that depend on it, as a mask over the order."""

    recencies: Sequence[Recencies]
    tests: Sequence[tuple[Test, int]]

    def moved(self, before: Profile, after: Profile, at: Instant) -> int:
        """The segments to look at. What the others say is what it was, and holds at least as long.

        That is so because truth.py is monotone: where no leaf turns and none ends sooner, no rule does.
        """
        moved = 0
        for recencies in self.recencies:
            moved |= recencies.moved(before.ledger, after.ledger, at)
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
    alike: dict[PartName, dict[int, list[tuple[Duration, int]]]] = {}
    tests: list[tuple[Test, int]] = []
    for (leaf, test), owners in rows.items():
        asked = recency_of(leaf)
        if asked is None:
            tests.append((test, owners))
        elif asked[1]:  # with a count of 0 nothing ever moves it
            part, count, length = asked
            alike.setdefault(part, {}).setdefault(count, []).append((length, owners))
    bit = touch if isinstance(touch, int) else _NEVER
    return Watch([_recencies(part, bit, found) for part, found in alike.items()], tests)


def _recencies(part: PartName, bit: int, found: Mapping[int, list[tuple[Duration, int]]]) -> Recencies:
    rows = [_recency(count, sorted(asked)) for count, asked in found.items()]
    return Recencies(part, bit, rows, _union(owners for asked in found.values() for _, owners in asked))


def _recency(count: int, rows: Sequence[tuple[Duration, int]]) -> Recency:
    return Recency(count, [length for length, _ in rows], [mask for _, mask in rows])


def _nth(data: bytes, bounds: tuple[int, int, int], count: int) -> Instant:
    """When the element happened that has `count` - 1 newer ones; -1 if there are fewer."""
    start, end, width = bounds
    at = end - count * width
    return int.from_bytes(data[at : at + 8], "big") if at >= start else _NEVER


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union
