"""What happened: events as they are stored in `events` and folded into profiles."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.domain.clock import DAY, MINUTE, Duration, Instant
from shopbell.domain.ids import EventId, ProductId, StoreId, VisitorId

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]

MAX_ITEM_EVENTS: Final = 64
MAX_ITEM_BYTES: Final = 100_000
EVENT_TTL: Final[Duration] = 400 * DAY
KEPT_FOR_EVER: Final = frozenset(
    {"purchase", "refund", "signup", "subscribed", "unsubscribed", "subscription_changed"}
)
RECEIPTS: Final = frozenset({"push_shown", "push_clicked", "push_closed", "push_landed"})
"""What the service worker and the landing page report of a message."""
LATE_LIMIT: Final[Duration] = 60 * MINUTE
"""Events older than this on arrival move segments and fire no scenario (api.md, Tracking)."""


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product as it was at the event's moment, so that the fold never looks anything up (ruling 6)."""

    categories: tuple[str, ...] = ()
    brand: str | None = None
    price: int | None = None
    in_stock: bool | None = None
    currency: str | None = None
    """Of the price; None: the store's."""
    group: str | None = None
    """Of the variants that it is one of."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one visitor; `id` is the client's, or the system's for its own events."""

    id: EventId
    type: str
    visitor: VisitorId
    at: Instant
    received_at: Instant
    properties: Mapping[str, Json] = field(default_factory=dict)
    utc_offset: int | None = None
    """Minutes, as written in `occurred_at`; None when it was written in Z or not at all."""
    trusted: bool = False
    """Sent with a server key, or made by the system."""
    backfill: bool = False
    discounted: bool = False
    """A purchase with a coupon or any item below its list price."""
    products: Mapping[ProductId, ProductFacts] = field(default_factory=dict)

    @property
    def element_id(self) -> str:
        """What makes two reports one happening: the order of a purchase or refund, else the id (ruling 2)."""
        if self.type in {"purchase", "refund"} and isinstance(order := self.properties.get("order_id"), str):
            return f"{self.type}:{order}"
        return self.id

    def priced_in(self, currency: str | None) -> "Event":
        """Without the catalogue's prices of another currency, which compare with nothing (ruling 18)."""
        if currency is None or all(facts.currency in {None, currency} for facts in self.products.values()):
            return self
        mine = {
            name: facts if facts.currency in {None, currency} else replace(facts, price=None)
            for name, facts in self.products.items()
        }
        return replace(self, products=mine)

    @property
    def fires(self) -> bool:
        """Whether it is fresh enough to start a scenario."""
        return not self.backfill and self.received_at - self.at <= LATE_LIMIT


@dataclass(frozen=True, slots=True)
class EventItem:
    """Up to 64 events of one visitor, stored as one item and never changed."""

    store: StoreId
    visitor: VisitorId
    stamp: str
    """First `occurred_at` as it was sent, or `-`: part of the key, so that a repeat is the same item."""
    part: int
    events: tuple[Event, ...]

    @property
    def name(self) -> str:
        """The sort key: a repeat of the same request names the same item (ruling 6)."""
        digest = hashlib.sha256("\n".join(event.id for event in self.events).encode()).hexdigest()[:16]
        return f"{self.stamp}#{digest}#{self.part}"

    @property
    def expires_at(self) -> Instant | None:
        """400 days after receipt; never when it holds what must last (ruling 7)."""
        if any(event.type in KEPT_FOR_EVER for event in self.events):
            return None
        return max(event.received_at for event in self.events) + EVENT_TTL
