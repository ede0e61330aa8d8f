"""Tombstones of who was erased, in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.clock import Instant
from shopbell.domain.erasure import Tombstone
from shopbell.domain.ids import StoreId, VisitorId


@dataclass(frozen=True, slots=True)
class MemoryTombstones:
    world: MemoryWorld

    def lay(self, store: StoreId, visitors: Collection[VisitorId], stone: Tombstone) -> None:
        with self.world.lock:
            for who in visitors:
                self.world.erased.setdefault((store, who), stone)

    def get(self, store: StoreId, visitor: VisitorId) -> Tombstone | None:
        with self.world.lock:
            return self.world.erased.get((store, visitor))

    def among(self, store: StoreId, visitors: Collection[VisitorId]) -> frozenset[VisitorId]:
        with self.world.lock:
            return frozenset(who for who in visitors if (store, who) in self.world.erased)

    def latest(self, store: StoreId) -> Instant | None:
        with self.world.lock:
            return max((stone.at for (owner, _), stone in self.world.erased.items() if owner == store), default=None)

    def drop(self, store: StoreId, items: Sequence[tuple[VisitorId, str]]) -> None:
        with self.world.lock:
            for who, name in items:
                self.world.events.get((store, who), {}).pop(name, None)
