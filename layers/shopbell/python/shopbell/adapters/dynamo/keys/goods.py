"""Keys of who waits for a product, and of the timers of its changes."""

from typing import Final

from shopbell.adapters.dynamo.keys.schema import DUE, PK, SK, Key, millis
from shopbell.adapters.dynamo.keys.visitors import due_partition, due_shard
from shopbell.domain.clock import Instant
from shopbell.domain.goods import Timer, timer_name
from shopbell.domain.ids import ProductId, StoreId, VisitorId, visitor_hash
from shopbell.domain.watchers import Watcher

WATCH_SHARDS: Final = 64


def watchers(store: StoreId, shelf: str, number: int) -> str:
    return f"{store}#W#{shelf}#{number:02d}"


def watcher(store: StoreId, seen: Watcher, shards: int) -> Key:
    number = visitor_hash(store, seen.visitor)[7] % min(shards, WATCH_SHARDS)
    return {PK: watchers(store, seen.shelf, number), SK: f"{seen.product}#{seen.source}#{seen.visitor}"}


def timer(store: StoreId, product: ProductId, scenario: str) -> Key:
    return {PK: f"{store}#Q#{product}", SK: scenario}


def timer_due(of: Timer, at: Instant) -> Key:
    """Among the wake-ups of visitors, under a name that no visitor can have."""
    name = timer_name(of.product, of.scenario)
    shard = due_shard(of.store, VisitorId(name))
    return {DUE.partition: due_partition(shard), DUE.sort: f"{millis(at)}#{of.store}#{name}"}
