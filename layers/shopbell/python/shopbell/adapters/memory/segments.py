"""Segments, their versions and the live rules, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.segments.definition import Segment, StoredRules
from shopbell.domain.segments.features import next_rules


@dataclass(frozen=True, slots=True)
class MemorySegments:
    world: MemoryWorld

    def get(self, store: StoreId, segment: SegmentId) -> Segment | None:
        with self.world.lock:
            return self.world.segments.get((store, segment))

    def all(self, store: StoreId) -> Sequence[Segment]:
        with self.world.lock:
            mine = [row for (owner, _), row in self.world.segments.items() if owner == store]
        return sorted(mine, key=lambda row: row.id)

    def save(self, segment: Segment, *, expected: int | None) -> bool:
        key = (segment.store, segment.id)
        with self.world.lock:
            stored = self.world.segments.get(key)
            if (stored.revision if stored else None) != expected:
                return False
            others = [known for known in self.all(segment.store) if known.id != segment.id]
            rules = next_rules(self.rules(segment.store), [*others, segment])
            self.world.segments[key] = segment
            self.world.segment_versions.setdefault((*key, segment.version), segment)
            self.world.rules[segment.store] = rules
        return True

    def rules(self, store: StoreId) -> StoredRules:
        with self.world.lock:
            return self.world.rules.get(store) or StoredRules(store)

    def rules_version(self, store: StoreId) -> int:
        return self.rules(store).version
