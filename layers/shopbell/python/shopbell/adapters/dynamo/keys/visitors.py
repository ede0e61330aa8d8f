"""Keys of what is known of visitors: events, profiles, subscriptions, candidates, members, log."""

from typing import Final
from zlib import crc32

from shopbell.adapters.dynamo.keys.schema import (
    BY_VISITOR,
    CANDIDATE_SHARDS,
    DUE,
    DUE_SHARDS,
    PK,
    SK,
    WALK,
    Key,
    millis,
    shard,
)
from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId, StoreId, SubscriptionId, VisitorId, visitor_hash

PROFILE_PARTS: Final = ("P", "L", "V")


def events(store: StoreId, visitor: VisitorId) -> str:
    return f"{store}#{visitor}"


def visitor(store: StoreId, visitor: VisitorId) -> str:
    return f"{store}#V#{visitor}"


def profile(store: StoreId, who: VisitorId, part: str = "P") -> Key:
    """`part`: P the profile, L purchases, V views."""
    return {PK: visitor(store, who), SK: part}


def sends(store: StoreId, who: VisitorId) -> Key:
    """What was sent to the visitor (ruling 8)."""
    return {PK: visitor(store, who), SK: "SENDS"}


def visitor_of(pk: str) -> tuple[StoreId, VisitorId]:
    """The inverse of `visitor`, for what the keys-only indexes return."""
    store, _, who = pk.split("#", 2)
    return StoreId(store), VisitorId(who)


def walk(store: StoreId, who: VisitorId, number: int) -> Key:
    return {WALK.partition: f"{store}#V#{shard(number)}", WALK.sort: visitor_hash(store, who).hex()}


def walk_partition(store: StoreId, number: int) -> str:
    return f"{store}#V#{shard(number)}"


def merged_walk(store: StoreId, who: VisitorId, number: int) -> Key:
    """Where an alias lies once it is joined: tokens still find it, walks no longer meet it."""
    return {WALK.partition: merged_walk_partition(store, number), WALK.sort: visitor_hash(store, who).hex()}


def merged_walk_partition(store: StoreId, number: int) -> str:
    return f"{store}#M#{shard(number)}"


def aliases(store: StoreId, customer: VisitorId) -> str:
    return f"{store}#A#{customer}"


def alias(store: StoreId, customer: VisitorId, who: VisitorId) -> Key:
    return {PK: aliases(store, customer), SK: who}


def due_shard(store: StoreId, who: VisitorId) -> int:
    return visitor_hash(store, who)[4] % DUE_SHARDS


def due(store: StoreId, who: VisitorId, at: Instant) -> Key:
    return {DUE.partition: due_partition(due_shard(store, who)), DUE.sort: f"{millis(at)}#{store}#{who}"}


def due_partition(number: int) -> str:
    return f"due#{number:02d}"


def due_of(sk: str) -> tuple[Instant, StoreId, VisitorId]:
    at, store, who = sk.split("#", 2)
    return int(at), StoreId(store), VisitorId(who)


def candidate_shard(store: StoreId, who: VisitorId) -> int:
    return visitor_hash(store, who)[5] % CANDIDATE_SHARDS


def candidate(scenario: str, store: StoreId, who: VisitorId, send_at: Instant) -> Key:
    return {PK: candidate_partition(scenario, candidate_shard(store, who)), SK: f"{millis(send_at)}#{store}#{who}"}


def candidate_partition(scenario: str, number: int) -> str:
    return f"cand#{scenario}#{number:02d}"


def subscription(store: StoreId, number: int, service: str, who: VisitorId, sub: SubscriptionId) -> Key:
    return {PK: subscriptions(store, number), SK: f"{service}#{who}#{sub}"}


def subscriptions(store: StoreId, number: int) -> str:
    return f"{store}#S#{shard(number)}"


def endpoint(store: StoreId, sub: SubscriptionId) -> Key:
    return {PK: f"{store}#E#{sub}", SK: "E"}


KEY_COUNT_SHARDS: Final = 64


def key_count(store: StoreId, number: int) -> Key:
    """How many subscriptions each VAPID key has, of one share of them all."""
    return {PK: f"{store}#C#{shard(number)}", SK: "C"}


def key_count_shard(sub: SubscriptionId) -> int:
    return crc32(sub.encode()) % KEY_COUNT_SHARDS


def tombstone(store: StoreId, sub: SubscriptionId) -> Key:
    return {PK: f"{store}#X#{sub}", SK: "X"}


def members(store: StoreId, segment: SegmentId, number: int) -> str:
    return f"{store}#G#{segment}#{shard(number)}"


def members_of(pk: str) -> tuple[StoreId, SegmentId, str]:
    """The inverse of `members`, for the stream: store, segment, and the shard as it is written."""
    store, _, rest = pk.split("#", 2)
    segment, _, number = rest.rpartition("#")
    return StoreId(store), SegmentId(segment), number


def is_segments(pk: str) -> bool:
    """Whether `members_of` reads it."""
    return pk.split("#", 2)[1:2] == ["G"]


def log_sort(at: Instant, version: int, subject: str, repeat: int = 0) -> str:
    """`repeat` tells apart what one commit wrote of one segment for one instant."""
    return f"{millis(at)}#{version:010d}#{subject}" + (f"#{repeat}" if repeat else "")


def merged_log(store: StoreId, customer: VisitorId, who: VisitorId, at: Instant) -> Key:
    """The one line of an alias in its customer's history; no segment's."""
    place = {PK: visitor(store, customer), SK: log_sort(at, 0, f"merge:{who}")}
    return {**place, BY_VISITOR.partition: place[PK], BY_VISITOR.sort: place[SK]}


def log(store: StoreId, who: VisitorId, segment: SegmentId, number: int, place: tuple[Instant, int, int]) -> Key:
    """One line of the log, in the segment's history and in the visitor's; `place`: at, version, repeat.

    The segment's comes first: its few partitions are what the stream counts by (`app.tallying`).
    """
    at, version, repeat = place
    return {
        PK: members(store, segment, number),
        SK: log_sort(at, version, who, repeat),
        BY_VISITOR.partition: visitor(store, who),
        BY_VISITOR.sort: log_sort(at, version, segment, repeat),
    }
