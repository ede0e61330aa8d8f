"""Ways to get it wrong, each of which the oracle must notice."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from shopbell.domain.clock import HOUR, Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId
from shopbell.domain.profile import Profile
from shopbell.domain.segments.definition import Segment, StoredRules
from shopbell.domain.segments.feature import from_key
from shopbell.domain.segments.features import Ruleset, compile_rules
from shopbell.domain.segments.settle import Settled, settle
from shopbell.domain.segments.succession import next_rules

from tests.sim.segment_world import Seams

_NUMBERS = count()


def _no_dedupe(profile: Profile, events: Sequence[Event], ruleset: Ruleset, now: Instant) -> Settled:
    """A repeat is taken for another event."""
    renamed = [
        replace(event, id=EventId(f"{event.id}-{next(_NUMBERS)}"), properties=_renamed(event)) for event in events
    ]
    return settle(profile, renamed, ruleset, now)


def _renamed(event: Event) -> dict[str, Json]:
    order = event.properties.get("order_id")
    return {**event.properties, **({"order_id": f"{order}-{next(_NUMBERS)}"} if order else {})}


def _wake_not_moved(profile: Profile, events: Sequence[Event], ruleset: Ruleset, now: Instant) -> Settled:
    """An event leaves the wake-up where it was."""
    settled = settle(profile, events, ruleset, now)
    waits = profile.wake_at is not None and profile.wake_at > now
    if settled.commit is None or settled.more or not waits:
        return settled
    after = replace(settled.commit.after, wake_at=profile.wake_at)
    return replace(settled, commit=replace(settled.commit, after=after))


def _wakes_early(profile: Profile, events: Sequence[Event], ruleset: Ruleset, now: Instant) -> Settled:
    """It looks an hour ahead."""
    return settle(profile, events, ruleset, now + HOUR)


def _parents_first(stored: StoredRules) -> Ruleset:
    ruleset = compile_rules(stored)
    places = len(ruleset.order)
    owners = {
        touch: sum(1 << (places - 1 - place) for place in range(places) if mask >> place & 1)
        for touch, mask in ruleset.owners.items()
    }
    return replace(ruleset, order=tuple(reversed(ruleset.order)), owners=owners)


def _widened(old: StoredRules, segments: Sequence[Segment]) -> StoredRules:
    """A feature that must keep more does so from now on, and nobody is folded again."""
    new = next_rules(old, segments)
    known = {from_key(key).question for key in old.bits}
    fresh = {from_key(key).question for key in new.bits} - known
    return new if fresh else replace(new, features_since=old.features_since)


MUTANTS: Final[Mapping[str, Seams]] = {
    "no dedupe": Seams(settle=_no_dedupe),
    "no version guard": Seams(guarded=False),
    "wake-up not moved earlier": Seams(settle=_wake_not_moved),
    "wake-up early": Seams(settle=_wakes_early),
    "children after parents": Seams(compile=_parents_first),
    "emit after commit only": Seams(keep_parts=False),
    "drop the second part": Seams(keep_parts=False, second_part=False),
    "no stamp": Seams(stamped=False),
    "widened in place": Seams(next_rules=_widened),
}
