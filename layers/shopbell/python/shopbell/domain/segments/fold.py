"""Folding events into a profile: any order, any repetition, any batching gives the same profile, byte for byte."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import element_hash
from shopbell.domain.ledger import Ledger
from shopbell.domain.part import Part, PartName, part_of, record
from shopbell.domain.profile import Profile, revised
from shopbell.domain.segments.compiled import SUBSCRIPTION, Touch, trait_touch
from shopbell.domain.segments.deriving import CART_TOUCH, touches, visits_of, with_visits
from shopbell.domain.segments.elements import Addition, Cuts, merge, trim
from shopbell.domain.segments.facts import fold_subscriptions, fold_traits
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.ordering import merge_orders
from shopbell.domain.segments.recognition import Marks
from shopbell.domain.visits.cart import fold_cart, with_row
from shopbell.domain.visits.operations import CHANGES, row_of
from shopbell.domain.visits.state import NOTHING, fold_visits, strip_visits

UNSEEN: Final = frozenset(
    {
        "subscribed",
        "unsubscribed",
        "subscription_changed",
        "traits_changed",
        "identified",
        "push_accepted",
        "push_shown",
        "push_clicked",
        "push_closed",
        "push_landed",
        "push_failed",
        "coupon_assigned",
        "product_price_changed",
        "product_back_in_stock",
        "refund",
        "order_status",
    }
)
"""The doing of the system or of the shop's back office: they say nothing of when the visitor was in the shop."""
_SAID: Final = frozenset({"traits_changed", "subscribed", "unsubscribed", "subscription_changed"})
_CART: Final = frozenset[Touch]({CART_TOUCH})
_NOTHING: Final = frozenset[Touch]()


class Folded(NamedTuple):
    """The profile with the events in it, and what they touched."""

    profile: Profile
    touched: frozenset[Touch]


def fold(profile: Profile, events: Iterable[Event], ruleset: Ruleset) -> Profile:
    """The profile with these events: commutative and idempotent, byte for byte (while no limit of size is passed).

    `first_seen` and `last_seen` span what the visitor did in the shop, not what was done for it (UNSEEN).
    """
    return absorb(profile, events, ruleset).profile


def absorb(profile: Profile, events: Iterable[Event], ruleset: Ruleset) -> Folded:
    """`fold`, with what was touched. One copy of the profile is made, and none where nothing changes."""
    events = tuple(events)
    if len(events) == 1:
        return _absorb_one(profile, events[0], ruleset)
    arrived = tuple(event.priced_in(ruleset.currency) if event.products else event for event in events)
    kinds = {event.type for event in arrived}
    ledger, touched = _elements(profile.ledger, arrived, ruleset)
    seen = [event.at for event in arrived if event.type not in UNSEEN]
    moved: dict[str, object] = {} if ledger is profile.ledger else {"ledger": ledger}
    first, last = _span(profile, seen)
    if first != profile.first_seen or last != profile.last_seen:
        moved.update(first_seen=first, last_seen=last)
    if not kinds.isdisjoint(_SAID):
        touched |= _facts(profile, arrived, moved)
    if not kinds.isdisjoint(CHANGES) or ruleset.needs is not NOTHING:
        touched |= _visits(profile, arrived, seen, ruleset, moved)
    return Folded(revised(profile, **moved) if moved else profile, touched)


def _absorb_one(profile: Profile, event: Event, ruleset: Ruleset) -> Folded:
    """`absorb` of one event, which is most: without the lists and sets that many need."""
    if event.products and ruleset.currency is not None:
        event = event.priced_in(ruleset.currency)
    kind, at, moved, touched = event.type, event.at, dict[str, object](), _NOTHING
    marks, changes = ruleset.recognise(event), kind in CHANGES
    digest = element_hash(event.element_id) if marks or changes else b""
    if marks:
        name = part_of(kind)
        part, touched = _united(profile.ledger, name, (_addition(at, digest, marks),), ruleset.cuts)
        if touched:
            moved["ledger"] = trim(profile.ledger.having(name, part))
    seen = () if kind in UNSEEN else (at,)
    if seen:
        _see(profile, at, moved)
    if kind in _SAID:
        touched |= _facts(profile, (event,), moved)
    if ruleset.needs is not NOTHING:
        touched |= _visits(profile, (event,), seen, ruleset, moved)
    elif changes and (cart := with_row(profile.cart, row_of(event, digest))) is not profile.cart:
        moved["cart"], touched = cart, touched | _CART
    return Folded(revised(profile, **moved) if moved else profile, touched)


def _see(profile: Profile, at: Instant, moved: dict[str, object]) -> None:
    """`_span` of one instant, into `moved`."""
    first, last = profile.first_seen, profile.last_seen
    if first is None or at < first:
        moved["first_seen"] = at
    if last is None or at > last:
        moved["last_seen"] = at


def _addition(at: Instant, digest: bytes, marks: Marks) -> Addition:
    head = record(at, digest)
    return [(bit, head + carried) for bit, each in marks for carried in each]


def _facts(profile: Profile, events: Sequence[Event], moved: dict[str, object]) -> frozenset[Touch]:
    """Traits and subscriptions into `moved`."""
    traits, named = fold_traits(profile.traits, events)
    subscriptions = fold_subscriptions(profile.subscriptions, events)
    touched: set[Touch] = {trait_touch(name) for name in named}
    if named:
        moved["traits"] = traits
    if subscriptions is not profile.subscriptions:
        moved["subscriptions"] = subscriptions
        touched.add(SUBSCRIPTION)
    return frozenset(touched)


def _visits(
    profile: Profile,
    events: Sequence[Event],
    seen: Sequence[Instant],
    ruleset: Ruleset,
    moved: dict[str, object],
) -> frozenset[Touch]:
    """Cart, sessions and interactions into `moved`."""
    if ruleset.needs is NOTHING:
        cart = fold_cart(profile.cart, events)
        if cart is profile.cart:
            return frozenset()
        moved["cart"] = cart
        return _CART
    before = visits_of(profile)
    after = fold_visits(before, events, seen, ruleset.needs)
    if after is before:
        return frozenset()
    moved.update(cart=after.cart, sessions=after.sessions, interactions=after.interactions)
    return frozenset(touches(ruleset.derived, before, after))


def stripped(profile: Profile, ruleset: Ruleset) -> Profile:
    """Without what nobody counts any more; the bits of gone features are never given out again (ruling 9)."""
    ledger = profile.ledger
    p, l, v = ledger.p.only(ruleset.keep), ledger.l.only(ruleset.keep), ledger.v.only(ruleset.keep)  # noqa: E741
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
            addition = _addition(event.at, element_hash(event.element_id), marks)
            found.setdefault(part_of(event.type), []).append(addition)
    touched = _NOTHING
    for name, additions in found.items():
        part, changed = _united(ledger, name, additions, ruleset.cuts)
        if changed:
            ledger, touched = ledger.having(name, part), touched | changed if touched else changed
    return trim(ledger) if touched else ledger, touched


def _united(
    ledger: Ledger, name: PartName, additions: Sequence[Addition], cuts: Cuts
) -> tuple[Part, frozenset[Touch]]:
    return merge_orders(ledger.l, additions) if name == "L" else merge(ledger.part(name), additions, cuts)


def _span(profile: Profile, seen: Sequence[Instant]) -> tuple[Instant | None, Instant | None]:
    if not seen:
        return profile.first_seen, profile.last_seen
    first, last = min(seen), max(seen)
    if profile.first_seen is not None:
        first = min(first, profile.first_seen)
    if profile.last_seen is not None:
        last = max(last, profile.last_seen)
    return first, last
