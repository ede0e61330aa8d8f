"""The management side of a town: the real authorizer in front of the real routes, over memory."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shopbell.adapters.memory.aliases import MemoryAliases
from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.audit import MemoryAuditTrail
from shopbell.adapters.memory.catalogue import MemoryAssortment, MemoryCatalogue, MemoryStockroom
from shopbell.adapters.memory.configuration import MemoryCampaigns, MemoryScenarios, MemorySecrets, MemoryStores
from shopbell.adapters.memory.coupons import MemoryCouponPools, MemoryCoupons
from shopbell.adapters.memory.demand import MemoryTops
from shopbell.adapters.memory.dispatches import MemoryDispatches
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.jobs import MemoryFiles, MemoryJobs, MemoryUploads
from shopbell.adapters.memory.limits import MemoryCallCounts
from shopbell.adapters.memory.lists import MemoryListMembers, MemoryLists, MemoryListUploads
from shopbell.adapters.memory.memberships import MemoryMemberships
from shopbell.adapters.memory.once import MemoryOnceCalls
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.adapters.memory.runs import MemoryCounters, MemoryRunProgress, MemoryRuns
from shopbell.adapters.memory.schedules import MemoryOwnSchedules
from shopbell.adapters.memory.segments import MemorySegmentPast, MemorySegments
from shopbell.adapters.memory.sends import MemorySends
from shopbell.adapters.memory.stones import MemoryTombstones
from shopbell.adapters.memory.subscriptions import MemoryKeyUses, MemorySubscriptions
from shopbell.adapters.memory.triggers import MemoryTriggers
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.adapters.memory.webhooks import MemoryHookDeliveries, MemoryWebhooks
from shopbell.adapters.webpush.keys import generate, pair_of
from shopbell.domain.clock import MINUTE, Instant
from shopbell.domain.ids import SegmentId, StoreId, SubscriptionId, VapidKeyId, VisitorId
from shopbell.domain.limits import Limit
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Commit, Profile, Trait
from shopbell.domain.subscriptions import SubscriptionFact
from shopbell.runtime.http.api import HttpApi
from shopbell.runtime.http.authorizing import authorized
from shopbell.runtime.http.keyring import Keyring
from shopbell.runtime.http.management_ports import (
    CouponPorts,
    GoodsPorts,
    HookPorts,
    KeyPorts,
    ListPorts,
    MessagePorts,
    Ports,
    QueuePorts,
    WorkPorts,
)
from shopbell.runtime.http.management_uses import management
from shopbell.runtime.http.tracking_operations import OPERATIONS as TRACKED

from tests.functions.http.world import MGMT, NOON, OURS, THEIRS, Answered, Town, context, gateway_event, key_text
from tests.unit.recommend.memory import recommend

VIEWER, MARKETER, THEIR_ADMIN = key_text(OURS, "mgmt", "1"), key_text(OURS, "mgmt", "2"), key_text(THEIRS, "mgmt")
PLENTY = Limit("management", 10_000_000, MINUTE)
"""The clock of most tests stands still."""
BUYERS: dict[str, Any] = {"event": "purchase"}


@dataclass
class Office(Town):
    plan: MemoryQueue = field(default_factory=MemoryQueue)
    rebuild: MemoryQueue = field(default_factory=MemoryQueue)
    send_now: MemoryQueue = field(default_factory=MemoryQueue)
    hooked: MemoryQueue = field(default_factory=MemoryQueue)
    drawn: int = 0
    limit: Limit = PLENTY

    def __post_init__(self) -> None:
        super().__post_init__()
        self.give(OURS, "mgmt", "viewer", "1")
        self.give(OURS, "mgmt", "marketer", "2")
        self.keyring = Keyring(MemoryStores(self.world), self.clock)
        self.managing = management(self.ports())
        self.swap()

    def swap(self) -> None:
        """Take up what `managing` is by now."""
        self.managed_routes = self.managing.routes()
        self.management = HttpApi(self.managed_routes, beside=TRACKED)

    def manage(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = MGMT,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answered:
        """One management call, by default with the key of our store's admin."""
        sent = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
        given = {**({"authorization": f"Bearer {key}"} if key else {}), **(headers or {})}
        found = authorized(gateway_event(method, path, sent, given, query), self.keyring)
        event = gateway_event(method, path, sent, given, query, found.context)
        answer = self.management(event, context(), self.watch)
        return Answered(answer["statusCode"], answer["headers"], answer.get("body") or "")

    def segment(self, **changes: Any) -> str:
        """The id of a new draft."""
        answer = self.manage("POST", "/v1/segments", {"name": "Buyers", "rule": BUYERS, **changes})
        assert answer.status == 201, answer.text
        return str(answer.json["id"])

    def active(self, **changes: Any) -> str:
        """The id of a segment that is active at once, since nobody has been here yet."""
        name = self.segment(**changes)
        assert self.manage("POST", f"/v1/segments/{name}/activate").status == 202
        return name

    def campaign(self, **changes: Any) -> str:
        content = {"title": "Sale", "body": "Today only", "url": "/sale"}
        answer = self.manage("POST", "/v1/campaigns", {"name": "Sale", "content": content, **changes})
        assert answer.status == 201, answer.text
        return str(answer.json["id"])

    def trigger(self, **body: Any) -> str:
        answer = self.manage("POST", "/v1/triggers", body)
        assert answer.status == 201, answer.text
        return str(answer.json["id"])

    def webhook(self, **changes: Any) -> str:
        body = {"url": "https://hooks.shop.example/in", "events": ["segment.entered"], **changes}
        answer = self.manage("POST", "/v1/webhooks", body)
        assert answer.status == 201, answer.text
        return str(answer.json["id"])

    def visit(self, visitor: str, *, store: StoreId = OURS, subscribed: bool = False, **traits: Any) -> None:
        """A visitor as the fold would have left them."""
        who = VisitorId(visitor)
        fact = SubscriptionFact(
            SubscriptionId("a" * 22), active=True, changed_at=NOON, service="mozilla", vapid_key=K1
        )
        self.world.profiles[store, who] = Profile(
            store=store,
            visitor=who,
            version=1,
            traits={name.replace("__", "."): Trait(NOON, "r", value) for name, value in traits.items()},
            subscriptions={fact.id: fact} if subscribed else {},
            first_seen=NOON,
            last_seen=NOON,
        )

    def enter(
        self, segment: str, visitor: str, at: Instant = NOON, store: StoreId = OURS, cause: str = "event:e1"
    ) -> None:
        """A visitor who entered: profile, member and log line, as the fold's transaction writes them."""
        name, visitors = SegmentId(segment), MemoryVisitors(self.world)
        before = visitors.load(store, VisitorId(visitor))
        memberships = {**before.memberships, name: at}
        after = replace(before, version=before.version + 1, memberships=memberships, last_seen=at)
        version = MemorySegments(self.world).rules_version(store)
        after = replace(after, rules_version=version)
        assert visitors.commit(Commit(before, after, flips=(Flip(name, 1, "entered", at, cause, "rule"),)))

    def _goods(self) -> GoodsPorts:
        world = self.world
        return GoodsPorts(
            MemoryCatalogue(world),
            MemoryStockroom(world),
            MemoryAssortment(world),
            recommend(world, self.clock),
            MemoryTops(world),
        )

    def _messages(self) -> MessagePorts:
        sends, ends = MemorySends(self.world), MemoryDispatches(self.world)
        return MessagePorts(MemorySubscriptions(self.world), sends, ends, MemoryReportCounts(self.world))

    def _keys(self) -> KeyPorts:
        stores, uses = MemoryStores(self.world), MemoryKeyUses(self.world)
        return KeyPorts(
            stores,
            MemorySecrets(self.world),
            stores,
            uses,
            new_pair,
            known_pair,
            MemoryAuditTrail(self.world),
            MemoryCallCounts(self.world),
            MemoryOnceCalls(self.world),
            self.limit,
        )

    def _coupons(self) -> CouponPorts:
        held = MemoryCoupons(self.world)
        return CouponPorts(MemoryCouponPools(self.world), held, held)

    def _sending(self) -> dict[str, Any]:
        world = self.world
        counters = MemoryCounters(world)
        return {
            "runs": MemoryRuns(world),
            "progress": MemoryRunProgress(world),
            "counters": counters,
            "missed": counters,
        }

    def _work(self) -> WorkPorts:
        world = self.world
        return WorkPorts(MemoryJobs(world), MemoryFiles(world), MemoryUploads(world), MemoryTombstones(world))

    def _webhooks(self) -> HookPorts:
        rows, went = MemoryWebhooks(self.world), MemoryHookDeliveries(self.world)
        return HookPorts(rows, went, self.hooked, lambda url: "private." not in url, loopback=False)

    def _random(self, length: int) -> bytes:
        self.drawn += 1
        return self.drawn.to_bytes(length, "big")

    def ports(self) -> Ports:
        return Ports(
            stores=MemoryStores(self.world),
            keys=self._keys(),
            segments=MemorySegments(self.world),
            campaigns=MemoryCampaigns(self.world),
            scenarios=MemoryScenarios(self.world),
            schedules=MemoryOwnSchedules(self.world),
            triggers=MemoryTriggers(self.world),
            visitors=MemoryVisitors(self.world),
            events=MemoryEvents(self.world),
            aliases=MemoryAliases(self.world),
            memberships=MemoryMemberships(self.world),
            **self._sending(),
            past=MemorySegmentPast(self.world),
            folding=MemorySegments(self.world),
            work=self._work(),
            listing=ListPorts(MemoryLists(self.world), MemoryListMembers(self.world), MemoryListUploads(self.world)),
            messages=self._messages(),
            goods=self._goods(),
            coupons=CouponPorts(MemoryCouponPools(self.world), MemoryCoupons(self.world), MemoryCoupons(self.world)),
            webhooks=self._webhooks(),
            queues=QueuePorts(self.plan, self.rebuild, self.send_now),
            random=self._random,
            now=self.clock,
        )


def new_pair() -> tuple[bytes, str]:
    pair = generate()
    return pair.private_pem, pair.public_key


def known_pair(private: bytes) -> tuple[bytes, str]:
    pair = pair_of(private)
    return pair.private_pem, pair.public_key


K1 = VapidKeyId("k1")
_PAIR = pair_of(bytes(31) + b"\x07")
BROUGHT: dict[str, Any] = {"public_key": _PAIR.public_key, "private_key": _PAIR.private_pem.decode()}
"""A pair of another provider."""
IMPORT = {"format": "ndjson", "data": "{}", "vapid": BROUGHT}
