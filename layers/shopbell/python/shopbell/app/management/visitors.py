"""What is known of one visitor."""

from collections.abc import Mapping
from dataclasses import dataclass

from shopbell.app.management.segments.lines import lines
from shopbell.app.people import People
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import NotFound
from shopbell.domain.events import Json
from shopbell.domain.ids import CUSTOMER_PREFIX, SegmentId, StoreId, VisitorId
from shopbell.domain.membership import LogLine
from shopbell.domain.profile import SUPPRESSED, Profile, Trait
from shopbell.domain.scores.besthour import best_hour_of
from shopbell.domain.scores.shown import Scores, shown
from shopbell.domain.segments.zones import zone_of
from shopbell.domain.sends import SendRecord
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import SubscriptionFact
from shopbell.domain.suppression import Suppression, suppression_of
from shopbell.domain.visits.cart import Cart, cart_of
from shopbell.domain.visits.sessions import starts_of
from shopbell.ports import Memberships, Page, Segments, Sends, Stores, Visitors


@dataclass(frozen=True, slots=True)
class BestHour:
    """0 to 23 on the visitor's clock; read `at` that instant from so many visits."""

    hour: int
    visits: int
    at: Instant


@dataclass(frozen=True, slots=True)
class VisitorView:
    """`traits` flat, as rules name them; hidden segments and those put away are left out."""

    visitor: VisitorId
    customer: str | None
    """The shop's own id of the customer whom the visitor is known to be."""
    traits: Mapping[str, Json]
    segments: Mapping[SegmentId, Instant]
    subscriptions: tuple[SubscriptionFact, ...]
    cart: Cart
    cart_value: int
    """In minor units of the store's currency."""
    scores: Scores | None
    """Of a buyer, since the first night after the first order."""
    best_hour: BestHour | None
    """Of whoever came often enough since the store keeps visits."""
    reachable: bool
    suppression: Suppression | None
    sent: SendRecord
    """The newest 64 messages that were sent to them."""
    first_seen: Instant | None
    last_seen: Instant | None


@dataclass(frozen=True, slots=True)
class ReadVisitor:
    visitors: Visitors
    segments: Segments
    memberships: Memberships
    stores: Stores
    sends: Sends
    now: Clock

    def __call__(self, store: StoreId, visitor: VisitorId) -> VisitorView:
        profile = People(self.visitors).load(store, visitor)
        if profile.version == 0:
            raise NotFound(visitor)
        unseen = {row.id for row in self.segments.all(store) if row.hidden or row.state == "archived"}
        row = self.stores.get(store)
        best = _best_hour(profile, row, self.now())
        sent = self.sends.of(store, [profile.visitor])[profile.visitor]
        return _view(profile, unseen, row.currency if row else None, best, sent)

    def log(
        self, store: StoreId, visitor: VisitorId, cursor: str | None, limit: int, cause: str | None = None
    ) -> Page[LogLine]:
        """Every entry and exit, newest first; hidden segments are left out. A page may be short and not the last."""
        profile = People(self.visitors).load(store, visitor)
        if profile.version == 0:
            raise NotFound(visitor)
        hidden = {row.id for row in self.segments.all(store) if row.hidden}
        return lines(
            lambda place, count: self.memberships.log_of_visitor(store, profile.visitor, place, count),
            cause,
            cursor,
            limit,
            hidden,
        )


def _view(
    profile: Profile, unseen: set[SegmentId], currency: str | None, best: BestHour | None, sent: SendRecord
) -> VisitorView:
    cart = cart_of(profile.cart)
    return VisitorView(
        visitor=profile.visitor,
        customer=_customer(profile),
        traits={name: trait.value for name, trait in sorted(profile.traits.items()) if _is_shown(name, trait)},
        segments={name: at for name, at in profile.memberships.items() if name not in unseen},
        subscriptions=tuple(profile.subscriptions.values()),
        cart=cart,
        cart_value=cart.value(currency),
        scores=shown(profile.scores),
        best_hour=best,
        reachable=profile.reachable,
        suppression=suppression_of(profile.traits),
        sent=sent,
        first_seen=profile.first_seen,
        last_seen=profile.last_seen,
    )


def _is_shown(name: str, trait: Trait) -> bool:
    return trait.value is not None and name != SUPPRESSED


def _best_hour(profile: Profile, store: Store | None, now: Instant) -> BestHour | None:
    zone = zone_of(store.time_zone if store else "UTC")(profile)
    hour = best_hour_of(profile, zone, now, store.day if store else None)
    return None if hour is None else BestHour(hour, sum(at <= now for at in starts_of(profile.sessions)), now)


def _customer(profile: Profile) -> str | None:
    whose = profile.alias.customer if profile.alias else profile.visitor
    return whose.removeprefix(CUSTOMER_PREFIX) if whose.startswith(CUSTOMER_PREFIX) else None
