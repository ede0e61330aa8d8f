"""Folding events into a profile: any order, any repetition, any batching gives the same profile, byte for byte."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import element_hash
from shopbell.domain.ledger import Ledger, PartName, part_of, record
from shopbell.domain.profile import Profile, revised
from shopbell.domain.segments.compiled import SUBSCRIPTION, Touch, trait_touch
from shopbell.domain.segments.deriving import touches, visits_of, with_visits
from shopbell.domain.segments.elements import Addition, Merge, merge, merge_orders, trim
from shopbell.domain.segments.facts import fold_subscriptions, fold_traits
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.visits.operations import CHANGES
from shopbell.domain.visits.state import NOTHING, fold_visits, strip_visits

UNSEEN: Final = frozenset(
    {
        "subscribed",
        "unsubscribed",
        "traits_changed",
        "identified",
        "push_accepted",
        "push_shown",
        "push_clicked",
        "push_closed",
        "push_landed",
        "push_failed",
        "coupon_assigned",
    }
)
"""Made by the system: they say nothing of when the visitor was in the shop."""
_MERGES: Final[Mapping[PartName, Merge]] = {"P": merge, "L": merge_orders, "V": merge}


@dataclass(frozen=True, slots=True)
class Folded:
    """The profile with the events in it, and what they touched."""

    profile: Profile
    touched: frozenset[Touch]


def fold(profile: Profile, events: Iterable[Event], ruleset: Ruleset) -> Profile:
    """The profile with these events: commutative and idempotent, byte for byte (while no limit of size is passed).

    `first_seen` and `last_seen` span what the visitor did in the shop, not what the system did (UNSEEN).
    """
    return absorb(profile, events, ruleset).profile


def absorb(profile: Profile, events: Iterable[Event], ruleset: Ruleset) -> Folded:
    """`fold`, with what was touched."""
    arrived = tuple(events)
    ledger, features = _elements(profile.ledger, arrived, ruleset)
    traits, named = fold_traits(profile.traits, arrived)
    subscriptions = fold_subscriptions(profile.subscriptions, arrived)
    others: set[Touch] = {trait_touch(name) for name in named}
    if subscriptions is not profile.subscriptions:
        others.add(SUBSCRIPTION)
    seen = [event.at for event in arrived if event.type not in UNSEEN]
    first, last = _span(profile, seen)
    if ledger is not profile.ledger or others or (first, last) != (profile.first_seen, profile.last_seen):
        profile = revised(
            profile,
            ledger=ledger,
            traits=traits,
            subscriptions=subscriptions,
            first_seen=first,
            last_seen=last,
        )
    visited, felt = _visits(profile, arrived, seen, ruleset)
    return Folded(visited, features | others | felt)


def _visits(
    profile: Profile, events: Sequence[Event], seen: Sequence[Instant], ruleset: Ruleset
) -> tuple[Profile, frozenset[Touch]]:
    """Cart, sessions and interactions; nothing at all for events that nobody needs there."""
    if ruleset.needs == NOTHING and not any(event.type in CHANGES for event in events):
        return profile, frozenset()
    before = visits_of(profile)
    after = fold_visits(before, events, seen, ruleset.needs)
    if after is before:
        return profile, frozenset()
    return with_visits(profile, after), frozenset(touches(ruleset.derived, before, after))


def stripped(profile: Profile, ruleset: Ruleset) -> Profile:
    """Without what nobody counts any more; the bits of gone features are never given out again (ruling 9)."""
    ledger = profile.ledger
    p, l, v = (part.only(ruleset.keep) for part in (ledger.p, ledger.l, ledger.v))  # noqa: E741
    before = visits_of(profile)
    after = strip_visits(before, ruleset.needs)
    if after is not before:
        profile = with_visits(profile, after)
    if p is ledger.p and l is ledger.l and v is ledger.v:
        return profile
    return revised(profile, ledger=Ledger(p, l, v, ledger.trimmed))


def _elements(ledger: Ledger, events: Sequence[Event], ruleset: Ruleset) -> tuple[Ledger, frozenset[Touch]]:
    found: dict[PartName, list[Addition]] = {}
    for event in events:
        marks = ruleset.recognise(event)
        if marks:
            head = record(event.at, element_hash(event.element_id))
            addition = [(bit, head + carried) for bit, each in marks for carried in each]
            found.setdefault(part_of(event.type), []).append(addition)
    touched, parts = frozenset[Touch](), {"P": ledger.p, "L": ledger.l, "V": ledger.v}
    for name, additions in found.items():
        parts[name], changed = _MERGES[name](ledger.part(name), additions, ruleset.cuts)
        touched |= changed
    if not touched:
        return ledger, touched
    return trim(Ledger(parts["P"], parts["L"], parts["V"], ledger.trimmed)), touched


def _span(profile: Profile, seen: Sequence[Instant]) -> tuple[Instant | None, Instant | None]:
    if not seen:
        return profile.first_seen, profile.last_seen
    first, last = min(seen), max(seen)
    if profile.first_seen is not None:
        first = min(first, profile.first_seen)
    if profile.last_seen is not None:
        last = max(last, profile.last_seen)
    return first, last
