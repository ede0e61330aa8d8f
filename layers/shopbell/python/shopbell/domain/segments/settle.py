"""The order of ruling 1 as one pure function: fold, re-evaluate, decide flips, and cut what a transaction writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shopbell.domain.clock import Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Event
from shopbell.domain.ledger import bits
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Commit, Profile
from shopbell.domain.segments.causes import Arrival
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.fold import Folded, absorb, stripped
from shopbell.domain.segments.parts import next_part
from shopbell.domain.segments.timeline import Timeline
from shopbell.domain.segments.truth import FOREVER


@dataclass(frozen=True, slots=True)
class Settled:
    """`commit` is None where nothing changed. With `more`, settle what was committed again, without events."""

    commit: Commit | None
    flips: tuple[Flip, ...] = ()
    """Decided now; `commit.flips` are those that are written now."""
    evaluated: int = 0
    """How many truths of segments were computed."""
    more: bool = False


def needs_log(profile: Profile, ruleset: Ruleset) -> bool:
    """Whether the whole log must be among the events: a feature is younger than the profile (ruling 9)."""
    return profile.version > 0 and profile.rules_version < ruleset.features_since


def settle(profile: Profile, events: Sequence[Event], ruleset: Ruleset, now: Instant) -> Settled:
    """Everything that these events, the live rules and the time change. Raises Unavailable if newer rules folded it.

    Pure and level-triggered: repeats, reordering and late wake-ups lead to the same memberships. A visitor that was
    never stored is evaluated whole, and what it enters is the doing of its first event, not of a definition.
    """
    if profile.rules_version > ruleset.version:
        raise Unavailable("newer rules folded this visitor already")
    if not profile.version and not events:
        return Settled(None)
    stamped = profile.rules_version if profile.version else ruleset.version
    start = stripped(profile, ruleset) if stamped < ruleset.version else profile
    folded = absorb(start, events, ruleset)
    line = Timeline(Arrival(start, folded.profile, events, ruleset), dict(profile.memberships), dict(profile.left))
    whole = _run(line, profile, folded, stamped, now)
    wake = min(line.until.values(), default=FOREVER)
    if not whole and profile.wake_at is not None:
        wake = min(wake, profile.wake_at)
    decided = replace(
        folded.profile,
        rules_version=ruleset.version,
        memberships=line.memberships if line.flips else profile.memberships,
        left=line.left if line.flips else profile.left,
        wake_at=None if wake == FOREVER else wake,
    )
    commit = next_part(profile, decided, line.flips, ruleset, now)
    idle = not commit.flips and not commit.refreshed and commit.after == profile
    if idle and profile.version:
        return Settled(None, evaluated=line.evaluated)
    more = bool(commit.after.unsettled or commit.after.stale)
    return Settled(commit, tuple(line.flips), line.evaluated, more)


def _run(line: Timeline, profile: Profile, folded: Folded, stamped: int, now: Instant) -> bool:
    """Events first, then the time that passed, then definitions. True if every live segment was looked at."""
    ruleset = line.arrival.ruleset
    everyone = (1 << len(ruleset.order)) - 1
    overdue = profile.wake_at is not None and profile.wake_at <= now
    whole = overdue or stamped < ruleset.version or not profile.version
    touched = everyone if whole else ruleset.owners_of(folded.features, folded.others)
    fresh = [place for place, segment in enumerate(ruleset.order) if segment.since > stamped] if whole else []
    known = _without(touched, fresh)
    if overdue and profile.wake_at is not None:
        # leftovers wake at the instant that was looked at already; a real wake-up comes before its own is
        seen = profile.wake_at if profile.unsettled or profile.stale else profile.wake_at - 1
        line.arrive(known, seen, now)
        line.pass_time(known, now)
    else:
        line.arrive(known, now, now)
    line.redefine(fresh, now)
    return whole


def _without(mask: int, places: Iterable[int]) -> list[int]:
    for place in places:
        mask &= ~(1 << place)
    return list(bits(mask))
