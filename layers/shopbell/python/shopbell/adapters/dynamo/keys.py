"""Every table, index and key of Shopbell; no other module spells one.

Every partition key starts with the store, so that a query can never cross stores. Two exceptions, both read by
one function each: the due index and the candidates (rulings 11, 14). The index `enabled` starts with a scenario.

table      pk                              sk                                 what
---------  ------------------------------  ---------------------------------  ------------------------------------
events     <store>#<visitor>               <occurred_at|->#<sha16>#<part>     one immutable item of up to 64 events
visitors   <store>#V#<visitor>             P | L | V                          profile; purchases; views
           <store>#S#<shard>               <service>#<visitor>#<sub>          push subscription
           <store>#E#<sub>                 E                                  the same subscription, by endpoint hash
           <store>#X#<sub>                 X                                  tombstone of a retired one, 30 days
           cand#<scenario>#<00..15>        <send_at>#<store>#<visitor>        candidate of a scheduled scenario
  GSI due  due#<00..31>                    <due>#<store>#<visitor>            keys only, sparse: wake-ups
  GSI walk <store>#V#<shard>               <visitor hash, 32 hex>             keys only: every visitor of a shard
members    <store>#G#<segment>#<shard>     <visitor>                          membership
log        <store>#V#<visitor>             <at>#<version>#<segment>           entry or exit, with its cause
  GSI by_segment <store>#G#<segment>#<shard>  <at>#<version>#<visitor>        the same line, by segment
config     <store>                         STORE | KEY#<sha256> | RULES       the store, its keys, its live rules
           <store>                         SEG#<id> | SEGV#<id>#<version>     segment: latest; every version
           <store>                         CAMP#<id> | SCEN#<name>            campaign; scenario settings
  GSI enabled scen#<scenario>              <store>                            stores that have it switched on
catalogue  <store>#P#<product>             P                                  product as it is now
runs       <store>#R#<run>                 RUN | SH#<shard> | CH#<chunk>      run; its shards; chunk ledgers
           <store>#B#<source>#<id>         <scheduled_at>                     firings of one source: which run
           <store>#N#<subject>             <stream shard>                     exact counters, guarded by sequence
watch      <store>#W#product#<00..63>      <product>#<visitor>                who saw which price (later scenarios)

<shard>: 3 digits; <send_at>, <due>, <at>, <scheduled_at>: milliseconds, 15 digits; <version>: 10 digits.
TTL attribute of every table that has one: `ttl`, in seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.ids import CampaignId, ProductId, RunId, SegmentId, StoreId, SubscriptionId, VisitorId
from shopbell.domain.ids import visitor_hash as _visitor_hash

PK: Final = "pk"
SK: Final = "sk"
TTL: Final = "ttl"
DUE_SHARDS: Final = 32
CANDIDATE_SHARDS: Final = 16
PROFILE_PARTS: Final = ("P", "L", "V")
SEGMENTS: Final = "SEG#"
CAMPAIGNS: Final = "CAMP#"
SHARDS: Final = "SH#"
CHUNKS: Final = "CH#"

Key = dict[str, str]


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index: its two attributes and what it projects."""

    partition: str
    sort: str
    projection: str


@dataclass(frozen=True, slots=True)
class Table:
    """What the template must declare; tests/infra hold it against the synthesised table."""

    name: str
    stream: str | None = None
    ttl: bool = False
    indexes: Mapping[str, Index] | None = None


DUE: Final = Index("due_pk", "due_sk", "KEYS_ONLY")
WALK: Final = Index("walk_pk", "walk_sk", "KEYS_ONLY")
BY_SEGMENT: Final = Index("seg_pk", "seg_sk", "ALL")
ENABLED: Final = Index("scen_pk", "scen_sk", "KEYS_ONLY")

TABLES: Final = (
    Table("events", stream="NEW_IMAGE", ttl=True),
    Table("visitors", ttl=True, indexes={"due": DUE, "walk": WALK}),
    Table("members", stream="NEW_AND_OLD_IMAGES"),
    Table("log", ttl=True, indexes={"by_segment": BY_SEGMENT}),
    Table("config", indexes={"enabled": ENABLED}),
    Table("catalogue"),
    Table("runs", ttl=True),
    Table("watch", ttl=True),
)


def millis(at: Instant) -> str:
    return f"{at:015d}"


def shard(number: int) -> str:
    return f"{number:03d}"


def events(store: StoreId, visitor: VisitorId) -> str:
    return f"{store}#{visitor}"


def visitor(store: StoreId, visitor: VisitorId) -> str:
    return f"{store}#V#{visitor}"


def profile(store: StoreId, who: VisitorId, part: str = "P") -> Key:
    """`part`: P the profile, L purchases, V views."""
    return {PK: visitor(store, who), SK: part}


