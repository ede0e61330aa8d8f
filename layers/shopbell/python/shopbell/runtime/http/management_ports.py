"""All that the management calls touch."""

from dataclasses import dataclass, field

from shopbell.app.batch import SideBySide
from shopbell.app.founding import VapidPairs
from shopbell.app.importing.start import PairOf
from shopbell.app.recommend import Recommend
from shopbell.app.webhooks.check import Leads
from shopbell.domain.clock import Clock
from shopbell.domain.limits import MANAGEMENT, Limit
from shopbell.domain.push.rates import Rates
from shopbell.ports import (
    Aliases,
    Assortment,
    AuditTrail,
    CallCounts,
    Campaigns,
    Catalogue,
    Counters,
    CouponCodes,
    CouponHolders,
    CouponPools,
    Dispatches,
    Events,
    Files,
    FoldSettings,
    Jobs,
    KeyRow,
    Keys,
    KeyUses,
    LineUploads,
    ListMembers,
    Lists,
    Memberships,
    OnceCalls,
    OwnSchedules,
    OwnTriggers,
    Queue,
    RandomBytes,
    RunProgress,
    Runs,
    Scenarios,
    Secrets,
    SegmentPast,
    Segments,
    Sends,
    Stockroom,
    Stores,
    Subscriptions,
    Tombstones,
    Tops,
    Uploads,
    Visitors,
)
from shopbell.ports.attribution import ReportCounts
from shopbell.ports.webhooks import HookDeliveries, Webhooks


@dataclass(frozen=True, slots=True)
class ListPorts:
    """What static lists are kept in."""

    lists: Lists
    members: ListMembers
    uploads: LineUploads


@dataclass(frozen=True, slots=True)
class MessagePorts:
    """What messages are told by: where they go, what was sent, how each ended, and what they brought."""

    subscriptions: Subscriptions
    sends: Sends
    dispatches: Dispatches
    brought: ReportCounts


@dataclass(frozen=True, slots=True)
class GoodsPorts:
    """What there is to show."""

    catalogue: Catalogue
    stockroom: Stockroom
    assortment: Assortment
    recommend: Recommend
    tops: Tops


@dataclass(frozen=True, slots=True)
class WorkPorts:
    """Long work, the files that come of it and those that it is given, and who was erased by it."""

    jobs: Jobs
    files: Files
    uploads: Uploads
    tombstones: Tombstones


@dataclass(frozen=True, slots=True)
class QueuePorts:
    """Whom management hands work to."""

    plan: Queue
    rebuild: Queue
    send_now: Queue


@dataclass(frozen=True, slots=True)
class CouponPorts:
    """What there is to give away, and who was given what."""

    pools: CouponPools
    codes: CouponCodes
    holders: CouponHolders


@dataclass(frozen=True, slots=True)
class KeyPorts:
    """What callers are known by and what they did, what is kept secret, what push services know a store by."""

    api: Keys
    secrets: Secrets
    row: KeyRow
    uses: KeyUses
    pair: VapidPairs
    pair_of: PairOf
    audit: AuditTrail
    calls: CallCounts
    once: OnceCalls
    limit: Limit = MANAGEMENT
    """How often a key may call."""


@dataclass(frozen=True, slots=True)
class HookPorts:
    """The store's own systems: who they are, how telling them went, and what an address leads to."""

    hooks: Webhooks
    deliveries: HookDeliveries
    queue: Queue
    leads: Leads
    loopback: bool


@dataclass(frozen=True, slots=True)
class Ports:
    """All that management touches."""

    stores: Stores
    keys: KeyPorts
    segments: Segments
    campaigns: Campaigns
    scenarios: Scenarios
    schedules: OwnSchedules
    triggers: OwnTriggers
    visitors: Visitors
    events: Events
    aliases: Aliases
    memberships: Memberships
    runs: Runs
    progress: RunProgress
    counters: Counters
    missed: Counters
    past: SegmentPast
    folding: FoldSettings
    work: WorkPorts
    listing: ListPorts
    messages: MessagePorts
    goods: GoodsPorts
    coupons: CouponPorts
    webhooks: HookPorts
    queues: QueuePorts
    random: RandomBytes
    now: Clock
    rates: Rates = field(default_factory=Rates)
    """At which the workers post, for what a campaign would take."""
    side_by_side: SideBySide = map
    """How what waits for a table is taken up."""
