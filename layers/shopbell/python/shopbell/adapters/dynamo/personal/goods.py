"""What a person was given and what they wait for: coupon codes, and the prices that they saw."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from shopbell.adapters.dynamo import event_items
from shopbell.adapters.dynamo.attributes import Item, maybe_text, s, text
from shopbell.adapters.dynamo.batches import get_many, side_by_side
from shopbell.adapters.dynamo.coupons.pools import DynamoCouponPools
from shopbell.adapters.dynamo.database import Condition, Dynamo
from shopbell.adapters.dynamo.keys import coupons as coupon_keys
from shopbell.adapters.dynamo.keys import goods as goods_keys
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.adapters.dynamo.personal.own import log_of_events
from shopbell.adapters.dynamo.personal.place import Rows, Shown, Tables, key_of, plain
from shopbell.domain.erasure import NOBODY, Person
from shopbell.domain.watchers import SOURCES, Watcher, shelf_of, sightings

_SHARDS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Codes:
    """A code that was given or redeemed stays so, and whose it was is forgotten. All pools are looked through."""

    dynamo: Dynamo
    tables: Tables
    name: str = "codes"

    def held(self, person: Person) -> Iterator[Shown]:
        return map(plain, self._rows(person))

    def let_go(self, person: Person) -> int:
        rows = list(self._rows(person))
        for row in rows:
            mine = [name for name in ("who", "buyer") if maybe_text(row, name) in person.ids]
            blank = [*mine, *(["order"] if maybe_text(row, "buyer") in person.ids else [])]
            names = {f"#{name}": name for name in blank}
            said = ", ".join(f"#{name} = :nobody" for name in blank)
            change = Condition(f"SET {said}", names, {":nobody": s(NOBODY)})
            self.dynamo.update(self.tables.runs, key_of(row), change)
        return len(rows)

    def _rows(self, person: Person) -> Iterator[Item]:
        for pool in DynamoCouponPools(self.dynamo, self.tables.config).all(person.store):
            partitions = [coupon_keys.codes(person.store, pool.id, number) for number in range(coupon_keys.SHARDS)]
            for found in side_by_side(lambda one: self._of(person, one), partitions, _SHARDS_AT_ONCE):
                yield from found

    def _of(self, person: Person, partition: str) -> list[Item]:
        rows = query(self.dynamo, self.tables.runs, Where(partition, "prefix", coupon_keys.CODES))
        return [row for row in rows if {maybe_text(row, "who"), maybe_text(row, "buyer")} & set(person.ids)]


def watch_rows(dynamo: Dynamo, tables: Tables) -> Rows:
    """Led to by what happened: each event that a price was seen in names its product."""

    def find(person: Person) -> Iterator[Item]:
        events = [
            event
            for row in log_of_events(dynamo, tables).find(person)
            for event in event_items.decode(row).events
            if event.type in SOURCES
        ]
        shards = tables.shards(person.store)
        seen = [one for who in person.ids for one in sightings(events, who, None)]
        shelves = (one for each in seen for one in _shelves(each))
        return get_many(dynamo, tables.watch, (goods_keys.watcher(person.store, one, shards) for one in shelves))

    return Rows("watch", dynamo, tables.watch, find, _watched)


def _shelves(seen: Watcher) -> Iterator[Watcher]:
    yield seen
    if seen.shelf != shelf_of(seen.product, None):
        yield Watcher(seen.product, seen.visitor, seen.source, seen.seen_at)


def _watched(row: Item) -> Shown:
    product, visitor, *_ = orjson.loads(text(row, "body"))
    return {**plain(row), "product_id": product, "visitor_id": visitor}
