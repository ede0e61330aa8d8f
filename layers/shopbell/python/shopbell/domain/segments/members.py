"""Leaves over the membership of another segment, now and since when (ruling 13)."""

from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId
from shopbell.domain.profile import Profile
from shopbell.domain.rules.standing import SegmentLeaf
from shopbell.domain.segments.truth import FOREVER, Test, Truth

_ALWAYS: Final = 0


def member_test(leaf: SegmentLeaf, child: Test) -> Test:
    """The child itself is compiled in; only how long it has held is read from the stored `entered_at`.

    Children are settled before their parents, so that `entered_at` is there when the child holds.
    """
    if leaf.for_at_least is None and leaf.entered_within is None:
        return child
    segment, wait, limit = SegmentId(leaf.in_segment), leaf.for_at_least or _ALWAYS, leaf.entered_within

    def test(profile: Profile, now: Instant) -> Truth:
        held, until = child(profile, now)
        entered = profile.memberships.get(segment)
        if not held or entered is None:
            return False, until
        start, end = entered + wait, FOREVER if limit is None else entered + limit
        return start <= now < end, min([until, *(edge for edge in (start, end) if edge > now)])

    return test
