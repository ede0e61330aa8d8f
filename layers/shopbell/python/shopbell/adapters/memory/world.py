"""The one state behind all memory adapters, as the tables of a stage are behind the real ones."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from shopbell.adapters import cursors
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.audit import AuditLine
from shopbell.domain.campaigns import Campaign
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.codes import StoredCode
from shopbell.domain.coupons import CouponPool, Held
from shopbell.domain.dispatch import Dispatch
from shopbell.domain.erasure import Tombstone
from shopbell.domain.events import EventItem
from shopbell.domain.goods import Timer
from shopbell.domain.ids import (
    CampaignId,
    ListId,
    PoolId,
    ProductId,
    RunId,
    SegmentId,
    StoreId,
    SubscriptionId,
    VapidKeyId,
    VisitorId,
)
from shopbell.domain.jobs import Job, JobId
from shopbell.domain.lately import Lately
from shopbell.domain.lists import VisitorList
from shopbell.domain.membership import LogLine, Member
from shopbell.domain.once import Once
from shopbell.domain.profile import Candidate, Profile
from shopbell.domain.recommend.bonds import Bonds, Subject
from shopbell.domain.recommend.lists import Demand, Overview, TopList
from shopbell.domain.recommend.named import ProductList
from shopbell.domain.recommend.portions import Place, Row
from shopbell.domain.recommend.together import Note
from shopbell.domain.runs import ChunkLedger, Run, ShardProgress
from shopbell.domain.scenarios.fly import OwnTrigger, TriggerId
from shopbell.domain.scenarios.ownschedule import OwnSchedule
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.segments.changes import SegmentChange
from shopbell.domain.segments.definition import Segment, StoredRules
from shopbell.domain.sends import SendRecord
from shopbell.domain.store import Key, Store
from shopbell.domain.subscriptions import Subscription
from shopbell.domain.versions import Change, Shelved, Version
from shopbell.domain.watchers import Watcher
from shopbell.domain.webhooks.hook import Deliveries, Webhook, WebhookId
from shopbell.ports import Page
from shopbell.ports.attribution import Row as ReportRow
from shopbell.ports.attribution import RowName

T = TypeVar("T")
Tally = dict[str, int]


@dataclass(slots=True)
class MemoryWorld:
    """Tables by their keys. `lock` makes each call of an adapter one step, as a transaction is."""

    events: dict[tuple[StoreId, VisitorId], dict[str, EventItem]] = field(default_factory=dict)
    profiles: dict[tuple[StoreId, VisitorId], Profile] = field(default_factory=dict)
    aliases: dict[tuple[StoreId, VisitorId], set[VisitorId]] = field(default_factory=dict)
    """Customer to the visitors who are it."""
    members: dict[tuple[StoreId, SegmentId], dict[VisitorId, Member]] = field(default_factory=dict)
    log: dict[tuple[StoreId, VisitorId], list[tuple[LogLine, int]]] = field(default_factory=dict)
    candidates: dict[str, dict[tuple[Instant, StoreId, VisitorId], Candidate]] = field(default_factory=dict)
    subscriptions: dict[tuple[StoreId, SubscriptionId], Subscription] = field(default_factory=dict)
    sends: dict[tuple[StoreId, VisitorId], SendRecord] = field(default_factory=dict)
    sends_handed_over: dict[tuple[StoreId, VisitorId], VisitorId] = field(default_factory=dict)
    tombstones: dict[tuple[StoreId, SubscriptionId], tuple[Instant, str]] = field(default_factory=dict)
    refusals: dict[tuple[StoreId, VapidKeyId], tuple[int, Instant]] = field(default_factory=dict)
    """How often push services refused a key, and when they last did."""
    segments: dict[tuple[StoreId, SegmentId], Segment] = field(default_factory=dict)
    segment_versions: dict[tuple[StoreId, SegmentId, int], Segment] = field(default_factory=dict)
    segment_changes: dict[tuple[StoreId, SegmentId], list[SegmentChange]] = field(default_factory=dict)
    rules: dict[StoreId, StoredRules] = field(default_factory=dict)
    stores: dict[StoreId, Store] = field(default_factory=dict)
    keys: dict[tuple[StoreId, str], Key] = field(default_factory=dict)
    key_turns: dict[StoreId, int] = field(default_factory=dict)
    key_uses: dict[tuple[StoreId, str], Instant] = field(default_factory=dict)
    secrets: dict[str, bytes] = field(default_factory=dict)
    products: dict[tuple[StoreId, ProductId], Product] = field(default_factory=dict)
    shelved: dict[tuple[StoreId, ProductId], Shelved] = field(default_factory=dict)
    """What is known beside a product, of those that were ever changed."""
    product_versions: dict[tuple[StoreId, ProductId], list[Version]] = field(default_factory=dict)
    products_gone: dict[tuple[StoreId, ProductId], Version] = field(default_factory=dict)
    product_news: list[tuple[StoreId, Change]] = field(default_factory=list)
    """What the stream of the catalogue tells, in its order."""
    watch: dict[tuple[StoreId, str], dict[tuple[ProductId, str, VisitorId], Watcher]] = field(default_factory=dict)
    timers: dict[tuple[StoreId, ProductId, str], Timer] = field(default_factory=dict)
    campaigns: dict[tuple[StoreId, CampaignId], Campaign] = field(default_factory=dict)
    scenarios: dict[tuple[StoreId, str], ScenarioSettings] = field(default_factory=dict)
    triggers: dict[tuple[StoreId, TriggerId], OwnTrigger] = field(default_factory=dict)
    webhooks: dict[tuple[StoreId, WebhookId], Webhook] = field(default_factory=dict)
    hook_deliveries: dict[tuple[StoreId, WebhookId], Deliveries] = field(default_factory=dict)
    runs: dict[tuple[StoreId, RunId], Run] = field(default_factory=dict)
    turns: dict[tuple[StoreId, RunId], int] = field(default_factory=dict)
    told_runs: dict[tuple[StoreId, RunId], int] = field(default_factory=dict)
    untold_stops: dict[tuple[StoreId, RunId], int] = field(default_factory=dict)
    run_shards: dict[tuple[StoreId, RunId], dict[int, ShardProgress]] = field(default_factory=dict)
    run_ledgers: dict[tuple[StoreId, RunId], dict[str, ChunkLedger]] = field(default_factory=dict)
    counters: dict[tuple[StoreId, str], dict[str, tuple[str, Tally]]] = field(default_factory=dict)
    dispatches: dict[tuple[StoreId, VisitorId, str], Dispatch] = field(default_factory=dict)
    jobs: dict[tuple[StoreId, JobId], Job] = field(default_factory=dict)
    schedules: dict[tuple[StoreId, str], OwnSchedule] = field(default_factory=dict)
    audit: list[AuditLine] = field(default_factory=list)
    lately: dict[StoreId, dict[tuple[Instant, str], tuple[Lately, ...]]] = field(default_factory=dict)
    once: dict[tuple[StoreId, str], Once] = field(default_factory=dict)
    calls: dict[tuple[StoreId, str], tuple[Instant, int]] = field(default_factory=dict)
    """By key: when its newest window began, and how often it has called in it."""
    watched: dict[StoreId, Instant] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    lists: dict[tuple[StoreId, ListId], VisitorList] = field(default_factory=dict)
    list_members: dict[tuple[StoreId, ListId], set[VisitorId]] = field(default_factory=dict)
    list_uploads: dict[tuple[StoreId, str, int], tuple[str, ...]] = field(default_factory=dict)
    accepted_at: dict[tuple[StoreId, RunId], Counter[Instant]] = field(default_factory=dict)
    report_rows: dict[tuple[StoreId, RowName], ReportRow] = field(default_factory=dict)
    report_cells: dict[StoreId, Counter[Cell]] = field(default_factory=dict)
    demand_places: dict[tuple[StoreId, str], Place] = field(default_factory=dict)
    notes: dict[tuple[StoreId, int], list[Note]] = field(default_factory=dict)
    kept_bonds: dict[tuple[StoreId, Subject], Bonds] = field(default_factory=dict)
    new_bonds: dict[tuple[StoreId, Subject], Bonds] = field(default_factory=dict)
    named_lists: dict[tuple[StoreId, str], ProductList] = field(default_factory=dict)
    kept_through: dict[StoreId, int] = field(default_factory=dict)
    demand: dict[StoreId, dict[Row, Demand]] = field(default_factory=dict)
    top_lists: dict[tuple[StoreId, str], TopList] = field(default_factory=dict)
    overviews: dict[StoreId, Overview] = field(default_factory=dict)
    roll_ups: dict[StoreId, Instant] = field(default_factory=dict)
    """Until when somebody has leave to roll a store's lists up."""
    coupon_pools: dict[tuple[StoreId, PoolId], CouponPool] = field(default_factory=dict)
    coupon_codes: dict[tuple[StoreId, PoolId], dict[str, StoredCode]] = field(default_factory=dict)
    """By the digest of the code."""
    coupons_held: dict[tuple[StoreId, VisitorId], dict[bytes, Held]] = field(default_factory=dict)
    coupons_last: dict[tuple[StoreId, VisitorId, str], tuple[Instant, bytes]] = field(default_factory=dict)
    """When a visitor was given a scenario's last code, and with which message."""
    erased: dict[tuple[StoreId, VisitorId], Tombstone] = field(default_factory=dict)
    default_shards: int = 1
    lock: threading.RLock = field(default_factory=threading.RLock)

    def shards(self, store: StoreId) -> int:
        """Of the stored store; `default_shards` for one that a test never wrote."""
        known = self.stores.get(store)
        return known.shards if known else self.default_shards


def page_of(
    items: Sequence[T], place: Callable[[T], str], cursor: str | None, limit: int, *, newest_first: bool = False
) -> Page[T]:
    """The items after the cursor in the order of `place`, as a Query answers them."""
    after = cursors.position(cursor)
    ordered = sorted(items, key=place, reverse=newest_first)
    if after is not None:
        ordered = [item for item in ordered if (place(item) < after if newest_first else place(item) > after)]
    taken = tuple(ordered[:limit])
    more = len(ordered) > len(taken)
    return Page(taken, cursors.encode(place(taken[-1])) if more and taken else None)
