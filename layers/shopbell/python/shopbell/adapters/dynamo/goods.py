"""Who waits for which product, and the timers of its changes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

import orjson

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Attribute, Item, keyed, n, number, s, seconds, text
from shopbell.adapters.dynamo.batches import side_by_side
from shopbell.adapters.dynamo.database import ABSENT, Condition, Dynamo, equals
from shopbell.adapters.dynamo.keys import goods as places
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.clock import DAY, Clock, Duration
from shopbell.domain.goods import Timer
from shopbell.domain.ids import ProductId, StoreId, VisitorId
from shopbell.domain.watchers import WATCH_TTL, Watcher, WatchSource

TIMER_KEPT: Final[Duration] = 90 * DAY
"""A stream tells a change for a day at the most: an older one never comes again."""


@dataclass(frozen=True, slots=True)
class DynamoWatch:
    dynamo: Dynamo
    table: str
    shards: Callable[[StoreId], int]

    def note(self, store: StoreId, seen: Sequence[Watcher]) -> None:
        side_by_side(lambda one: self._note(store, one), seen)

    def of(self, store: StoreId, shelf: str) -> Iterator[Watcher]:
        def read(number: int) -> list[Watcher]:
            where = Where(places.watchers(store, shelf, number))
            return [_watcher(row) for row in query(self.dynamo, self.table, where)]

        shards = range(min(self.shards(store), places.WATCH_SHARDS))
        return (one for found in side_by_side(read, shards) for one in found)

    def _note(self, store: StoreId, seen: Watcher) -> None:
        known = [seen.product, seen.visitor, seen.price, seen.currency, seen.in_stock, seen.group, seen.gone]
        body = orjson.dumps(known)
        row = {
            **keyed(places.watcher(store, seen, self.shards(store))),
            "seen_at": n(seen.seen_at),
            "source": s(seen.source),
            "body": s(body.decode()),
            keys.TTL: seconds(seen.seen_at + WATCH_TTL),
        }
        newer = Condition("attribute_not_exists(#at) OR #at < :at", {"#at": "seen_at"}, {":at": n(seen.seen_at)})
        self.dynamo.put(self.table, row, newer)


@dataclass(frozen=True, slots=True)
class DynamoTimers:
    dynamo: Dynamo
    table: str
    now: Clock

    def get(self, store: StoreId, product: ProductId, scenario: str) -> Timer | None:
        row = self.dynamo.get(self.table, places.timer(store, product, scenario))
        return None if row is None else _timer(store, row)

    def save(self, timer: Timer) -> bool:
        guard = equals("version", n(timer.version)) if timer.version else ABSENT
        return self.dynamo.put(self.table, self._row(timer), guard)

    def _row(self, timer: Timer) -> Item:
        due: dict[str, Attribute] = {}
        if timer.due is not None:
            due = keyed(places.timer_due(timer, timer.due))
        body = orjson.dumps(
            {
                "product": timer.product,
                "scenario": timer.scenario,
                "revision": timer.revision,
                "due": timer.due,
                "base": timer.base,
                "news": timer.news,
                "after": timer.after,
                "gone": timer.gone,
            }
        )
        place = keyed(places.timer(timer.store, timer.product, timer.scenario))
        kept = {keys.TTL: seconds(self.now() + TIMER_KEPT)}
        return {**place, **due, "version": n(timer.version + 1), "body": s(body.decode()), **kept}


def _watcher(row: Item) -> Watcher:
    product, visitor, *seen = orjson.loads(text(row, "body"))
    source = cast("WatchSource", text(row, "source"))
    at = number(row, "seen_at")
    return Watcher(ProductId(product), VisitorId(visitor), source, at, *seen)


def _timer(store: StoreId, row: Item) -> Timer:
    raw = orjson.loads(text(row, "body"))
    return Timer(store=store, version=number(row, "version"), **raw)
