"""No scenario walks the visitors of a store: that is for builds and exports alone (ruling 23)."""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from shopbell.adapters.memory.subscriptions import MemorySubscriptions
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.app.ends import Handed
from shopbell.app.nowwork import read_now
from shopbell.app.scenarios.change import ScenarioChange
from shopbell.app.scenarios.plans import Plans
from shopbell.app.work import read_due
from shopbell.domain.clock import DAY, MINUTE
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.scenarios.table import SCENARIOS, SCHEDULED
from shopbell.domain.subscriptions import Subscription
from shopbell.ports import Page

from tests.unit.app.shop import NOON, STORE, Shop

AVAILABLE = [name for name, row in SCENARIOS.items() if row.row is not None]


class WalkedError(AssertionError):
    """Somebody read page after page of everyone."""


@dataclass
class Fence:
    open: bool = False

    def check(self) -> None:
        if not self.open:
            raise WalkedError


@dataclass(frozen=True, slots=True)
class FencedVisitors(MemoryVisitors):
    fence: Fence = field(default_factory=Fence)

    def walk(self, store: StoreId, shard: int, cursor: str | None, limit: int) -> Page[VisitorId]:
        self.fence.check()
        return MemoryVisitors(self.world).walk(store, shard, cursor, limit)


@dataclass(frozen=True, slots=True)
class FencedSubscriptions(MemorySubscriptions):
    fence: Fence = field(default_factory=Fence)

    def page(self, store: StoreId, shard: int, cursor: str | None, limit: int) -> Page[Subscription]:
        self.fence.check()
        return MemorySubscriptions(self.world).page(store, shard, cursor, limit)


@dataclass
class FencedShop(Shop):
    """Whose visitors can be walked while something is built, and at no other time."""

    fence: Fence = field(default_factory=Fence)

    def _ports(self) -> None:
        super()._ports()
        self.visitors = FencedVisitors(self.world, self.fence)
        self.subscriptions = FencedSubscriptions(self.world, self.fence)

    def drain_builds(self) -> None:
        self.fence.open = True
        super().drain_builds()
        self.fence.open = False


def test_the_fence_holds() -> None:
    shop = FencedShop()
    with pytest.raises(WalkedError):
        shop.visitors.walk(STORE, 0, None, 1)
    with pytest.raises(WalkedError):
        shop.subscriptions.page(STORE, 0, None, 1)


def a_day(shop: Shop, day: int) -> None:
    """Everything that falls due on it, hour by hour."""
    for at in range(NOON + day * DAY, NOON + (day + 1) * DAY, 60 * MINUTE):
        shop.clock.now = at
        shop.wake()
        for message in shop.due.take():
            shop.evaluate.wake(read_due(message.body))
        for name in SCHEDULED:
            shop.run_scenario(name, at)
        for chunk in shop.page_all():
            shop.send(chunk, Handed(), shop.left)
        for message in shop.send_now_queue.take():
            shop.send_now(read_now(message.body), Handed(), shop.left)


def test_a_week_of_all_scenarios_walks_nobody() -> None:
    shop = FencedShop(shards=64)
    shop.shelf.put("boots")
    for name in AVAILABLE:
        shop.enable(STORE, name, ScenarioChange(enabled=True))
    shop.drain_builds()
    shop.plans.update(Plans(shop.scenarios, shop.segments, shop.stores, shop.clock)(STORE))
    for number in range(8):
        shop.subscribe(f"v{number}")
        shop.visit(f"v{number}", NOON - number * 8 * DAY)
    shop.fold(shop.event("v1", "signup"))
    for day in range(8):
        a_day(shop, day)
    sent = Counter(run.source_id for run in shop.world.runs.values() if run.given_up is None)
    assert {"new_arrivals", "top_sellers", "push_recommendation", "we_missed_you", "nice_to_meet_you"} <= set(sent)
    assert shop.push.posts
