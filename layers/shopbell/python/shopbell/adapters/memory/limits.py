"""How often each key has called, in memory."""

from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId


@dataclass(frozen=True, slots=True)
class MemoryCallCounts:
    """The newest window of each key is all that is kept."""

    world: MemoryWorld

    def count(self, store: StoreId, key: str, window: Instant, until: Instant) -> int:  # noqa: ARG002 - nothing stays
        with self.world.lock:
            known, used = self.world.calls.get((store, key), (window, 0))
            used = used + 1 if known == window else 1
            self.world.calls[store, key] = (window, used)
        return used
