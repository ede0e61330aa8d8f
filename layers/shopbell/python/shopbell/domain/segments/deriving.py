"""Events that nobody sends as columns like any other, and what the live rules ask of the states behind them."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.ids import element_hash
from shopbell.domain.packing import pack
from shopbell.domain.part import WIDTHS, Part, record
from shopbell.domain.profile import Profile, revised
from shopbell.domain.rules.matching import Locale
from shopbell.domain.segments.cuts import Cut
from shopbell.domain.segments.feature import Feature
from shopbell.domain.segments.recognition import recognisers
from shopbell.domain.visits.derived import CART_ABANDONED, DERIVED, SESSIONS, events_of, instants_of
from shopbell.domain.visits.state import LIFETIME, NOTHING, Needs, Visits

FAVOURITES: Final = Feature("favourites!", (), Cut(every=True))
"""Asked by leaves on favourites: no event has such a name, and no element is ever kept of it."""
CART_TOUCH: Final = "cart"


def asked_of_visits(features: Iterable[Feature]) -> Needs:
    """How far back the sessions, the carts and the interactions must go."""
    needs = NOTHING
    for feature in features:
        if feature.event in SESSIONS:
            needs |= Needs(sessions=_reach(feature.cut))
        elif feature.event == CART_ABANDONED:
            needs |= Needs(sessions=_reach(feature.cut), carts=_reach(feature.cut))
        elif feature.event == FAVOURITES.event:
            needs |= Needs(interactions=True)
    return needs


def _reach(cut: Cut) -> Duration:
    """No number of elements can be kept of what a late event may merge: without a reach, all of the life is."""
    return cut.reach if cut.reach and cut == Cut(reach=cut.reach) else LIFETIME


def visits_of(profile: Profile) -> Visits:
    return Visits(profile.cart, profile.sessions, profile.interactions)


def with_visits(profile: Profile, visits: Visits) -> Profile:
    return revised(profile, cart=visits.cart, sessions=visits.sessions, interactions=visits.interactions)


def touches(features: Mapping[Feature, int], before: Visits, after: Visits) -> Iterable[int | str]:
    """What the leaves are touched by as the states become others; `features` are those of `of_visits`."""
    cart, sessions = before.cart != after.cart, before.sessions != after.sessions
    if cart:
        yield CART_TOUCH
    for feature, bit in features.items():
        match feature.event:
            case "session_started" | "session_ended":
                touched = sessions
            case "cart_abandoned":
                touched = cart or sessions
            case _:
                touched = before.interactions != after.interactions
        if touched:
            yield bit


def of_visits(features: Mapping[Feature, int]) -> Mapping[Feature, int]:
    """Those that nothing in the ledger answers."""
    return {each: bit for each, bit in features.items() if each.event in DERIVED or each == FAVOURITES}


def derived_part(feature: Feature, bit: int, locale: Locale) -> Callable[[Profile], Part]:
    """The column of a feature of derived events, as if they had been folded."""
    recognise = recognisers({feature: bit}, locale)[feature.event]

    @lru_cache(maxsize=512)
    def part(sessions: bytes, cart: bytes) -> Part:
        found = events_of(feature.event, sessions, cart, locale.currency)
        marked = [(event, carried) for event in found for _, many in recognise(event) for carried in many]
        records = sorted(record(event.at, element_hash(event.id), carried) for event, carried in marked)
        return Part(pack({bit: (WIDTHS[feature.take], b"".join(records))}))

    if feature.event in SESSIONS:
        return lambda profile: part(profile.sessions, b"")
    return lambda profile: part(profile.sessions, profile.cart)


def derived_instants(feature: Feature, bit: int, locale: Locale) -> Callable[[Profile], tuple[Instant, ...]]:
    """When they happen, oldest first: without conditions, straight from the states."""
    event = feature.event
    if not feature.where and feature.between is None and feature.of is None:
        return lambda profile: instants_of(event, profile.sessions, profile.cart)
    part = derived_part(feature, bit, locale)
    return lambda profile: part(profile).instants(bit)
