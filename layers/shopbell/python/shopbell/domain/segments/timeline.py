"""The memberships of one visitor as they turn, instant by instant, within one settling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import SegmentId
from shopbell.domain.membership import Flip
from shopbell.domain.packing import bits
from shopbell.domain.profile import Profile, revised
from shopbell.domain.segments.causes import Arrival, flipped_leaf, moved_leaf
from shopbell.domain.segments.compiled import LiveSegment
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.fold import absorb
from shopbell.domain.segments.lazily import plain
from shopbell.domain.segments.truth import FOREVER

MAX_STEPS: Final = 64
"""Instants at which a late wake-up looks before it jumps to now."""
LATEST: Final[Duration] = 2 * 365 * DAY
"""How late an event may be told (api.md, Tracking)."""
CLOCK: Final = "clock"
DEFINITION: Final = "definition"
MERGE: Final = "merge"
STATISTIC: Final = "statistic"


@dataclass(slots=True)
class Timeline:
    """Works on its own copies; `flips` is what it decided, children before parents, each at its instant.

    Nothing is looked at earlier than 5 minutes before the newest event folded: the cuts keep no more (ruling 3).
    """

    ruleset: Ruleset
    profile: Profile
    known: int
    """The segments whose rules this visitor was evaluated by before, as a mask over the order."""
    inside: dict[SegmentId, Instant] | None = None
    outside: dict[SegmentId, Instant] | None = None
    """Copies of what the profile says of memberships and exits, made when one is first asked for, or `_held`."""
    until: dict[int, Instant] = field(default_factory=dict)
    """Place of a segment to the instant up to which its truth holds."""
    flips: list[Flip] = field(default_factory=list)
    evaluated: int = 0
    steps: int = MAX_STEPS

    @property
    def memberships(self) -> dict[SegmentId, Instant]:
        if self.inside is None:
            self.inside = dict(plain(self.profile.memberships))
        return self.inside

    @property
    def left(self) -> dict[SegmentId, Instant]:
        if self.outside is None:
            self.outside = dict(plain(self.profile.left))
        return self.outside

    def arrive(self, events: Sequence[Event], at: Instant, now: Instant, *, whole: bool = False) -> None:
        """Fold events, then look at what they touch, or at everything, as of an instant."""
        before = self._held()
        self.profile, touched = absorb(before, events, self.ruleset)
        moved = self.known if whole else self.known & self.ruleset.moved(before, self.profile, touched, at)
        if moved:
            self.weigh(Arrival(before, self.profile, events, self.ruleset), moved, at, now)

    def weigh(self, arrival: Arrival, moved: int, at: Instant, now: Instant) -> None:
        """Look at these segments, as a mask over the order, as of an instant; the profile has the events in it."""
        for place in bits(moved):
            segment, turned = self._look(place, at)
            if turned is not None:
                before, after = arrival.before, (self.profile, at)
                # An instant earlier too: time alone may have turned the leaf at the very instant of the event
                leaf = flipped_leaf(segment, (before, at), after) or flipped_leaf(segment, (before, at - 1), after)
                event, earliest = arrival.origin(place, at, leaf)
                cause = CLOCK if event is None else f"event:{event.id}"
                when = at if event is None else min(event.at, now)
                self._turn(segment, turned, max(when, earliest), cause, leaf)
                arrival.turns[segment.id] = event, self.flips[-1]

    def pass_time(self, end: Instant) -> None:
        """Step from breakpoint to breakpoint, each flip at the instant at which it fell due."""
        while (step := self._next_step()) <= end:
            if not self.steps:
                self._tick(bits(self.known), end, step - 1)
                return
            self.steps -= 1
            self._tick([place for place in bits(self.known) if self.until[place] <= step], step, step - 1)

    def redefine(self, places: int, now: Instant) -> None:
        """Rules that are new to this visitor: their flips fire nothing."""
        for place in bits(places):
            segment, turned = self._look(place, now)
            if turned is not None:
                self._turn(segment, turned, now, DEFINITION, None)

    def look_again(self, now: Instant, cause: str) -> None:
        """At everything that is known, since something else than events, time or definitions moved."""
        for place in bits(self.known):
            segment, turned = self._look(place, now)
            if turned is not None:
                self._turn(segment, turned, now, cause, self._moved(segment, now, cause))

    def take_over(self, joined: Profile, now: Instant, cause: str = MERGE) -> None:
        """Another profile of the same person (ruling 17), or new scores, came in: look at everything known."""
        before, self.profile = self.profile, joined
        for place in bits(self.known):
            segment, turned = self._look(place, now)
            if turned is not None:
                leaf = flipped_leaf(segment, (before, now), (joined, now))
                self._turn(segment, turned, now, cause, leaf or self._moved(segment, now, cause))

    def let_go(self, now: Instant) -> None:
        """Segments that were put away, or are gone: their memberships end.

        When they ended is kept for as long as an event may be late: a segment that comes back has one log, in which
        nothing is dated before what stands there already (ruling 13).
        """
        kept = {segment.id for segment in self.ruleset.order} | self.ruleset.paused
        for name in sorted(self.memberships.keys() - kept):
            at = self.left[name] = max(now, self.memberships.pop(name))
            self.flips.append(Flip(name, 0, "exited", at, DEFINITION))
        for name in [name for name in self.left.keys() - kept if self.left[name] < now - LATEST]:
            del self.left[name]

    def _moved(self, segment: LiveSegment, now: Instant, cause: str) -> str | None:
        """The leaf that a statistic of the store turned, here or in a segment that it names."""
        if cause != STATISTIC:
            return None
        turned = {flip.segment for flip in self.flips if flip.cause == cause}
        return moved_leaf(segment, self.profile, now, turned)

    def _next_step(self) -> Instant:
        return min((self.until[place] for place in bits(self.known)), default=FOREVER)

    def _tick(self, places: Iterable[int], step: Instant, seen: Instant) -> None:
        """`seen` is the last instant at which every membership is known to be as it stands."""
        before = self._held()
        for place in places:
            segment, turned = self._look(place, step)
            if turned is not None:
                leaf = flipped_leaf(segment, (before, seen), (self.profile, step))
                self._turn(segment, turned, step, CLOCK, leaf)

    def _held(self) -> Profile:
        """The profile with the memberships of now: what turns later turns in a copy, and a parent's leaf has both."""
        self.inside = None
        return self.profile

    def _look(self, place: int, at: Instant) -> tuple[LiveSegment, bool | None]:
        """The segment, and its truth where that is not what the membership says."""
        segment = self.ruleset.order[place]
        truth, self.until[place] = segment.test(self.profile, at)
        self.evaluated += 1
        inside = plain(self.profile.memberships) if self.inside is None else self.inside
        return segment, None if truth is (segment.id in inside) else truth

    def _turn(self, segment: LiveSegment, entered: bool, at: Instant, cause: str, leaf: str | None) -> None:
        """Never dated before the previous flip of the segment (ruling 13)."""
        if entered:
            at = max(at, self.left.get(segment.id, at))
            self.memberships[segment.id] = at
        else:
            at = max(at, self.memberships.pop(segment.id))
            self.left[segment.id] = at
        self._show_memberships()
        self.flips.append(Flip(segment.id, segment.version, "entered" if entered else "exited", at, cause, leaf))

    def _show_memberships(self) -> None:
        """The memberships as they are now, to the rules that ask since when one has lasted (ruling 13)."""
        if self.profile.memberships is not self.memberships:
            self.profile = revised(self.profile, memberships=self.memberships)
