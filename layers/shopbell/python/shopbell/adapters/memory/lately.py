"""What came in of late, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.lately import Lately


@dataclass(frozen=True, slots=True)
class MemoryLately:
    world: MemoryWorld

    def watch(self, store: StoreId, until: Instant) -> None:
        with self.world.lock:
            self.world.watched[store] = until

    def watched_until(self, store: StoreId) -> Instant:
        with self.world.lock:
            return self.world.watched.get(store, 0)

    def add(self, store: StoreId, name: str, events: Sequence[Lately]) -> None:
        with self.world.lock:
            self.world.lately.setdefault(store, {})[events[0].at, name] = tuple(events)

    def newest(self, store: StoreId, limit: int) -> Sequence[Lately]:
        with self.world.lock:
            calls = sorted(self.world.lately.get(store, {}).items(), reverse=True)
        return [one for _, events in calls for one in events][:limit]