def visitor_of(pk: str) -> tuple[StoreId, VisitorId]:
    """The inverse of `visitor`, for what the keys-only indexes return."""
    store, _, who = pk.split("#", 2)
    return StoreId(store), VisitorId(who)


def walk(store: StoreId, who: VisitorId, number: int) -> Key:
    return {WALK.partition: f"{store}#V#{shard(number)}", WALK.sort: _visitor_hash(store, who).hex()}


def walk_partition(store: StoreId, number: int) -> str:
    return f"{store}#V#{shard(number)}"


def due_shard(store: StoreId, who: VisitorId) -> int:
    return _visitor_hash(store, who)[4] % DUE_SHARDS


def due(store: StoreId, who: VisitorId, at: Instant) -> Key:
    return {DUE.partition: due_partition(due_shard(store, who)), DUE.sort: f"{millis(at)}#{store}#{who}"}


def due_partition(number: int) -> str:
    return f"due#{number:02d}"


def due_of(sk: str) -> tuple[Instant, StoreId, VisitorId]:
    at, store, who = sk.split("#", 2)
    return int(at), StoreId(store), VisitorId(who)


def candidate_shard(store: StoreId, who: VisitorId) -> int:
    return _visitor_hash(store, who)[5] % CANDIDATE_SHARDS


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


def tombstone(store: StoreId, sub: SubscriptionId) -> Key:
    return {PK: f"{store}#X#{sub}", SK: "X"}


def members(store: StoreId, segment: SegmentId, number: int) -> str:
    return f"{store}#G#{segment}#{shard(number)}"


def members_of(pk: str) -> tuple[StoreId, SegmentId, str]:
    """The inverse of `members`, for the stream: store, segment, and the shard as it is written."""
    store, _, rest = pk.split("#", 2)
    segment, _, number = rest.rpartition("#")
    return StoreId(store), SegmentId(segment), number


def log_sort(at: Instant, version: int, subject: str, repeat: int = 0) -> str:
    """`repeat` tells apart what one commit wrote of one segment for one instant."""
    return f"{millis(at)}#{version:010d}#{subject}" + (f"#{repeat}" if repeat else "")


def log(store: StoreId, who: VisitorId, segment: SegmentId, number: int, place: tuple[Instant, int, int]) -> Key:
    """One line of the log, in the visitor's history and in the segment's; `place`: at, version, repeat."""
    at, version, repeat = place
    return {
        PK: visitor(store, who),
        SK: log_sort(at, version, segment, repeat),
        BY_SEGMENT.partition: members(store, segment, number),
        BY_SEGMENT.sort: log_sort(at, version, who, repeat),
    }


def config(store: StoreId, sort: str) -> Key:
    return {PK: store, SK: sort}


def store(store: StoreId) -> Key:
    return config(store, "STORE")


def key(store: StoreId, digest: str) -> Key:
    return config(store, f"KEY#{digest}")


def rules(store: StoreId) -> Key:
    return config(store, "RULES")


def segment(store: StoreId, segment: SegmentId, version: int | None = None) -> Key:
    """Versions have a prefix of their own, so that listing the segments never reads them."""
    return config(store, f"{SEGMENTS}{segment}" if version is None else f"SEGV#{segment}#{version:010d}")


def campaign(store: StoreId, campaign: CampaignId) -> Key:
    return config(store, f"{CAMPAIGNS}{campaign}")


def scenario(store: StoreId, name: str) -> Key:
    return config(store, f"SCEN#{name}")


def enabled(scenario: str, store: StoreId) -> Key:
    return {ENABLED.partition: enabled_partition(scenario), ENABLED.sort: store}


def enabled_partition(scenario: str) -> str:
    return f"scen#{scenario}"


def product(store: StoreId, product: ProductId) -> Key:
    return {PK: f"{store}#P#{product}", SK: "P"}


def run(store: StoreId, run: RunId, sort: str = "RUN") -> Key:
    """`sort`: RUN, SH#<shard> or CH#<chunk>."""
    return {PK: f"{store}#R#{run}", SK: sort}


def run_shard(store: StoreId, of: RunId, number: int) -> Key:
    return run(store, of, SHARDS + shard(number))


def run_chunk(store: StoreId, of: RunId, chunk: str) -> Key:
    return run(store, of, CHUNKS + chunk)


def runs_of(store: StoreId, source: str, source_id: str) -> str:
    return f"{store}#B#{source}#{source_id}"


def firing(store: StoreId, source: str, source_id: str, scheduled_at: Instant) -> Key:
    """One per firing, whatever the run is called: a second one finds it taken."""
    return {PK: runs_of(store, source, source_id), SK: millis(scheduled_at)}


def counters(store: StoreId, subject: str) -> str:
    return f"{store}#N#{subject}"


def counter(store: StoreId, subject: str, source_shard: str) -> Key:
    return {PK: counters(store, subject), SK: source_shard}
