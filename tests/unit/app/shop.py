"""A shop in memory with every use case of the pipeline over it, a clock that stands still, and a push service."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from shopbell.adapters.memory.aliases import MemoryAliases
from shopbell.adapters.memory.clockwork import MemoryCandidates, MemoryDueIndex
from shopbell.adapters.memory.configuration import MemoryCampaigns, MemoryScenarios, MemorySecrets, MemoryStores
from shopbell.adapters.memory.dispatches import MemoryDispatches
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.memberships import MemoryMemberships
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.adapters.memory.runs import MemoryCounters, MemoryRunProgress, MemoryRuns
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.adapters.memory.sends import MemorySends
from shopbell.adapters.memory.subscriptions import MemoryKeyUses, MemorySubscriptions
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.building import Rebuild, StartBuild
from shopbell.app.delivery.audience import PageAudience
from shopbell.app.delivery.dayrun import DayRun
from shopbell.app.delivery.desks import Desks
from shopbell.app.delivery.ended import HasEnded
from shopbell.app.delivery.now import SendNow
from shopbell.app.delivery.plan import Launch, PlanCampaign, run_id
from shopbell.app.delivery.post import Post
from shopbell.app.delivery.posting import Posting
from shopbell.app.delivery.send import Send
from shopbell.app.delivery.slices import Slicer
from shopbell.app.delivery.sorting import Sort
from shopbell.app.delivery.unsent import Unsent
from shopbell.app.ends import Handed
from shopbell.app.evaluate import Evaluate
from shopbell.app.rulebook import Rulebook
from shopbell.app.scenarios.calendar import PlanByCalendar
from shopbell.app.scenarios.defer import Defer
from shopbell.app.scenarios.run import CANDIDATE_SHARDS, RunScenario
from shopbell.app.tallying import Tally
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.receive import TokenKeys
from shopbell.app.tracking.subscribe import subscribed
from shopbell.app.waking import WakeDue
from shopbell.app.work import read_build, read_chunk, read_shard
from shopbell.domain.clock import DAY, Instant, parse_instant
from shopbell.domain.content import Content, Variant
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import EventId, SegmentId, StoreId, SubscriptionId, VapidKeyId, VisitorId, subscription_id
from shopbell.domain.membership import LogLine
from shopbell.domain.push.endpoints import KNOWN_SERVICES, parse_endpoint
from shopbell.domain.runs import Audience, Chunk, DeliveryOptions, Recipient, Run, Terms
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.segments.definition import Segment
from shopbell.domain.store import Store, VapidKey
from shopbell.domain.subscriptions import SERVICES, PushService, Subscription

from tests.unit.app.enabling import enabling
from tests.unit.app.engaged import engaging
from tests.unit.app.giving import giving
from tests.unit.app.pushing import PushWorld, openly, paced
from tests.unit.app.reporting import noting, reporting
from tests.unit.app.shown import Shelf

NOON: Instant = parse_instant("2026-03-02T12:00:00Z")[0]
STORE = StoreId("store00001")
HOSTS: dict[PushService, str] = {
    "fcm": "fcm.googleapis.com/fcm/send",
    "mozilla": "updates.push.services.mozilla.com/wpush/v2",
    "apple": "web.push.apple.com",
}
HELLO = Content("Hello {{ visitor.custom.first_name }}", "News from {{ store.name }}", "/news")


@dataclass
class Clock:
    now: Instant = NOON

    def __call__(self) -> Instant:
        return self.now


@dataclass
class Shop:
    """One store. Queues keep what is put on them until a test takes it."""

    world: MemoryWorld = field(default_factory=MemoryWorld)
    clock: Clock = field(default_factory=Clock)
    push: PushWorld = field(default_factory=PushWorld)
    shards: int = 1
    remaining: int = 60_000
    pauses: list[int] = field(default_factory=list)
    shelf: Shelf = field(default_factory=Shelf)
    plans: dict[str, Plan] = field(default_factory=dict)
    """What the store has on, for steps and priorities."""

    def __post_init__(self) -> None:
        self.world.stores[STORE] = Store(
            id=STORE,
            name="Boot Shop",
            shards=self.shards,
            created_at=NOON,
            contact="mailto:push@shop.example.com",
            origins=("http://127.0.0.1:*", "https://shop.example.com"),
            vapid_keys=(VapidKey(VapidKeyId("k1"), "public", "active", NOON),),
        )
        self.world.secrets[f"{STORE}/message-token"] = json.dumps(
            {"1": base64.b64encode(bytes(32)).decode()}
        ).encode()
        self.due, self.parked, self.audience_queue, self.rebuild_queue, self.chunks, self.send_now_queue = (
            MemoryQueue() for _ in range(6)
        )
        self._ports()
        self._folding()
        self._delivery()

    def _ports(self) -> None:
        world = self.world
        self.stores, self.scenarios = MemoryStores(world), MemoryScenarios(world)
        self.segments = MemorySegments(world)
        self.visitors, self.events, self.aliases = MemoryVisitors(world), MemoryEvents(world), MemoryAliases(world)
        self.memberships = MemoryMemberships(world)
        self.subscriptions, self.candidates = MemorySubscriptions(world), MemoryCandidates(world)
        self.runs, self.progress, self.counters = MemoryRuns(world), MemoryRunProgress(world), MemoryCounters(world)
        self.campaigns = MemoryCampaigns(world)

    def _folding(self) -> None:
        now = self.clock
        rulebook = Rulebook(self.segments, self.stores)
        self.evaluate = Evaluate(
            self.visitors,
            self.events,
            self.aliases,
            rulebook,
            self.due,
            self.parked,
            engaging(self.world, now, self.send_now_queue, lambda _, name: self.plans.get(name)),
            now,
            self.pauses.append,
        )
        self.wake = WakeDue(MemoryDueIndex(self.world), self.due, now)
        self.build = StartBuild(self.stores, self.segments, self.progress, self.rebuild_queue)
        stored = self.stores, self.segments, self.visitors, self.progress
        self.rebuild = Rebuild(*stored, self.rebuild_queue, self.evaluate.touch, now)
        self.enable = enabling(self.world, self.build, now)
        self.report_counts, self.reports = reporting(self.world)
        self.tally = Tally(self.counters, reports=self.reports)

    def _delivery(self) -> None:
        now = self.clock
        self.launch = Launch(self.runs, self.audience_queue)
        self.plan = PlanCampaign(self.stores, self.campaigns, self.segments, self.launch, now)
        calendar = PlanByCalendar(self.segments, self.runs, self.progress, self.launch, now)
        self.run_scenario = RunScenario(self.stores, self.scenarios, self.candidates, calendar, self.launch, now)
        slicer = Slicer(self.visitors, self.memberships, self.subscriptions, self.candidates)
        queues = dict.fromkeys(SERVICES, self.chunks)
        self.sends, self.dispatches = MemorySends(self.world), MemoryDispatches(self.world)
        unsent = Unsent(self.visitors, self.sends)
        paging = (self.runs, self.progress, slicer, self.candidates, self.audience_queue, queues)
        self.page = PageAudience(*paging, now, lambda: 0.5, unsent)
        keys = TokenKeys(self.stores, MemorySecrets(self.world))
        promises, vouchers = giving(self.world, now)
        ended = HasEnded(self.runs, self.progress, now)
        desks = Desks(keys, KNOWN_SERVICES, self.shelf, lambda _: self.plans, now, promises, ended)
        sort = Sort(self.visitors, self.subscriptions, self.sends, vouchers, noting(self.world, now))
        post = Post(*openly(self.push), self.subscriptions, self.events, now, paced(now), MemoryKeyUses(self.world))
        defer = Defer(self.visitors, self.due, now, self.pauses.append)
        ending = (post, defer, self.parked, now, lambda: 0.5, unsent)
        self.send = Send(self.runs, self.progress, self.stores, desks, sort, *ending)
        days = DayRun(self.runs, lambda _: self.plans, now)
        self.send_now = SendNow(self.runs, self.dispatches, self.stores, self.visitors, days, desks, sort, *ending)
        self.posting = Posting(self.send, self.send_now)

    def left(self) -> int:
        """How long the invocation may still run."""
        return self.remaining

    # what visitors do

    def event(
        self, visitor: str, name: str, at: Instant | None = None, properties: dict[str, Json] | None = None
    ) -> EventItem:
        """One event that is stored and not yet folded."""
        happened = self.clock.now if at is None else at
        event = Event(
            EventId(f"{visitor}-{name}-{happened}"),
            name,
            VisitorId(visitor),
            happened,
            self.clock.now,
            properties or {},
        )
        item = EventItem(STORE, VisitorId(visitor), str(happened), 0, (event,))
        self.events.append([item])
        return item

    def visit(self, visitor: str, at: Instant | None = None) -> None:
        """Looked at a page, and that is folded."""
        self.fold(self.event(visitor, "page_view", at, {"url": "https://shop.example.com/"}))

    def fold(self, *items: EventItem) -> None:
        assert self.evaluate(items).failed is None

    def subscribe(self, visitor: str, service: PushService = "fcm", device: str = "a") -> SubscriptionId:
        row = self.register(visitor, service, device)
        self.fold(system_item(STORE, subscribed(row, self.clock.now)))
        return row.id

    def register(self, visitor: str, service: PushService = "fcm", device: str = "a") -> Subscription:
        """The row alone, of which no event tells the fold."""
        endpoint = f"https://{HOSTS[service]}/{visitor}-{device}"
        row = Subscription(
            store=STORE,
            visitor=VisitorId(visitor),
            id=subscription_id(endpoint),
            service=parse_endpoint(endpoint).service,
            endpoint=endpoint,
            p256dh=b"\4" + bytes(64),
            auth=bytes(16),
            vapid_key=VapidKeyId("k1"),
            created_at=self.clock.now,
            seen_at=self.clock.now,
        )
        self.subscriptions.put(row, None)
        return row

    # what people define

    def segment(self, name: str, rule: Json, state: str = "active") -> SegmentId:
        """Live at once; visitors who are there already are built in."""
        row = Segment(
            store=STORE,
            id=SegmentId(name),
            name=name,
            rule=rule,
            state="building",
            version=1,
            revision=1,
            created_at=self.clock.now,
            last_changed_at=self.clock.now,
        )
        assert self.segments.save(row, expected=None)
        self.build(STORE)
        if state == "active":
            self.drain_builds()
        return row.id

    def drain_builds(self) -> None:
        while waiting := self.rebuild_queue.take():
            for message in waiting:
                self.rebuild(read_build(message.body), self.left)

    def run(
        self,
        audience: Audience | None = None,
        content: Content = HELLO,
        terms: Terms | None = None,
        variants: tuple[Variant, ...] = (),
    ) -> Run:
        """A run that is planned and not yet paged."""
        whom = audience or Audience()
        made = Run(
            store=STORE,
            id=run_id(STORE, "campaign", "spring", self.clock.now),
            source="campaign",
            source_id="spring",
            scheduled_at=self.clock.now,
            created_at=self.clock.now,
            ends_at=self.clock.now + DAY,
            shards=CANDIDATE_SHARDS if whom.candidates else self.shards,
            audience=whom,
            content=content,
            delivery=DeliveryOptions(),
            terms=terms or Terms(),
            variants=variants,
        )
        assert self.launch(made)
        return made

    # what the queues carry

    def page_all(self) -> list[Chunk]:
        """Every shard message until there is none, and the chunks that came of it."""
        while waiting := self.audience_queue.take():
            for message in waiting:
                self.page(read_shard(message.body), Handed(), self.left)
        return [read_chunk(message.body) for message in self.chunks.take()]

    def chunk(self, run: Run, *recipients: tuple[str, SubscriptionId], service: PushService = "fcm") -> Chunk:
        people = tuple(Recipient(VisitorId(visitor), sub) for visitor, sub in recipients)
        return Chunk(STORE, run.id, "000-000000-test", service, people)

    def profile(self, visitor: str) -> set[str]:
        """The segments that a visitor is in."""
        return set(self.visitors.load(STORE, VisitorId(visitor)).memberships)

    def log(self, visitor: str) -> Sequence[LogLine]:
        """Newest first."""
        return self.memberships.log_of_visitor(STORE, VisitorId(visitor), None, 1_000).items
