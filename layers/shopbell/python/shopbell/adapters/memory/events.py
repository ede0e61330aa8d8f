"""The event log in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.events import EventItem
from shopbell.domain.ids import StoreId, VisitorId


@dataclass(frozen=True, slots=True)
class MemoryEvents:
    world: MemoryWorld

    def append(self, items: Sequence[EventItem]) -> Sequence[bool]:
        with self.world.lock:
            return [self._put(item) for item in items]

    def of(self, store: StoreId, visitor: VisitorId) -> Iterator[EventItem]:
        with self.world.lock:
            log = self.world.events.get((store, visitor), {})
            return iter([log[name] for name in sorted(log)])

    def _put(self, item: EventItem) -> bool:
        log = self.world.events.setdefault((item.store, item.visitor), {})
        new = item.name not in log
        log.setdefault(item.name, item)
        return new
