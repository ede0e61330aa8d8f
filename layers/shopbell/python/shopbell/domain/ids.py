"""Every kind of identifier, so that one can never be taken for another."""

import hashlib
from typing import Final, NewType

StoreId = NewType("StoreId", str)
VisitorId = NewType("VisitorId", str)
EventId = NewType("EventId", str)
SegmentId = NewType("SegmentId", str)
ListId = NewType("ListId", str)
CampaignId = NewType("CampaignId", str)
RunId = NewType("RunId", str)
ProductId = NewType("ProductId", str)
PoolId = NewType("PoolId", str)
SubscriptionId = NewType("SubscriptionId", str)
VapidKeyId = NewType("VapidKeyId", str)

MAX_VISITOR_ID: Final = 128
"""Characters; an id is part of every key, so it may not grow without bound."""

CUSTOMER_PREFIX: Final = "c:"


def customer(customer_id: str) -> VisitorId:
    """The visitor that a shop's own customer id names (ruling 17)."""
    return VisitorId(CUSTOMER_PREFIX + customer_id)


def visitor_hash(store: StoreId, visitor: VisitorId) -> bytes:
    """16 bytes that stand for the visitor where the id itself must not: message tokens, samples, shards."""
    return hashlib.sha256(f"{store}\n{visitor}".encode()).digest()[:16]


def visitor_shard(store: StoreId, visitor: VisitorId, shards: int) -> int:
    """The visitor's shard, 0 to `shards` - 1; the same for memberships, subscriptions and logs (ruling 23)."""
    return shard_of(visitor_hash(store, visitor), shards)


def shard_of(digest: bytes, shards: int) -> int:
    """Of a visitor whose hash is known."""
    return int.from_bytes(digest[:4], "big") % shards


def subscription_id(endpoint: str) -> SubscriptionId:
    """An endpoint is opaque (RFC 8030 section 5); its hash is its name in keys: 22 characters of hex."""
    return SubscriptionId(hashlib.sha256(endpoint.encode()).hexdigest()[:22])


def element_hash(event_id: str) -> bytes:
    """8 bytes that stand for an event in a ledger (ruling 2)."""
    return hashlib.sha256(event_id.encode()).digest()[:8]
