"""The most common leaf, at least so many in the last so long: one element decides it, read where it lies."""

from typing import Final

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.part import PartName, part_of
from shopbell.domain.profile import Profile
from shopbell.domain.rules.nodes import EventLeaf, Leaf, MessageLeaf
from shopbell.domain.rules.windows import LastWindow
from shopbell.domain.segments.truth import FOREVER, Test, Truth
from shopbell.domain.visits.derived import is_derived

LIFE: Final[Duration] = 1 << 60
"""The length of a window that never ends."""
_FEWEST: Final = {"gte": 0, "lt": 0, "gt": 1, "lte": 1}
_NEGATED: Final = frozenset({"lt", "lte"})


def recency_of(leaf: Leaf) -> tuple[PartName, int, Duration] | None:
    """Part, count and length, where that is all that a leaf asks."""
    if isinstance(leaf, MessageLeaf):
        return recency_of(leaf.counted)
    if not isinstance(leaf, EventLeaf) or leaf.op not in _FEWEST or is_derived(leaf.event):
        return None
    count = leaf.bounds[0] + _FEWEST[leaf.op]
    match leaf.window:
        case None:
            return part_of(leaf.event), count, LIFE
        case LastWindow(last=length):
            return part_of(leaf.event), count, length
        case _:
            return None


def recent_test(leaf: EventLeaf, bit: int, general: Test) -> Test:
    """`general`, answered at once where nothing lies ahead of now and the leaf asks no more than that."""
    asked = recency_of(leaf)
    if asked is None or not asked[1]:
        return general
    name, count, length = asked
    holds = leaf.op not in _NEGATED
    fewer, ever = (not holds, FOREVER), length == LIFE
    if name == "L":
        return _of_orders(bit, count, length, holds=holds, general=general)

    views = name == "V"

    def test(profile: Profile, now: Instant) -> Truth:
        part = profile.ledger.v if views else profile.ledger.p
        start, end, width = part.place(bit)
        at = end - count * width
        if at < start:
            return fewer
        packed = part.packed
        if int.from_bytes(packed[end - width : end - width + 8], "big") > now:
            return general(profile, now)
        if ever:
            return holds, FOREVER
        until = int.from_bytes(packed[at : at + 8], "big") + length
        return (holds, until) if now < until else fewer

    return test


def _of_orders(bit: int, count: int, length: Duration, *, holds: bool, general: Test) -> Test:
    """The same where the elements are bits over orders."""
    fewer, ever = (not holds, FOREVER), length == LIFE

    def test(profile: Profile, now: Instant) -> Truth:
        orders = profile.ledger.l
        at = orders.newest(bit, count)
        if at < 0:
            return fewer
        if (at if count == 1 else orders.newest(bit, 1)) > now:
            return general(profile, now)
        if ever:
            return holds, FOREVER
        return (holds, at + length) if now < at + length else fewer

    return test
