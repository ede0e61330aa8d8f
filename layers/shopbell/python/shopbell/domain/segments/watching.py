"""Which segments an event may turn: those that own a touched leaf whose truth, or the end of it, is another."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import or_
from typing import Final, NamedTuple

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.ledger import Ledger
from shopbell.domain.orders import Orders
from shopbell.domain.part import PartName
from shopbell.domain.profile import Profile
from shopbell.domain.rules.nodes import Leaf
from shopbell.domain.segments.compiled import LiveSegment, Touch
from shopbell.domain.segments.recent import recency_of
from shopbell.domain.segments.truth import Test

_NEVER: Final = -1
_number: Final = int.from_bytes


class Recency(NamedTuple):
    """Leaves that ask whether a feature has `count` elements younger than a length, and differ in that length."""

    fewest: int
    """The count."""
    lengths: Sequence[Duration]
    owners: Sequence[int]
    shorter: Sequence[int]
    """All owners of as many of the lengths, from the shortest on."""


@dataclass(frozen=True, slots=True)
class Recencies:
    """All of them over one column."""

    part: PartName
    bit: int
    rows: Sequence[Recency]
    everyone: int

    def moved(self, before: Ledger, after: Ledger, at: Instant) -> int:
        """All owners where an order moved into the past, or something is yet to begin."""
        if self.part == "L":
            return self._ordered(before.l, after.l, at)
        old, new = (before.v, after.v) if self.part == "V" else (before.p, after.p)
        first, last, width = old.place(self.bit)
        start, end, wide = new.place(self.bit)
        was_in, is_in, moved = old.packed, new.packed, 0
        if end - wide >= start and _number(is_in[end - wide : end - wide + 8], "big") > at:
            return self.everyone
        for row in self.rows:
            place, placed = last - row[0] * width, end - row[0] * wide
            was = _number(was_in[place : place + 8], "big") if place >= first else _NEVER
            now = _number(is_in[placed : placed + 8], "big") if placed >= start else _NEVER
            if now < was:
                return self.everyone
            if now > was:
                moved |= _turned(row, was, now, at)
        return moved

    def _ordered(self, old: Orders, new: Orders, at: Instant) -> int:
        """The same where the elements are bits over orders."""
        if new.newest(self.bit, 1) > at:
            return self.everyone
        moved = 0
        for row in self.rows:
            was, now = old.newest(self.bit, row.fewest), new.newest(self.bit, row.fewest)
            if now < was:
                return self.everyone
            if now > was:
                moved |= _turned(row, was, now, at)
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
    owners = [mask for _, mask in rows]
    return Recency(count, [length for length, _ in rows], owners, list(accumulate(owners, or_, initial=0)))


def _turned(row: Recency, was: Instant, now: Instant, at: Instant) -> int:
    """Who is moved as the element that decides becomes younger: where it is newer it lasts longer."""
    _, lengths, owners, shorter = row
    low, high = bisect_right(lengths, at - now), bisect_right(lengths, at - was) if was >= 0 else len(lengths)
    return _union(owners[low:high]) if low else shorter[high]


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union
