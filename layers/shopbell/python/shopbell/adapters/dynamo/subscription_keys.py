"""Push subscriptions by the key that they were made with: counted, moved, and brought along from elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.adapters.dynamo import keycounts, keys, subscription_items
from shopbell.adapters.dynamo.attributes import keyed, text
from shopbell.adapters.dynamo.batches import get_many, side_by_side
from shopbell.adapters.dynamo.database import ABSENT, Dynamo, put_op
from shopbell.adapters.dynamo.keys import visitors
from shopbell.domain.clock import Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId, SubscriptionId, VapidKeyId, visitor_shard
from shopbell.domain.subscriptions import Subscription
from shopbell.domain.vapidkeys import KeyUse

AT_ONCE: Final = 4
"""Transactions side by side: a store of one shard has them all under one key, which takes 1,000 units a second."""


@dataclass(frozen=True, slots=True)
class DynamoKeyUses:
    dynamo: Dynamo
    table: str
    shards: Callable[[StoreId], int]

    def of(self, store: StoreId) -> Mapping[VapidKeyId, KeyUse]:
        wanted = (visitors.key_count(store, number) for number in range(visitors.KEY_COUNT_SHARDS))
        return keycounts.total(get_many(self.dynamo, self.table, wanted))

    def move(self, row: Subscription, key: VapidKeyId, refused_at: Instant | None) -> bool:
        for _ in self.dynamo.backoff.attempts():
            found = self.dynamo.get(self.table, keys.endpoint(row.store, row.id))
            stored = None if found is None else subscription_items.decode(found)
            if stored is None or _made_with(stored) != _made_with(row):
                return False
            moved = replace(
                stored,
                vapid_key=key,
                refused_at=refused_at,
                state="active" if refused_at is None else "key_mismatch",
            )
            head = subscription_items.encode(moved, keyed(keys.endpoint(row.store, row.id)))
            listed = subscription_items.encode(moved, keyed(_place(moved, self.shards)))
            operations = [
                put_op(self.table, head, subscription_items.unchanged(stored)),
                put_op(self.table, listed),
                *keycounts.shift(self.table, [stored], [moved]),
            ]
            if not self.dynamo.transact(operations):
                return True
        raise Unavailable("the subscription kept changing")

    def refused(self, store: StoreId, key: VapidKeyId, times: int, at: Instant) -> None:
        place = visitors.key_count(store, at % visitors.KEY_COUNT_SHARDS)
        self.dynamo.update(self.table, place, keycounts.refusals(key, times, at), None)


@dataclass(frozen=True, slots=True)
class DynamoSubscriptionRegister:
    dynamo: Dynamo
    table: str
    shards: Callable[[StoreId], int]

    def standing(
        self, store: StoreId, wanted: Sequence[SubscriptionId]
    ) -> tuple[Mapping[SubscriptionId, Subscription], frozenset[SubscriptionId]]:
        heads = get_many(self.dynamo, self.table, (keys.endpoint(store, name) for name in wanted))
        stones = {keys.tombstone(store, name)[keys.PK]: name for name in wanted}
        ended = get_many(self.dynamo, self.table, (keys.tombstone(store, name) for name in wanted))
        gone = frozenset(stones[text(row, keys.PK)] for row in ended)
        return {row.id: row for row in map(subscription_items.decode, heads)}, gone

    def add(self, rows: Sequence[Subscription]) -> Sequence[bool]:
        """Those that are counted in one place one after the other, since their transactions would conflict."""
        groups: dict[int, list[Subscription]] = {}
        for row in rows:
            groups.setdefault(visitors.key_count_shard(row.id), []).append(row)
        done = side_by_side(lambda group: [self._add(row) for row in group], list(groups.values()), AT_ONCE)
        new = {
            row.id: made
            for group, answers in zip(groups.values(), done, strict=True)
            for row, made in zip(group, answers, strict=True)
        }
        return [new[row.id] for row in rows]

    def _add(self, row: Subscription) -> bool:
        head = subscription_items.encode(row, keyed(keys.endpoint(row.store, row.id)))
        listed = subscription_items.encode(row, keyed(_place(row, self.shards)))
        counted = keycounts.shift(self.table, [], [row])
        operations = [put_op(self.table, head, ABSENT), put_op(self.table, listed), *counted]
        return not self.dynamo.transact(operations)


def _place(row: Subscription, shards: Callable[[StoreId], int]) -> keys.Key:
    return subscription_items.place(row, visitor_shard(row.store, row.visitor, shards(row.store)))


def _made_with(row: Subscription) -> tuple[tuple[str, str], VapidKeyId]:
    return subscription_items.address(row), row.vapid_key
