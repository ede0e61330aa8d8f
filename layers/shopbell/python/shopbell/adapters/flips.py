"""Flips of one commit told apart where segment and instant do not do it."""

from collections import Counter
from collections.abc import Iterable, Iterator

from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId
from shopbell.domain.membership import Flip


def numbered(flips: Iterable[Flip]) -> Iterator[tuple[Flip, int]]:
    """Each with how many flips of the same segment and instant came before it: 0, save for a visitor that
    enters and leaves in the same millisecond with the overflow of an earlier commit.
    """
    seen: Counter[tuple[SegmentId, Instant]] = Counter()
    for flip in flips:
        place = (flip.segment, flip.at)
        yield flip, seen[place]
        seen[place] += 1
