"""Which calls were made by their names, in memory."""

from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.once import Once


@dataclass(frozen=True, slots=True)
class MemoryOnceCalls:
    world: MemoryWorld

    def begin(self, store: StoreId, name: str, call: Once, now: Instant) -> Once | None:
        with self.world.lock:
            known = self.world.once.get((store, name))
            if known is not None and now < known.until:
                return known
            self.world.once[store, name] = call
        return None

    def end(self, store: StoreId, name: str, call: Once) -> bool:
        with self.world.lock:
            known = self.world.once.get((store, name))
            if known is not None and known.status:
                return False
            self.world.once[store, name] = call
        return True
