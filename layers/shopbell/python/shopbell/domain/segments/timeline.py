"""The memberships of one visitor as they turn, instant by instant, within one settling."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId
from shopbell.domain.membership import Flip
from shopbell.domain.segments.causes import Arrival, flipped_leaf
from shopbell.domain.segments.compiled import LiveSegment
from shopbell.domain.segments.truth import FOREVER

MAX_STEPS: Final = 64
"""Instants at which a late wake-up looks before it jumps to now."""
CLOCK: Final = "clock"
DEFINITION: Final = "definition"


@dataclass(slots=True)
class Timeline:
    """Works on its own copies; `flips` is what it decided, children before parents, each at its instant."""

    arrival: Arrival
    memberships: dict[SegmentId, Instant]
    left: dict[SegmentId, Instant]
    until: dict[int, Instant] = field(default_factory=dict)
    """Place of a segment to the instant up to which its truth holds."""
    flips: list[Flip] = field(default_factory=list)
    evaluated: int = 0

    def arrive(self, places: Iterable[int], at: Instant, now: Instant) -> None:
        """What the events brought about, seen at an instant before which time changes nothing."""
        for place in places:
            segment, turned = self._look(place, at)
            if turned is not None:
                event = self.arrival.culprit(place, at)
                cause = CLOCK if event is None else f"event:{event.id}"
                when = at if event is None else min(event.at, now)
                leaf = flipped_leaf(segment, (self.arrival.before, at), (self.arrival.after, at))
                self._turn(segment, turned, when, cause, leaf)

    def pass_time(self, places: Iterable[int], now: Instant) -> None:
        """Step from breakpoint to breakpoint up to now, each flip at the instant at which it fell due."""
        mine = sorted(places)
        for _ in range(MAX_STEPS):
            step = min((self.until[place] for place in mine), default=FOREVER)
            if step > now:
                return
            self._tick([place for place in mine if self.until[place] <= step], step)
        self._tick(mine, now)

    def redefine(self, places: Iterable[int], now: Instant) -> None:
        """Rules that are new to this visitor: their flips fire nothing."""
        for place in places:
            segment, turned = self._look(place, now)
            if turned is not None:
                self._turn(segment, turned, now, DEFINITION, None)

    def _tick(self, places: Iterable[int], step: Instant) -> None:
        after = self.arrival.after
        for place in places:
            segment, turned = self._look(place, step)
            if turned is not None:
                event = self.arrival.arrived_at(place, step)
                cause = CLOCK if event is None else f"event:{event.id}"
                leaf = flipped_leaf(segment, (after, step - 1), (after, step))
                self._turn(segment, turned, step, cause, leaf)

    def _look(self, place: int, at: Instant) -> tuple[LiveSegment, bool | None]:
        """The segment, and its truth where that is not what the membership says."""
        segment = self.arrival.ruleset.order[place]
        truth, self.until[place] = segment.test(self.arrival.after, at)
        self.evaluated += 1
        return segment, None if truth is (segment.id in self.memberships) else truth

    def _turn(self, segment: LiveSegment, entered: bool, at: Instant, cause: str, leaf: str | None) -> None:
        """Never dated before the previous flip of the segment (ruling 13)."""
        if entered:
            at = max(at, self.left.get(segment.id, at))
            self.memberships[segment.id] = at
        else:
            at = max(at, self.memberships.pop(segment.id))
            self.left[segment.id] = at
        self.flips.append(Flip(segment.id, segment.version, "entered" if entered else "exited", at, cause, leaf))
