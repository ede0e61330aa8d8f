"""Static lists in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld, page_of
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import ListId, StoreId, VisitorId, visitor_shard
from shopbell.domain.lists import VisitorList
from shopbell.ports import Page


@dataclass(frozen=True, slots=True)
class MemoryLists:
    world: MemoryWorld

    def get(self, store: StoreId, name: ListId) -> VisitorList | None:
        with self.world.lock:
            return self.world.lists.get((store, name))

    def all(self, store: StoreId) -> Sequence[VisitorList]:
        with self.world.lock:
            mine = [row for (owner, _), row in self.world.lists.items() if owner == store]
        return sorted(mine, key=lambda row: row.id)

    def save(self, row: VisitorList, *, expected: int | None) -> bool:
        with self.world.lock:
            stored = self.world.lists.get((row.store, row.id))
            if (stored.revision if stored else None) != expected:
                return False
            self.world.lists[row.store, row.id] = row
        return True

    def delete(self, store: StoreId, name: ListId) -> None:
        with self.world.lock:
            self.world.lists.pop((store, name), None)


@dataclass(frozen=True, slots=True)
class MemoryListMembers:
    world: MemoryWorld

    def among(self, store: StoreId, name: ListId, visitors: Sequence[VisitorId]) -> frozenset[VisitorId]:
        with self.world.lock:
            return frozenset(self._on(store, name).intersection(visitors))

    def page(self, store: StoreId, name: ListId, shard: int, cursor: str | None, limit: int) -> Page[VisitorId]:
        with self.world.lock:
            shards = self.world.shards(store)
            mine = [who for who in self._on(store, name) if visitor_shard(store, who, shards) == shard]
        return page_of(mine, lambda who: who, cursor, limit)

    def add(self, store: StoreId, name: ListId, visitors: Sequence[VisitorId]) -> None:
        with self.world.lock:
            self._on(store, name).update(visitors)

    def remove(self, store: StoreId, name: ListId, visitors: Sequence[VisitorId]) -> None:
        with self.world.lock:
            self._on(store, name).difference_update(visitors)

    def count(self, store: StoreId, name: ListId) -> int:
        with self.world.lock:
            return len(self._on(store, name))

    def _on(self, store: StoreId, name: ListId) -> set[VisitorId]:
        return self.world.list_members.setdefault((store, name), set())


@dataclass(frozen=True, slots=True)
class MemoryListUploads:
    world: MemoryWorld

    def keep(self, store: StoreId, upload: str, number: int, lines: Sequence[str]) -> None:
        with self.world.lock:
            self.world.list_uploads[store, upload, number] = tuple(lines)

    def read(self, store: StoreId, upload: str, number: int) -> Sequence[str]:
        with self.world.lock:
            found = self.world.list_uploads.get((store, upload, number))
        if found is None:
            raise NotFound(upload)
        return found

    def drop(self, store: StoreId, upload: str, parts: int) -> None:
        with self.world.lock:
            for number in range(parts):
                self.world.list_uploads.pop((store, upload, number), None)
