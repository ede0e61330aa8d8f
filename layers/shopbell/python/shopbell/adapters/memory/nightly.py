"""What the nightly pass keeps, in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.scores.statistics import StoreStatistics
from shopbell.domain.segments.definition import StoredRules


@dataclass(frozen=True, slots=True)
class MemoryStoreList:
    world: MemoryWorld

    def every(self) -> Iterator[StoreId]:
        with self.world.lock:
            return iter(sorted(self.world.stores))


@dataclass(frozen=True, slots=True)
class MemoryStatistics:
    world: MemoryWorld
    _saved: dict[StoreId, StoreStatistics] = field(default_factory=dict)

    def get(self, store: StoreId) -> StoreStatistics | None:
        return self._saved.get(store)

    def save(self, statistics: StoreStatistics) -> bool:
        store, values = statistics.store, dict(statistics.values)
        with self.world.lock:
            self._saved[store] = statistics
            if store in self.world.stores:
                self.world.stores[store] = replace(self.world.stores[store], day=statistics.day)
            rules = self.world.rules.get(store) or StoredRules(store)
            if rules.statistics != values:
                self.world.rules[store] = replace(rules, version=rules.version + 1, statistics=values)
        return True


@dataclass(frozen=True, slots=True)
class MemorySurveys:
    parts: dict[tuple[StoreId, Instant], dict[str, bytes]] = field(default_factory=dict)

    def put(self, store: StoreId, night: Instant, part: str, body: bytes) -> None:
        self.parts.setdefault((store, night), {})[part] = body

    def all(self, store: StoreId, night: Instant) -> Iterator[bytes]:
        saved = self.parts.get((store, night), {})
        return iter([saved[part] for part in sorted(saved)])
