"""Push subscriptions in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shopbell.adapters.memory.world import MemoryWorld, page_of
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId, SubscriptionId, VapidKeyId, visitor_shard
from shopbell.domain.subscriptions import Subscription, SubscriptionState
from shopbell.domain.vapidkeys import UNUSED, KeyUse
from shopbell.ports import Page


@dataclass(frozen=True, slots=True)
class MemorySubscriptions:
    world: MemoryWorld

    def put(self, subscription: Subscription, replaces: SubscriptionId | None) -> None:
        with self.world.lock:
            if replaces is not None:
                old = self.world.subscriptions.pop((subscription.store, replaces), None)
                if old is not None and old.id != subscription.id:
                    self.world.tombstones[old.store, old.id] = (subscription.seen_at, "replaced")
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


@dataclass(frozen=True, slots=True)
class MemoryKeyUses:
    world: MemoryWorld

    def of(self, store: StoreId) -> Mapping[VapidKeyId, KeyUse]:
        with self.world.lock:
            uses: dict[VapidKeyId, KeyUse] = {}
            for (owner, key), (times, at) in self.world.refusals.items():
                if owner == store:
                    uses[key] = KeyUse(refused=times, last_refused_at=at)
            for (owner, _), row in self.world.subscriptions.items():
                if owner == store:
                    use, parked = uses.get(row.vapid_key, UNUSED), row.state == "key_mismatch"
                    uses[row.vapid_key] = replace(use, active=use.active + (not parked), parked=use.parked + parked)
        return uses

    def move(self, row: Subscription, key: VapidKeyId, refused_at: Instant | None) -> bool:
        with self.world.lock:
            stored = self.world.subscriptions.get((row.store, row.id))
            if stored is None or (_address(stored), stored.vapid_key) != (_address(row), row.vapid_key):
                return False
            state: SubscriptionState = "active" if refused_at is None else "key_mismatch"
            moved = replace(stored, vapid_key=key, refused_at=refused_at, state=state)
            self.world.subscriptions[row.store, row.id] = moved
        return True

    def refused(self, store: StoreId, key: VapidKeyId, times: int, at: Instant) -> None:
        with self.world.lock:
            before, latest = self.world.refusals.get((store, key), (0, at))
            self.world.refusals[store, key] = (before + times, max(latest, at))


@dataclass(frozen=True, slots=True)
class MemorySubscriptionRegister:
    world: MemoryWorld

    def standing(
        self, store: StoreId, wanted: Sequence[SubscriptionId]
    ) -> tuple[Mapping[SubscriptionId, Subscription], frozenset[SubscriptionId]]:
        with self.world.lock:
            there = MemorySubscriptions(self.world).get_many(store, wanted)
            return there, frozenset(name for name in wanted if (store, name) in self.world.tombstones)

    def add(self, rows: Sequence[Subscription]) -> Sequence[bool]:
        with self.world.lock:
            new = [(row.store, row.id) not in self.world.subscriptions for row in rows]
            for row, wanted in zip(rows, new, strict=True):
                if wanted:
                    self.world.subscriptions[row.store, row.id] = row
        return new


def _address(row: Subscription) -> tuple[str, str]:
    return row.endpoint, row.visitor
