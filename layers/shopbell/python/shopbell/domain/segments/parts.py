"""What of a decided change goes into the next transaction, and what waits for a later part (ruling 1)."""

from collections.abc import Sequence
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.membership import MAX_FLIPS, Flip
from shopbell.domain.profile import Candidate, Commit, Profile, revised
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.timeline import CLOCK

MAX_WRITES: Final = 91
"""Rows beside the profile's own: two for a flip, one for a refreshed member, one for a candidate.

Room is left for counts of what is not sent.
"""
_FLIP_WRITES: Final = 2


def next_part(before: Profile, decided: Profile, flips: Sequence[Flip], ruleset: Ruleset, now: Instant) -> Commit:
    """Earlier leftovers first; while anything is left over, the wake-up is now."""
    same = before.subscriptions is decided.subscriptions and before.traits is decided.traits
    turned = not same and before.reachable != decided.reachable
    if not flips and not turned and not before.unsettled and not before.stale:
        return Commit(before, decided)
    pending = (*before.unsettled, *flips)
    written, candidates, room = 0, list[Candidate](), MAX_WRITES
    for flip in pending[:MAX_FLIPS]:
        candidate = _candidate(flip, ruleset.scenarios.get(flip.segment), decided)
        cost = _FLIP_WRITES + (candidate is not None)
        if cost > room:
            break
        written, room = written + 1, room - cost
        candidates += [candidate] if candidate else []
    turning = {flip.segment for flip in pending}
    stale = sorted(decided.memberships) if turned else before.stale
    rows = [segment for segment in stale if segment in decided.memberships and segment not in turning]
    after = revised(decided, unsettled=pending[written:], stale=tuple(rows[room:]))
    if after.unsettled or after.stale:
        after = revised(after, wake_at=now)
    return Commit(before, after, pending[:written], tuple(rows[:room]), tuple(candidates))


def _candidate(flip: Flip, scenario: str | None, decided: Profile) -> Candidate | None:
    """Only who entered as time went by, and is still in: a definition and an event start no schedule (ruling 14)."""
    still_in = flip.change == "entered" and decided.memberships.get(flip.segment) == flip.at
    if scenario is None or flip.cause != CLOCK or not still_in:
        return None
    return Candidate(scenario, flip.at, flip.at)
