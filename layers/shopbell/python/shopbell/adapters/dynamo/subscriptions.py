"""Push subscriptions: found by endpoint, paged by shard and push service, always both in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shopbell.adapters import cursors
from shopbell.adapters.dynamo import keycounts, keys, subscription_items
from shopbell.adapters.dynamo.attributes import Item, keyed, n, s, seconds, text
from shopbell.adapters.dynamo.batches import get_many
from shopbell.adapters.dynamo.database import ABSENT, Dynamo, delete_op, put_op
from shopbell.adapters.dynamo.pages import Where, page, query
from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId, SubscriptionId, visitor_shard
from shopbell.domain.subscriptions import Subscription
from shopbell.ports import Page

TOMBSTONE_TTL: Final[Duration] = 30 * DAY


@dataclass(frozen=True, slots=True)
class DynamoSubscriptions:
    dynamo: Dynamo
    table: str
    shards: Callable[[StoreId], int]

    def put(self, subscription: Subscription, replaces: SubscriptionId | None) -> None:
        for _ in self.dynamo.backoff.attempts():
            ids = {subscription.id, *([replaces] if replaces else [])}
            stored = [self.find(subscription.store, name) for name in sorted(ids)]
            before = {row.id: row for row in stored if row is not None}
            if not self.dynamo.transact(self._replacement(subscription, before)):
                return
        raise Unavailable("the subscription kept changing")

    def get_many(self, store: StoreId, wanted: Sequence[SubscriptionId]) -> Mapping[SubscriptionId, Subscription]:
        rows = get_many(self.dynamo, self.table, (keys.endpoint(store, name) for name in wanted))
        return {row.id: row for row in map(subscription_items.decode, rows)}

    def find(self, store: StoreId, subscription: SubscriptionId) -> Subscription | None:
        row = self.dynamo.get(self.table, keys.endpoint(store, subscription))
        return None if row is None else subscription_items.decode(row)

    def retire(self, subscription: Subscription, at: Instant, reason: str) -> bool:
        for _ in self.dynamo.backoff.attempts():
            stored = self.find(subscription.store, subscription.id)
            if stored is None or subscription_items.address(stored) != subscription_items.address(subscription):
                return False
            operations = [
                delete_op(self.table, _by_endpoint(stored), subscription_items.unchanged(stored)),
                delete_op(self.table, self._place(stored)),
                put_op(self.table, _stone(stored, at, reason)),
                *keycounts.shift(self.table, [stored], []),
            ]
            if not self.dynamo.transact(operations):
                return True
        raise Unavailable("the subscription kept changing")

    def page(self, store: StoreId, shard: int, cursor: str | None, limit: int) -> Page[Subscription]:
        after = cursors.position(cursor)
        partition = keys.subscriptions(store, shard)
        where = Where(partition) if after is None else Where(partition, "above", after)
        rows = query(self.dynamo, self.table, where, limit=limit + 1)
        return page(rows, limit, subscription_items.decode, lambda row: text(row, keys.SK))

    def _replacement(
        self, new: Subscription, before: Mapping[SubscriptionId, Subscription]
    ) -> list[Mapping[str, Any]]:
        """The new rows in, the rows that they replace or that lay elsewhere out, if nothing changed since."""
        own = before.get(new.id)
        head = subscription_items.encode(new, keyed(_by_endpoint(new)))
        row = subscription_items.encode(new, keyed(self._place(new)))
        operations = [
            put_op(self.table, head, subscription_items.unchanged(own) if own else ABSENT),
            put_op(self.table, row),
            *keycounts.shift(self.table, before.values(), [new]),
        ]
        for old in before.values():
            if old.id != new.id:
                operations.append(delete_op(self.table, _by_endpoint(old), subscription_items.unchanged(old)))
                operations.append(put_op(self.table, _stone(old, new.seen_at, "replaced")))
            if self._place(old) != self._place(new):
                operations.append(delete_op(self.table, self._place(old)))
        return operations

    def _place(self, row: Subscription) -> keys.Key:
        shard = visitor_shard(row.store, row.visitor, self.shards(row.store))
        return subscription_items.place(row, shard)


def _by_endpoint(row: Subscription) -> keys.Key:
    return keys.endpoint(row.store, row.id)


def _stone(row: Subscription, at: Instant, reason: str) -> Item:
    return {
        **keyed(keys.tombstone(row.store, row.id)),
        "at": n(at),
        "reason": s(reason),
        keys.TTL: seconds(at + TOMBSTONE_TTL),
    }
