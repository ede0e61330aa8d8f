"""Why a membership turned: the event that did it, and the leaf that flipped."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import SegmentId
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Profile, revised
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
    turns: dict[SegmentId, tuple[Event | None, Flip]] = field(default_factory=dict)
    """What turned by these events so far, children before parents, and by which of them."""
    _steps: Sequence[tuple[Event, Profile, int]] = ()

    def origin(self, place: int, at: Instant, leaf: str | None) -> tuple[Event | None, Instant]:
        """The event that turned the segment, and the instant before which it cannot have turned.

        What a segment does because one that it names turned has the cause of that, and is not older.
        """
        named = self.ruleset.order[place].named
        child = None if leaf is None or leaf not in named else self.turns.get(named[leaf])
        if child is not None:
            return child[0], child[1].at
        needed = named.values() if leaf is None else ()
        earliest = max((self.turns[name][1].at for name in needed if name in self.turns), default=0)
        return self.culprit(place, at), earliest

    def culprit(self, place: int, at: Instant) -> Event | None:
        """The event after which the segment's truth at that instant is what it is now; None: it was none of them."""
        if len(self.events) <= 1:
            return self.events[0] if self.events else None
        touching = [step for step in self._one_by_one() if step[2] >> place & 1 or not self.before.version]
        if len(touching) <= 1:
            return touching[0][0] if touching else None
        asked = self.ruleset.order[place]
        if asked.named and self.turns:
            touching = [(event, self._then(event, profile), mask) for event, profile, mask in touching]
            return _turning(touching, asked, (self._then(None, self.after), at))
        return _turning(touching, asked, (self.after, at))

    def _then(self, last: Event | None, profile: Profile) -> Profile:
        """With the memberships as they were after that event; None: after all."""
        memberships = dict(self.before.memberships)
        for name, (event, flip) in self.turns.items():
            if last is not None and event is not None and _order(event) > _order(last):
                continue
            if flip.change == "entered":
                memberships[name] = flip.at
            else:
                memberships.pop(name, None)
        return revised(profile, memberships=memberships)

    def _one_by_one(self) -> Sequence[tuple[Event, Profile, int]]:
        """In the order in which they happened: event, profile with it, and a mask of the segments that it touches."""
        if not self._steps:
            profile, steps = self.before, list[tuple[Event, Profile, int]]()
            for event in sorted(self.events, key=_order):
                folded = absorb(profile, [event], self.ruleset)
                profile = folded.profile
                steps.append((event, profile, self.ruleset.owners_of(folded.touched)))
            self._steps = steps
        return self._steps


def _order(event: Event) -> tuple[Instant, Instant, str]:
    return event.at, event.received_at, event.id


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
    before = segment.shape(old)
    for place, (path, test) in enumerate(segment.leaves):
        if test(*now)[0] is not old[place]:
            alone = [*old[:place], not old[place], *old[place + 1 :]]
            if segment.shape(alone) is not before:
                return path
    return None


def moved_leaf(segment: LiveSegment, profile: Profile, at: Instant, turned: Collection[SegmentId]) -> str | None:
    """Path of the leaf whose change alone turned the rule, among those that a statistic of the store can turn.

    These compare with one, or name one of the segments that `turned` by it. What it was before nobody knows any more;
    but where the rule is not what it was, that leaf is neither.
    """
    truths = [test(profile, at)[0] for _, test in segment.leaves]
    now = segment.shape(truths)
    for place, (path, _) in enumerate(segment.leaves):
        if path in segment.bound or segment.named.get(path) in turned:
            alone = [*truths[:place], not truths[place], *truths[place + 1 :]]
            if segment.shape(alone) is not now:
                return path
    return None
