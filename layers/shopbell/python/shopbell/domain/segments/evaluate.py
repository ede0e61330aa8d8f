"""Membership as a function of profile, live rules and an instant."""

from collections.abc import Iterator, Mapping

from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId
from shopbell.domain.packing import bits
from shopbell.domain.profile import Profile
from shopbell.domain.segments.compiled import LiveSegment
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.truth import Truth


def evaluate(
    profile: Profile, ruleset: Ruleset, now: Instant, touched: int | None = None
) -> Mapping[SegmentId, Truth]:
    """(truth, valid_until) of the touched segments (a mask over `ruleset.order`; None: all), children first."""
    return {segment.id: segment.test(profile, now) for _, segment in chosen(ruleset, touched)}


def chosen(ruleset: Ruleset, touched: int | None = None) -> Iterator[tuple[int, LiveSegment]]:
    """The segments of a mask with their place in the order."""
    if touched is None:
        yield from enumerate(ruleset.order)
    else:
        for place in bits(touched):
            yield place, ruleset.order[place]
