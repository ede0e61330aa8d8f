"""The ports under test as one value, in memory or over DynamoDB."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shopbell.adapters.backoff import Backoff
from shopbell.adapters.dynamo.aliases import DynamoAliases
from shopbell.adapters.dynamo.assortment import DynamoAssortment
from shopbell.adapters.dynamo.audit import DynamoAuditTrail
from shopbell.adapters.dynamo.campaigns import DynamoCampaigns, DynamoScenarios
from shopbell.adapters.dynamo.catalogue import DynamoCatalogue
from shopbell.adapters.dynamo.clockwork import DynamoCandidates, DynamoDueIndex
from shopbell.adapters.dynamo.commits import CommitTables
from shopbell.adapters.dynamo.counters import DynamoCounters
from shopbell.adapters.dynamo.coupons.claims import DynamoCoupons
from shopbell.adapters.dynamo.coupons.pools import DynamoCouponCodes, DynamoCouponPools
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.demand import DynamoDemandCounters, DynamoTops
from shopbell.adapters.dynamo.dispatches import DynamoDispatches
from shopbell.adapters.dynamo.events import DynamoEvents
from shopbell.adapters.dynamo.goods import DynamoTimers, DynamoWatch
from shopbell.adapters.dynamo.jobs import DynamoJobs
from shopbell.adapters.dynamo.lately import DynamoLately
from shopbell.adapters.dynamo.lists import DynamoListMembers, DynamoLists, DynamoListUploads
from shopbell.adapters.dynamo.memberships import DynamoMemberships
from shopbell.adapters.dynamo.run_progress import DynamoRunProgress
from shopbell.adapters.dynamo.runs import DynamoRuns
from shopbell.adapters.dynamo.segment_past import DynamoSegmentPast
from shopbell.adapters.dynamo.segments import DynamoSegments
from shopbell.adapters.dynamo.sends import DynamoSends
from shopbell.adapters.dynamo.stockroom import DynamoStockroom
from shopbell.adapters.dynamo.stores import DynamoStores
from shopbell.adapters.dynamo.subscriptions import DynamoSubscriptions
from shopbell.adapters.dynamo.triggers import DynamoTriggers
from shopbell.adapters.dynamo.visitors import DynamoVisitors
from shopbell.adapters.memory.aliases import MemoryAliases
from shopbell.adapters.memory.audit import MemoryAuditTrail
from shopbell.adapters.memory.catalogue import MemoryAssortment, MemoryCatalogue, MemoryStockroom
from shopbell.adapters.memory.clockwork import MemoryCandidates, MemoryDueIndex
from shopbell.adapters.memory.configuration import MemoryCampaigns, MemoryScenarios, MemoryStores
from shopbell.adapters.memory.coupons import MemoryCouponPools, MemoryCoupons
from shopbell.adapters.memory.demand import MemoryDemandCounters, MemoryTops
from shopbell.adapters.memory.dispatches import MemoryDispatches
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.goods import MemoryTimers, MemoryWatch
from shopbell.adapters.memory.jobs import MemoryJobs
from shopbell.adapters.memory.lately import MemoryLately
from shopbell.adapters.memory.lists import MemoryListMembers, MemoryLists, MemoryListUploads
from shopbell.adapters.memory.memberships import MemoryMemberships
from shopbell.adapters.memory.runs import MemoryCounters, MemoryRunProgress, MemoryRuns
from shopbell.adapters.memory.segments import MemorySegmentPast, MemorySegments
from shopbell.adapters.memory.sends import MemorySends
from shopbell.adapters.memory.subscriptions import MemorySubscriptions
from shopbell.adapters.memory.triggers import MemoryTriggers
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.ids import StoreId
from shopbell.ports import (
    Aliases,
    Assortment,
    AuditTrail,
    Campaigns,
    Candidates,
    Catalogue,
    Counters,
    CouponClaims,
    CouponCodes,
    CouponHolders,
    CouponPools,
    DemandCounters,
    Dispatches,
    DueIndex,
    Events,
    FoldSettings,
    Jobs,
    Keys,
    LatelyNoted,
    LineUploads,
    ListMembers,
    Lists,
    Memberships,
    OwnTriggers,
    RunProgress,
    Scenarios,
    SegmentPast,
    Segments,
    Sends,
    Stockroom,
    Stores,
    Subscriptions,
    Timers,
    Tops,
    Visitors,
    Watch,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHARDS = 4
NOW = 1_790_000_000_000


@dataclass(frozen=True, slots=True)
class Shop:
    """What there is to buy."""

    catalogue: Catalogue
    stockroom: Stockroom
    assortment: Assortment
    watch: Watch
    timers: Timers


@dataclass(frozen=True, slots=True)
class Listing:
    """Who is on static lists, and who waits to be."""

    members: ListMembers
    uploads: LineUploads


@dataclass(frozen=True, slots=True)
class Callers:
    """What they are known by, what they did, and what came of them of late."""

    keys: Keys
    audit: AuditTrail
    lately: LatelyNoted


@dataclass(frozen=True, slots=True)
class Coupons:
    """What may be given away."""

    pools: CouponPools
    codes: CouponCodes
    claims: CouponClaims
    holders: CouponHolders


@dataclass(frozen=True, slots=True)
class Ports:
    """What a use case may be given."""

    events: Events
    visitors: Visitors
    aliases: Aliases
    due: DueIndex
    candidates: Candidates
    subscriptions: Subscriptions
    memberships: Memberships
    segments: Segments
    stores: Stores
    callers: Callers
    shop: "Shop"
    demand: DemandCounters
    tops: Tops
    campaigns: Campaigns
    scenarios: Scenarios
    runs: MemoryRuns | DynamoRuns
    progress: RunProgress
    counters: Counters
    missed: Counters
    dispatches: Dispatches
    past: SegmentPast
    folding: FoldSettings
    sends: Sends
    jobs: Jobs
    lists: Lists
    triggers: OwnTriggers
    listing: Listing
    coupons: Coupons


def memory_ports(world: MemoryWorld | None = None) -> Ports:
    """All over one world."""
    return _in_memory(world or MemoryWorld(default_shards=SHARDS))


def _in_memory(world: MemoryWorld) -> Ports:
    return Ports(
        events=MemoryEvents(world),
        visitors=MemoryVisitors(world),
        aliases=MemoryAliases(world),
        due=MemoryDueIndex(world),
        candidates=MemoryCandidates(world),
        subscriptions=MemorySubscriptions(world),
        memberships=MemoryMemberships(world),
        segments=MemorySegments(world),
        stores=MemoryStores(world),
        callers=Callers(MemoryStores(world), MemoryAuditTrail(world), MemoryLately(world)),
        shop=_shop_in_memory(world),
        demand=MemoryDemandCounters(world),
        tops=MemoryTops(world),
        campaigns=MemoryCampaigns(world),
        scenarios=MemoryScenarios(world),
        runs=MemoryRuns(world),
        progress=MemoryRunProgress(world),
        counters=MemoryCounters(world),
        missed=MemoryCounters(world),
        dispatches=MemoryDispatches(world),
        past=MemorySegmentPast(world),
        folding=MemorySegments(world),
        sends=MemorySends(world),
        jobs=MemoryJobs(world),
        lists=MemoryLists(world),
        triggers=MemoryTriggers(world),
        listing=Listing(MemoryListMembers(world), MemoryListUploads(world)),
        coupons=_coupons_in_memory(world),
    )


def dynamo_ports(client: "DynamoDBClient", names: Mapping[str, str]) -> Ports:
    """All over the tables of one account."""
    return _in_tables(Dynamo(client, Backoff(first=1)), names)


def _in_tables(dynamo: Dynamo, names: Mapping[str, str]) -> Ports:
    return Ports(
        events=DynamoEvents(dynamo, names["events"]),
        visitors=DynamoVisitors(dynamo, CommitTables(names["visitors"], names["members"], names["log"]), _shards),
        aliases=DynamoAliases(dynamo, names["visitors"], _shards),
        due=DynamoDueIndex(dynamo, names["visitors"]),
        candidates=DynamoCandidates(dynamo, names["visitors"]),
        subscriptions=DynamoSubscriptions(dynamo, names["visitors"], _shards),
        memberships=DynamoMemberships(dynamo, names["members"], names["log"], _shards),
        segments=DynamoSegments(dynamo, names["config"]),
        stores=DynamoStores(dynamo, names["config"]),
        callers=_callers_in_tables(dynamo, names),
        shop=_shop_in_tables(dynamo, names),
        demand=DynamoDemandCounters(dynamo, names["runs"], _shards, lambda: NOW),
        tops=DynamoTops(dynamo, names["runs"], lambda: NOW),
        campaigns=DynamoCampaigns(dynamo, names["config"]),
        scenarios=DynamoScenarios(dynamo, names["config"]),
        runs=DynamoRuns(dynamo, names["runs"]),
        progress=DynamoRunProgress(dynamo, names["runs"], lambda: NOW),
        counters=DynamoCounters(dynamo, names["runs"]),
        missed=DynamoCounters(dynamo, names["visitors"]),
        dispatches=DynamoDispatches(dynamo, names["runs"], lambda: NOW),
        past=DynamoSegmentPast(dynamo, names["config"]),
        folding=DynamoSegments(dynamo, names["config"]),
        sends=DynamoSends(dynamo, names["visitors"]),
        jobs=DynamoJobs(dynamo, names["runs"]),
        lists=DynamoLists(dynamo, names["config"]),
        triggers=DynamoTriggers(dynamo, names["config"]),
        listing=_listing_in_tables(dynamo, names),
        coupons=_coupons_in_tables(dynamo, names),
    )


def _coupons_in_memory(world: MemoryWorld) -> Coupons:
    all_of_them = MemoryCoupons(world)
    return Coupons(MemoryCouponPools(world), all_of_them, all_of_them, all_of_them)


def _callers_in_tables(dynamo: Dynamo, names: Mapping[str, str]) -> Callers:
    runs = names["runs"]
    return Callers(DynamoStores(dynamo, names["config"]), DynamoAuditTrail(dynamo, runs), DynamoLately(dynamo, runs))


def _listing_in_tables(dynamo: Dynamo, names: Mapping[str, str]) -> Listing:
    members = DynamoListMembers(dynamo, names["config"], _shards)
    return Listing(members, DynamoListUploads(dynamo, names["runs"], lambda: NOW))


def _coupons_in_tables(dynamo: Dynamo, names: Mapping[str, str]) -> Coupons:
    held = DynamoCoupons(dynamo, names["runs"], secrets.token_bytes)
    return Coupons(DynamoCouponPools(dynamo, names["config"]), DynamoCouponCodes(dynamo, names["runs"]), held, held)


def _shop_in_memory(world: MemoryWorld) -> Shop:
    return Shop(
        MemoryCatalogue(world),
        MemoryStockroom(world),
        MemoryAssortment(world),
        MemoryWatch(world),
        MemoryTimers(world),
    )


def _shop_in_tables(dynamo: Dynamo, names: Mapping[str, str]) -> Shop:
    table = names["catalogue"]
    return Shop(
        DynamoCatalogue(dynamo, table),
        DynamoStockroom(dynamo, table),
        DynamoAssortment(dynamo, table),
        DynamoWatch(dynamo, names["watch"], _shards),
        DynamoTimers(dynamo, names["visitors"], lambda: NOW),
    )


def _shards(_: StoreId) -> int:
    return SHARDS
