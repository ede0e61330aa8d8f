"""Values that the contract tests build on, each with everything optional set once."""

from collections.abc import Sequence

from shopbell.domain.campaigns import Campaign, CampaignAudience
from shopbell.domain.catalogue import Product
from shopbell.domain.content import Action, Content
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import (
    CampaignId,
    EventId,
    ProductId,
    RunId,
    SegmentId,
    StoreId,
    VapidKeyId,
    VisitorId,
    subscription_id,
    visitor_shard,
)
from shopbell.domain.membership import Change, Flip
from shopbell.domain.runs import Audience, DeliveryOptions, Run, Terms
from shopbell.domain.segments.definition import Segment, SegmentState
from shopbell.domain.subscriptions import PushService, Subscription
from shopbell.domain.winner import Decision, Standing, Weighed, Weight

from tests.contract.worlds import NOW, SHARDS

ANN = VisitorId("ann")
BEN = VisitorId("b#n/ö")
"""An id with the separator of keys in it, and a letter of two bytes."""
VIP = SegmentId("seg-vip")
RULE: Json = {"event": "purchase", "value": 2, "window": {"last": "P30D"}}
CONTENT = Content(
    "Hello {{ name }}",
    "Again",
    "https://shop.example/",
    image_url="https://shop.example/i.png",
    actions=(Action("open", "Open", "https://shop.example/a"),),
    translations={"de": {"title": "Hallo"}},
)


def visitors_of(store: StoreId, shard: int, count: int) -> list[VisitorId]:
    """So many visitors who fall into one shard."""
    names = (VisitorId(f"visitor-{number}") for number in range(100 * count + 1000))
    return [who for who in names if visitor_shard(store, who, SHARDS) == shard][:count]


def event(name: str, **changes: object) -> Event:
    fields: dict[str, object] = {
        "id": EventId(name),
        "type": "page_view",
        "visitor": ANN,
        "at": NOW,
        "received_at": NOW,
    }
    return Event(**(fields | changes))  # type: ignore[arg-type]


def event_item(store: StoreId, *names: str, visitor: VisitorId = ANN, stamp: str = "-", part: int = 0) -> EventItem:
    return EventItem(store, visitor, stamp, part, tuple(event(name, visitor=visitor) for name in names))


def flip(segment: SegmentId = VIP, change: Change = "entered", at: int = NOW, **changes: object) -> Flip:
    fields: dict[str, object] = {"version": 1, "cause": "event:e1", "leaf": "and.0"}
    return Flip(segment=segment, change=change, at=at, **(fields | changes))  # type: ignore[arg-type]


def subscription(
    store: StoreId, number: int = 1, visitor: VisitorId = ANN, service: PushService = "fcm"
) -> Subscription:
    endpoint = f"https://push.example/{store}/{number}"
    return Subscription(
        store=store,
        visitor=visitor,
        id=subscription_id(endpoint),
        service=service,
        endpoint=endpoint,
        p256dh=b"\x04" + bytes(range(64)),
        auth=bytes(16),
        vapid_key=VapidKeyId("v1"),
        created_at=NOW,
        seen_at=NOW + 1,
        time_zone="Europe/Berlin",
        browser="Firefox",
    )


def segment(store: StoreId, name: str = "seg-1", /, state: SegmentState = "active", **changes: object) -> Segment:
    fields: dict[str, object] = {
        "store": store,
        "id": SegmentId(name),
        "name": name.upper(),
        "rule": RULE,
        "state": state,
        "version": 1,
        "revision": 1,
        "created_at": NOW,
        "last_changed_at": NOW,
        "tags": ("loyal", "sale"),
        "description": "who buys again",
    }
    return Segment(**(fields | changes))  # type: ignore[arg-type]


WEIGHED = Weighed(
    NOW,
    "revenue",
    learned=True,
    found=140,
    variants=(
        Weight("a", 1_000, 50, 120.5, 0.95, 1.0, 3),
        Weight("b", 1_000, 90, 90.0, 0.0, None, 30, barred=True),
    ),
)
DECISION = Decision(
    NOW,
    "clicks",
    "won",
    "b",
    ("b",),
    140,
    (
        Standing("a", 1_000, 50, 0.05, 0.038, 0.065, 0.0005, 3),
        Standing("b", 1_000, 90, 0.09, 0.074, 0.109, 0.0005, 30, barred=True),
        Standing("c", 0, 0, 0.0, 0.0, 1.0, None),
    ),
)


def campaign(store: StoreId, name: str = "c1", /, **changes: object) -> Campaign:
    fields: dict[str, object] = {
        "store": store,
        "id": CampaignId(name),
        "name": "Sale",
        "status": "draft",
        "audience": CampaignAudience(include=(VIP,), exclude=(SegmentId("x"),), rule=RULE, rule_segment=VIP),
        "content": CONTENT,
        "delivery": DeliveryOptions(ttl=60_000, urgency="high", topic="t"),
        "terms": Terms(respect_caps=False, holdout_percent=5),
        "paused_at": NOW,
        "pauses": ((NOW - 9, NOW - 8),),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Campaign(**(fields | changes))  # type: ignore[arg-type]


def run(store: StoreId, name: str = "r1", scheduled_at: int = NOW, **changes: object) -> Run:
    fields: dict[str, object] = {
        "source": "scenario",
        "source_id": "we_missed_you",
        "created_at": NOW,
        "ends_at": NOW + 1000,
        "shards": 4,
        "audience": Audience(include=(VIP,), visitors=(ANN, BEN), candidates="we_missed_you"),
        "content": CONTENT,
    }
    return Run(store=store, id=RunId(name), scheduled_at=scheduled_at, **(fields | changes))  # type: ignore[arg-type]


def product(name: str = "p1", /, **changes: object) -> Product:
    fields: dict[str, object] = {
        "title": "Boots",
        "url": "https://shop.example/p1",
        "image_url": "https://shop.example/p1.jpg",
        "price": 9900,
        "currency": "EUR",
        "categories": ("Outdoor/Boots", "Sale"),
        "related": (ProductId("p2"),),
        "attributes": {"colour": "grün", "sizes": [40, 41]},
    }
    return Product(id=ProductId(name), **(fields | changes))  # type: ignore[arg-type]


def names_of(items: Sequence[object]) -> list[object]:
    """Their ids, for short comparisons."""
    return [getattr(item, "id", item) for item in items]
