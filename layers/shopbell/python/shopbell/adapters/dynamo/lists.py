"""Static lists: a row each beside the segments, members sharded like those of segments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from shopbell.adapters import cursors
from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import Item, keyed, n, s, seconds, text
from shopbell.adapters.dynamo.batches import delete_many, get_many, put_many
from shopbell.adapters.dynamo.database import ABSENT, Dynamo, equals
from shopbell.adapters.dynamo.keys import lists as list_keys
from shopbell.adapters.dynamo.pages import Where, count, page, query
from shopbell.domain.clock import Clock
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import ListId, StoreId, VisitorId, visitor_shard
from shopbell.domain.jobs import JOB_TTL
from shopbell.domain.lists import VisitorList
from shopbell.ports import Page


@dataclass(frozen=True, slots=True)
class DynamoLists:
    dynamo: Dynamo
    table: str

    def get(self, store: StoreId, name: ListId) -> VisitorList | None:
        row = self.dynamo.get(self.table, list_keys.visitor_list(store, name))
        return None if row is None else _list(row)

    def all(self, store: StoreId) -> Sequence[VisitorList]:
        return [_list(row) for row in query(self.dynamo, self.table, Where(store, "prefix", list_keys.LISTS))]

    def save(self, row: VisitorList, *, expected: int | None) -> bool:
        item = {
            **keyed(list_keys.visitor_list(row.store, row.id)),
            "revision": n(row.revision),
            "body": s(documents.dump(row).decode()),
        }
        return self.dynamo.put(self.table, item, ABSENT if expected is None else equals("revision", n(expected)))

    def delete(self, store: StoreId, name: ListId) -> None:
        delete_many(self.dynamo, self.table, [list_keys.visitor_list(store, name)])


@dataclass(frozen=True, slots=True)
class DynamoListMembers:
    dynamo: Dynamo
    table: str
    shards: Callable[[StoreId], int]

    def among(self, store: StoreId, name: ListId, visitors: Sequence[VisitorId]) -> frozenset[VisitorId]:
        return frozenset(
            _visitor(row) for row in get_many(self.dynamo, self.table, self._keys(store, name, visitors))
        )

    def page(self, store: StoreId, name: ListId, shard: int, cursor: str | None, limit: int) -> Page[VisitorId]:
        after = cursors.position(cursor)
        partition = list_keys.list_members(store, name, shard)
        where = Where(partition) if after is None else Where(partition, "above", after)
        return page(query(self.dynamo, self.table, where, limit=limit + 1), limit, _visitor, _visitor)

    def add(self, store: StoreId, name: ListId, visitors: Sequence[VisitorId]) -> None:
        put_many(self.dynamo, self.table, [keyed(key) for key in self._keys(store, name, visitors)])

    def remove(self, store: StoreId, name: ListId, visitors: Sequence[VisitorId]) -> None:
        delete_many(self.dynamo, self.table, self._keys(store, name, visitors))

    def count(self, store: StoreId, name: ListId) -> int:
        partitions = (list_keys.list_members(store, name, shard) for shard in range(self.shards(store)))
        return sum(count(self.dynamo, self.table, Where(partition)) for partition in partitions)

    def _keys(self, store: StoreId, name: ListId, visitors: Sequence[VisitorId]) -> list[keys.Key]:
        shards = self.shards(store)
        return [list_keys.list_member(store, name, visitor_shard(store, who, shards), who) for who in visitors]


@dataclass(frozen=True, slots=True)
class DynamoListUploads:
    dynamo: Dynamo
    table: str
    now: Clock

    def keep(self, store: StoreId, upload: str, number: int, lines: Sequence[str]) -> None:
        row = {
            **keyed(list_keys.list_upload(store, upload, number)),
            "body": s(orjson.dumps(list(lines)).decode()),
            keys.TTL: seconds(self.now() + JOB_TTL),
        }
        self.dynamo.put(self.table, row)

    def read(self, store: StoreId, upload: str, number: int) -> Sequence[str]:
        row = self.dynamo.get(self.table, list_keys.list_upload(store, upload, number))
        if row is None:
            raise NotFound(upload)
        found: list[str] = orjson.loads(text(row, "body"))
        return found

    def drop(self, store: StoreId, upload: str, parts: int) -> None:
        delete_many(
            self.dynamo, self.table, (list_keys.list_upload(store, upload, number) for number in range(parts))
        )


def _list(row: Item) -> VisitorList:
    return documents.visitor_list(text(row, "body"))


def _visitor(row: Item) -> VisitorId:
    return VisitorId(text(row, keys.SK))
