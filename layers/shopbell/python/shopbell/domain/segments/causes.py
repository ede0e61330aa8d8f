"""Why a membership turned: the event that did it, and the leaf that flipped."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.profile import Profile
from shopbell.domain.segments.compiled import LiveSegment
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.fold import absorb


@dataclass(slots=True)
class Arrival:
    """Events that were folded together: the profile before, and after."""

    before: Profile
    after: Profile
    events: Sequence[Event]
    ruleset: Ruleset
    _steps: Sequence[tuple[Event, Profile, int]] = ()

    def culprit(self, place: int, at: Instant) -> Event | None:
        """The event after which the segment's truth at that instant is what it is now; None: it was none of them."""
        if len(self.events) <= 1:
            return self.events[0] if self.events else None
        touching = [step for step in self._one_by_one() if step[2] >> place & 1 or not self.before.version]
        if len(touching) <= 1:
            return touching[0][0] if touching else None
        return _turning(touching, self.ruleset.order[place], (self.after, at))

    def _one_by_one(self) -> Sequence[tuple[Event, Profile, int]]:
        """In the order in which they happened: event, profile with it, and a mask of the segments that it touches."""
        if not self._steps:
            profile, steps = self.before, list[tuple[Event, Profile, int]]()
            for event in sorted(self.events, key=lambda event: (event.at, event.received_at, event.id)):
                folded = absorb(profile, [event], self.ruleset)
                profile = folded.profile
                steps.append((event, profile, self.ruleset.owners_of(folded.touched)))
            self._steps = steps
        return self._steps


def _turning(
    touching: Sequence[tuple[Event, Profile, int]], segment: LiveSegment, final: tuple[Profile, Instant]
) -> Event:
    turned, at = segment.test(*final)[0], final[1]
    turning, truth = touching[0][0], not turned
    for event, profile, _ in touching:
        now_true, _ = segment.test(profile, at)
        if now_true is turned and truth is not turned:
            turning = event
        truth = now_true
    return turning


def flipped_leaf(segment: LiveSegment, was: tuple[Profile, Instant], now: tuple[Profile, Instant]) -> str | None:
    """Path of the leaf whose change alone turns the rule: the first if several would, None if no single one."""
    old = [test(*was)[0] for _, test in segment.leaves]
    new = [test(*now)[0] for _, test in segment.leaves]
    before = segment.shape(old)
    for place, (path, _) in enumerate(segment.leaves):
        if old[place] != new[place]:
            alone = [*old[:place], new[place], *old[place + 1 :]]
            if segment.shape(alone) != before:
                return path
    return None
