"""Ways to get it wrong, each of which the oracle must notice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from shopbell.domain.clock import HOUR, Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId, StoreId, VisitorId
from shopbell.domain.profile import Alias, Commit, Profile
from shopbell.domain.segments.cuts import Cut
from shopbell.domain.segments.definition import Segment, StoredRules
from shopbell.domain.segments.feature import from_key
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.succession import next_rules
from shopbell.domain.segments.truth import FOREVER, Test, Truth
from shopbell.domain.segments.watching import watches
from shopbell.domain.visits.sessions import sessions_of
from shopbell.ports import Aliases

from tests.sim.person_world import Seams

_NUMBERS = count()


def _no_dedupe(_known: Sequence[Event], events: Sequence[Event]) -> Sequence[Event]:
    """A repeat is taken for another event."""
    return [
        replace(event, id=EventId(f"{event.id}-{next(_NUMBERS)}"), properties=_renamed(event)) for event in events
    ]


def _renamed(event: Event) -> Mapping[str, Json]:
    order = event.properties.get("order_id")
    return {**event.properties, "order_id": f"{order}-{next(_NUMBERS)}"} if order else event.properties


def _first_report_stands(known: Sequence[Event], events: Sequence[Event]) -> Sequence[Event]:
    """A better report of an order is ignored."""
    orders = {event.element_id: event.id for event in reversed(known)}
    return [event for event in events if orders.get(event.element_id, event.id) == event.id]


def _wake_not_moved(commit: Commit, _events: Sequence[Event]) -> Commit:
    """An event leaves the wake-up where it was."""
    before, after = commit.before.wake_at, commit.after.wake_at
    if before is None or after is None or after >= before or commit.after.unsettled:
        return commit
    return replace(commit, after=replace(commit.after, wake_at=before))


def _parents_first(ruleset: Ruleset) -> Ruleset:
    order = tuple(reversed(ruleset.order))
    places = len(order)
    owners = {
        touch: sum(1 << (places - 1 - place) for place in range(places) if mask >> place & 1)
        for touch, mask in ruleset.owners.items()
    }
    return replace(ruleset, order=order, owners=owners, watched=watches(order))


def _widened(old: StoredRules, segments: Sequence[Segment]) -> StoredRules:
    """A feature that must keep more does so from now on, and nobody is folded again."""
    new = next_rules(old, segments)
    known = {from_key(key).question for key in old.bits}
    fresh = {from_key(key).question for key in new.bits} - known
    return new if fresh else replace(new, features_since=old.features_since)


def _forget_leftovers(commit: Commit, _events: Sequence[Event]) -> Commit:
    """What a transaction has no room for is not stored with it, only written after it."""
    return replace(commit, after=replace(commit.after, unsettled=(), stale=()))


def _drop_second_part(commit: Commit, events: Sequence[Event]) -> Commit:
    later = set(commit.before.unsettled)
    flips = tuple(flip for flip in commit.flips if flip not in later)
    return replace(_forget_leftovers(commit, events), flips=flips)


class _Forgetful:
    """Of whom nobody knows under which ids the person was reported."""

    def __init__(self, aliases: Aliases) -> None:
        self.aliases = aliases

    def link(self, store: StoreId, visitor: VisitorId, alias: Alias) -> Alias:
        return self.aliases.link(store, visitor, alias)

    def of(self, store: StoreId, customer: VisitorId) -> Sequence[VisitorId]:  # noqa: ARG002 - as the port
        return ()

    def of_many(self, store: StoreId, customers: Sequence[VisitorId]) -> Mapping[VisitorId, Sequence[VisitorId]]:
        return {customer: self.of(store, customer) for customer in customers}


def _given_up_first(commit: Commit, _events: Sequence[Event]) -> Commit:
    """The customer takes over nothing: what the alias did is given up with it."""
    merged = any(flip.cause == "merge" for flip in commit.flips) and commit.after.alias is None
    return replace(commit, after=replace(commit.after, ledger=commit.before.ledger)) if merged else commit


def _shorter(ruleset: Ruleset) -> Ruleset:
    """The cut keeps one element too few."""
    return replace(ruleset, cuts={bit: _one_less(cut) for bit, cut in ruleset.cuts.items()})


def _one_less(cut: Cut) -> Cut:
    """Of the old ones; the newest element of all is always kept besides."""
    return replace(cut, newest=cut.newest - 1) if cut.newest else cut


def _not_bridged(commit: Commit, _events: Sequence[Event]) -> Commit:
    """A late event between two sessions leaves them two."""
    before, after = commit.before, commit.after
    known, now = sessions_of(before.sessions), sessions_of(after.sessions)
    bridged = any(sum(start <= first <= end for first, _ in known) > 1 for start, end in now)
    return replace(commit, after=replace(after, sessions=before.sessions)) if bridged else commit


def _entered_anew(commit: Commit, events: Sequence[Event]) -> Commit:
    """Who is in already and does again what brought them in has entered at that moment."""
    latest: Instant = max((event.at for event in events), default=0)
    kept = commit.before.memberships.items() & commit.after.memberships.items()
    moved = {name: max(at, latest) for name, at in kept}
    return replace(commit, after=replace(commit.after, memberships={**commit.after.memberships, **moved}))


def _a_millisecond_late(ruleset: Ruleset) -> Ruleset:
    order = tuple(replace(segment, test=_late(segment.test)) for segment in ruleset.order)
    return replace(ruleset, order=order)


def _late(test: Test) -> Test:
    def late(profile: Profile, now: Instant) -> Truth:
        truth, until = test(profile, now)
        return truth, until if until == FOREVER else until + 1

    return late


def _writing(change: Callable[[Commit, Sequence[Event]], Commit]) -> Seams:
    return Seams(commit=change)


RARE: Final = frozenset(
    {
        "no stamp",
        "widened in place",
        "merge forgets the log of the alias",
        "merge takes over nothing",
        "cut one element too short",
        "better order report ignored",
    }
)
"""What these do wrong is met sooner where little else happens."""
MANY: Final = frozenset({"emit after commit only", "drop the second part", "no version guard"})
"""And these where one transaction is not enough."""
MUTANTS: Final[Mapping[str, Seams]] = {
    "no dedupe": Seams(events=_no_dedupe),
    "no version guard": Seams(guarded=False),
    "wake-up not moved earlier": _writing(_wake_not_moved),
    "wake-up early": Seams(ahead=HOUR),
    "children after parents": Seams(ruleset=_parents_first),
    "emit after commit only": _writing(_forget_leftovers),
    "drop the second part": _writing(_drop_second_part),
    "no stamp": Seams(stamped=False),
    "widened in place": Seams(next_rules=_widened),
    "merge forgets the log of the alias": Seams(aliases=_Forgetful),
    "merge takes over nothing": _writing(_given_up_first),
    "cut one element too short": Seams(ruleset=_shorter),
    "better order report ignored": Seams(events=_first_report_stands),
    "sessions not bridged by a late event": _writing(_not_bridged),
    "entered_at moved by a replay": _writing(_entered_anew),
    "valid_until one ms late": Seams(ruleset=_a_millisecond_late),
}
