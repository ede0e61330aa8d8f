"""Who waits for which product and the timers of its changes, in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.goods import Timer
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.watchers import Watcher


@dataclass(frozen=True, slots=True)
class MemoryWatch:
    world: MemoryWorld

    def note(self, store: StoreId, seen: Sequence[Watcher]) -> None:
        with self.world.lock:
            for one in seen:
                rows = self.world.watch.setdefault((store, one.shelf), {})
                key = (one.product, one.source, one.visitor)
                if key not in rows or rows[key].seen_at < one.seen_at:
                    rows[key] = one

    def of(self, store: StoreId, shelf: str) -> Iterator[Watcher]:
        with self.world.lock:
            return iter(list(self.world.watch.get((store, shelf), {}).values()))


@dataclass(frozen=True, slots=True)
class MemoryTimers:
    world: MemoryWorld

    def get(self, store: StoreId, product: ProductId, scenario: str) -> Timer | None:
        with self.world.lock:
            return self.world.timers.get((store, product, scenario))

    def save(self, timer: Timer) -> bool:
        key = (timer.store, timer.product, timer.scenario)
        with self.world.lock:
            stored = self.world.timers.get(key)
            if (stored.version if stored else 0) != timer.version:
                return False
            self.world.timers[key] = replace(timer, version=timer.version + 1)
        return True
