"""Why a membership turned: the event that did it, and the leaf that flipped."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.profile import Profile
from shopbell.domain.segments.compiled import LiveSegment
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.fold import absorb


@dataclass(frozen=True, slots=True)
class Arrival:
    """Events that were folded together: the profile before, and after."""

    before: Profile
    after: Profile
    events: Sequence[Event]
    ruleset: Ruleset

    def culprit(self, place: int, at: Instant) -> Event | None:
        """The event after which the segment's truth at that instant is what it is now; None: it was none of them."""
        ordered = sorted(self.events, key=lambda event: (event.at, event.received_at, event.id))
        if len(ordered) <= 1 or not self.before.version:
            touching = ordered
        else:
            touching = [event for event in ordered if self._touches(event, place)]
        if len(touching) <= 1:
            return touching[0] if touching else None
        return self._turning(touching, self.ruleset.order[place], at)

    def _turning(self, touching: Sequence[Event], segment: LiveSegment, at: Instant) -> Event:
        final, _ = segment.test(self.after, at)
        profile, turning, truth = self.before, touching[0], not final
        for event in touching:
            profile = absorb(profile, [event], self.ruleset).profile
            now_true, _ = segment.test(profile, at)
            if now_true is final and truth is not final:
                turning = event
            truth = now_true
        return turning

    def _touches(self, event: Event, place: int) -> bool:
        folded = absorb(self.before, [event], self.ruleset)
        return bool(self.ruleset.owners_of(folded.touched) >> place & 1)


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
