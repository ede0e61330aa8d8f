"""Compare what is stored of a visitor with what their whole log says now, segment by segment and leaf by leaf."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from shopbell.domain.clock import DAY, HOUR, Duration, Instant
from shopbell.domain.events import EVENT_TTL, KEPT_FOR_EVER, Event
from shopbell.domain.ids import SegmentId
from shopbell.domain.membership import Member
from shopbell.domain.profile import Profile
from shopbell.domain.rules.graph import leaves
from shopbell.domain.rules.nodes import EventLeaf, FirstLeaf, LastLeaf, Leaf, MessageLeaf, Rule
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.rules.windows import AgoWindow, LastWindow
from shopbell.domain.segments.definition import StoredRules
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.fold import absorb

MARGIN: Final[Duration] = DAY
"""Left out at the far end of the log, where items are on their way out."""
GRACE: Final[Duration] = HOUR
"""A wake-up that is due for longer than this and has changed nothing was lost."""
MEMBERSHIP: Final = "membership"
Fault = Literal["missing", "extra", "entered_at"]


@dataclass(frozen=True, slots=True)
class Drift:
    """`leaf`: its path; MEMBERSHIP where the leaves agree and the stored membership is still wrong."""

    segment: SegmentId
    leaf: str


@dataclass(frozen=True, slots=True)
class MemberDrift:
    """A row of `members` that is missing, there without a membership, or of another instant than the profile's."""

    segment: SegmentId
    fault: Fault


def kept_segments(rules: StoredRules) -> frozenset[SegmentId]:
    """Those whose rows follow the profiles: whoever is in one that was put away is only let go bit by bit."""
    return frozenset({rule.segment for rule in rules.rules} | set(rules.paused))


def member_drifts(stored: Profile, rows: Mapping[SegmentId, Member], asked: Iterable[SegmentId]) -> list[MemberDrift]:
    """Where the rows of the segments that were asked for say otherwise than the profile.

    A visitor some of whose flips are not written yet has none.
    """
    if stored.unsettled:
        return []
    found = [(name, _fault(stored.memberships.get(name), rows.get(name))) for name in sorted(asked)]
    return [MemberDrift(name, fault) for name, fault in found if fault is not None]


def rebuilt(profile: Profile, events: Iterable[Event], ruleset: Ruleset) -> Profile:
    """The visitor folded from the log alone; memberships and scores stay, since no log holds them."""
    empty = Profile(profile.store, profile.visitor)
    kept = replace(empty, memberships=profile.memberships, left=profile.left, scores=profile.scores)
    return absorb(kept, list(events), ruleset).profile


def drifts(stored: Profile, fresh: Profile, rules: StoredRules, ruleset: Ruleset, now: Instant) -> list[Drift]:
    """Every leaf that the log answers otherwise, as far as the log reaches, then memberships that follow from none.

    A visitor who is in the middle of something (leftovers, a wake-up that is just due) has none.
    """
    if stored.unsettled or stored.stale or stored.rules_version != ruleset.version or _waking(stored, now):
        return []
    begun = min((at for at in (stored.first_seen, fresh.first_seen) if at is not None), default=now)
    written = {rule.segment: parse_rule(rule.rule) for rule in rules.rules}
    found: list[Drift] = []
    for segment in ruleset.order:
        reached = _reached(written[segment.id], begun, now)
        wrong = [
            path
            for path, test in segment.leaves
            if path in reached and test(stored, now)[0] is not test(fresh, now)[0]
        ]
        found += [Drift(segment.id, path) for path in wrong]
        whole = len(reached) == len(segment.leaves)
        if whole and not wrong and segment.test(fresh, now)[0] is not (segment.id in stored.memberships):
            found.append(Drift(segment.id, MEMBERSHIP))
    return found


def _fault(entered_at: Instant | None, row: Member | None) -> Fault | None:
    if row is None:
        return None if entered_at is None else "missing"
    if entered_at is None:
        return "extra"
    return None if row.entered_at == entered_at else "entered_at"


def _waking(stored: Profile, now: Instant) -> bool:
    return stored.wake_at is not None and now - GRACE < stored.wake_at <= now


def _reached(rule: Rule, begun: Instant, now: Instant) -> frozenset[str]:
    """Paths of the leaves that the log can answer: all of them for a visitor who came after its far end."""
    horizon = now - EVENT_TTL + MARGIN
    every = list(leaves(rule))
    if begun >= horizon:
        return frozenset(path for path, _ in every)
    return frozenset(path for path, leaf in every if _kept(leaf, now - horizon))


def _kept(leaf: Leaf, reach: Duration) -> bool:
    """Whether all that the leaf may look at is still in the log."""
    match leaf:
        case LastLeaf(last=event) | FirstLeaf(first=event):
            return event in KEPT_FOR_EVER
        case EventLeaf(event=event, window=window):
            return event in KEPT_FOR_EVER or _within(window, reach)
        case MessageLeaf(window=window):
            return _within(window, reach)
        case _:
            return False


def _within(window: object, reach: Duration) -> bool:
    match window:
        case LastWindow(last=length) | AgoWindow(from_=length):
            return length < reach
        case _:
            return False
