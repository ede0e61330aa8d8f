"""Push subscriptions in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld, page_of
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId, SubscriptionId, visitor_shard
from shopbell.domain.subscriptions import Subscription
from shopbell.ports import Page


@dataclass(frozen=True, slots=True)
class MemorySubscriptions:
    world: MemoryWorld

    def put(self, subscription: Subscription, replaces: SubscriptionId | None) -> None:
        with self.world.lock:
            if replaces is not None:
                self.world.subscriptions.pop((subscription.store, replaces), None)
            self.world.subscriptions[subscription.store, subscription.id] = subscription

    def get_many(self, store: StoreId, wanted: Sequence[SubscriptionId]) -> Mapping[SubscriptionId, Subscription]:
        with self.world.lock:
            found = [self.find(store, name) for name in wanted]
        return {row.id: row for row in found if row is not None}

    def find(self, store: StoreId, subscription: SubscriptionId) -> Subscription | None:
        with self.world.lock:
            return self.world.subscriptions.get((store, subscription))

    def retire(self, subscription: Subscription, at: Instant, reason: str) -> bool:
        key = (subscription.store, subscription.id)
        with self.world.lock:
            stored = self.world.subscriptions.get(key)
            if stored is None or _address(stored) != _address(subscription):
                return False
            del self.world.subscriptions[key]
            self.world.tombstones[key] = (at, reason)
        return True

    def page(self, store: StoreId, shard: int, cursor: str | None, limit: int) -> Page[Subscription]:
        with self.world.lock:
            shards = self.world.shards(store)
            rows = [
                row
                for (owner, _), row in self.world.subscriptions.items()
                if owner == store and visitor_shard(store, row.visitor, shards) == shard
            ]
        return page_of(rows, lambda row: f"{row.service}#{row.visitor}#{row.id}", cursor, limit)


def _address(row: Subscription) -> tuple[str, str]:
    return row.endpoint, row.visitor
