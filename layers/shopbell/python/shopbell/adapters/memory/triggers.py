"""A marketer's own triggers in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.fly import OwnTrigger, TriggerId


@dataclass(frozen=True, slots=True)
class MemoryTriggers:
    world: MemoryWorld

    def get(self, store: StoreId, trigger: TriggerId) -> OwnTrigger | None:
        with self.world.lock:
            return self.world.triggers.get((store, trigger))

    def all(self, store: StoreId) -> Sequence[OwnTrigger]:
        with self.world.lock:
            mine = [row for (owner, _), row in self.world.triggers.items() if owner == store]
        return sorted(mine, key=lambda row: row.id)

    def save(self, row: OwnTrigger, *, expected: int | None) -> bool:
        with self.world.lock:
            stored = self.world.triggers.get((row.store, row.id))
            if (stored.revision if stored else None) != expected:
                return False
            self.world.triggers[row.store, row.id] = row
        return True

    def delete(self, store: StoreId, trigger: TriggerId, *, expected: int) -> bool:
        with self.world.lock:
            stored = self.world.triggers.get((store, trigger))
            if stored is None or stored.revision != expected:
                return False
            del self.world.triggers[store, trigger]
        return True
