"""The order of ruling 1 as one pure function: fold, re-evaluate, decide flips, and cut what a transaction writes."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from shopbell.domain.clock import Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Event
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Commit, Profile, revised
from shopbell.domain.segments.causes import Arrival
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.fold import absorb, stripped
from shopbell.domain.segments.lazily import plain
from shopbell.domain.segments.parts import next_part
from shopbell.domain.segments.timeline import Timeline
from shopbell.domain.segments.truth import FOREVER


class Settled(NamedTuple):
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


def settle(
    profile: Profile, events: Sequence[Event], ruleset: Ruleset, now: Instant, *, cause: str | None = None
) -> Settled:
    """Everything that these events, the live rules and the time change. Raises Unavailable if newer rules folded it.

    Pure and level-triggered: repeats, reordering and late wake-ups lead to the same memberships. A visitor that was
    never stored is evaluated whole, and what it enters is the doing of its first event, not of a definition. With a
    `cause`, such as a statistic of the store that moved, everything is looked at again and what turns by it says so.
    """
    if profile.rules_version > ruleset.version:
        raise Unavailable("newer rules folded this visitor already")
    if not profile.version and not events:
        return Settled(None)
    if cause is None and _undisturbed(profile, ruleset, now):
        return _eventful(profile, events, ruleset, now)
    stamped = profile.rules_version if profile.version else ruleset.version
    start = stripped(profile, ruleset) if stamped < ruleset.version else profile
    line = Timeline(ruleset, start, ruleset.known_to(stamped))
    whole = _run(line, events, profile, now)
    if cause is not None:
        line.look_again(now, cause)
        whole = True
    if stamped < ruleset.version:
        line.let_go(now)
    return _settled(line, profile, now, whole=whole)


def _undisturbed(profile: Profile, ruleset: Ruleset, now: Instant) -> bool:
    """Whether events alone can change anything: the rules are those it was folded by, nothing waits or is due."""
    if not profile.version or profile.rules_version < ruleset.version or profile.unsettled or profile.stale:
        return False
    return profile.wake_at is None or profile.wake_at > now


def _eventful(profile: Profile, events: Sequence[Event], ruleset: Ruleset, now: Instant) -> Settled:
    """What events alone do. Most stir no rule, and then nothing but the fold is to be stored."""
    after, touched = absorb(profile, events, ruleset)
    moved = ruleset.moved(profile, after, touched, now) if touched else 0
    if not moved and after.subscriptions is profile.subscriptions and after.traits is profile.traits:
        return Settled(None) if _same(after, profile) else Settled(Commit(profile, after))
    line = Timeline(ruleset, after, ruleset.everyone)
    line.weigh(Arrival(profile, after, events, ruleset), moved, now, now)
    return _settled(line, profile, now, whole=False)


def _settled(line: Timeline, profile: Profile, now: Instant, *, whole: bool) -> Settled:
    decided = _decided(line, profile, whole=whole)
    commit = next_part(profile, decided, line.flips, line.ruleset, now)
    idle = not commit.flips and not commit.refreshed and _same(commit.after, profile)
    if idle and profile.version:
        return Settled(None, evaluated=line.evaluated)
    more = bool(commit.after.unsettled or commit.after.stale)
    return Settled(commit, tuple(line.flips), line.evaluated, more)


def _run(line: Timeline, events: Sequence[Event], profile: Profile, now: Instant) -> bool:
    """Events and the time that passed, in their order; then definitions. True if every live segment was looked at."""
    due = profile.wake_at
    if due is not None and due <= now:
        # Leftovers wake at the instant that was looked at already; a real wake-up comes before its own is
        seen = due if profile.unsettled or profile.stale else due - 1
        _catch_up(line, events, seen, now)
        whole = True
    else:
        whole = not profile.version or profile.rules_version < line.ruleset.version
        line.arrive(events, now, now, whole=whole)
    if whole:
        line.redefine(line.ruleset.everyone & ~line.known, now)
    return whole


def _catch_up(line: Timeline, events: Sequence[Event], seen: Instant, now: Instant) -> None:
    """What happened up to the last instant that is certain, then time up to now with the events that fell into it."""
    line.arrive([event for event in events if event.at <= seen], seen, now, whole=True)
    since = sorted((event for event in events if event.at > seen), key=lambda event: event.at)
    for at, group in groupby(since, key=lambda event: min(event.at, now)):
        line.pass_time(at - 1)
        line.arrive(list(group), at, now)
    line.pass_time(now)


def _decided(line: Timeline, profile: Profile, *, whole: bool) -> Profile:
    wake = min(line.until.values(), default=FOREVER)
    if not whole and profile.wake_at is not None:
        wake = min(wake, profile.wake_at)
    wake_at = None if wake == FOREVER else wake
    after, version = line.profile, line.ruleset.version
    if line.flips or line.outside is not None:
        gone = profile.left if line.outside is None or line.outside == plain(profile.left) else line.outside
        members = line.memberships if line.flips else profile.memberships
        return revised(after, rules_version=version, memberships=members, left=gone, wake_at=wake_at)
    if after.wake_at == wake_at and after.rules_version == version:
        return after
    return revised(after, rules_version=version, wake_at=wake_at)


def _same(after: Profile, before: Profile) -> bool:
    """A fold that changes nothing keeps the very ledger. What changes most often is asked first."""
    if after is before:
        return True
    return after.ledger is before.ledger and after.last_seen == before.last_seen and after == before
