"""What segments have in common: how many are in exactly which of them, and how alike two of them are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final

from shopbell.domain.ids import SegmentId

MOST: Final = 5
"""Segments that are compared at once."""
Members = frozenset[SegmentId]


def parts(lists: Mapping[SegmentId, Iterable[str]]) -> Counter[Members]:
    """How many are in exactly these segments and in no other of them."""
    where: dict[str, set[SegmentId]] = {}
    for segment, members in lists.items():
        for who in members:
            where.setdefault(who, set()).add(segment)
    return Counter(frozenset(segments) for segments in where.values())


def common(counted: Mapping[Members, int], wanted: Members) -> int:
    """How many are in all of these, and perhaps in others."""
    return sum(number for segments, number in counted.items() if wanted <= segments)


def either(counted: Mapping[Members, int], wanted: Members) -> int:
    """How many are in at least one of these."""
    return sum(number for segments, number in counted.items() if wanted & segments)


def every(names: Sequence[SegmentId]) -> Iterable[Members]:
    """Each choice of them, singles first."""
    for size in range(1, len(names) + 1):
        yield from map(frozenset, combinations(names, size))
