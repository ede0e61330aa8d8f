"""Segments, their versions and the live rules, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld, page_of
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.segments.changes import SegmentChange, change_of
from shopbell.domain.segments.definition import Segment, StoredRules
from shopbell.domain.segments.leaning import check_leaning
from shopbell.domain.segments.refold import noted, refolded
from shopbell.domain.segments.succession import next_rules
from shopbell.ports import Page


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
            check_leaning(stored, segment, others)
            rules = next_rules(self.rules(segment.store), [*others, segment])
            self.world.segments[key] = segment
            self.world.segment_versions.setdefault((*key, segment.version), segment)
            self.world.rules[segment.store] = rules
            change = change_of(stored, segment)
            self.world.segment_changes.setdefault(key, []).extend([change] if change else [])
        return True

    def note_settings(self, store: StoreId, settings: str) -> None:
        with self.world.lock:
            if not self.rules(store).settings:
                self.world.rules[store] = noted(self.rules(store), settings)

    def fold_under(self, store: StoreId, settings: str) -> bool:
        with self.world.lock:
            if self.rules(store).settings == settings:
                return False
            self.world.rules[store] = refolded(self.rules(store), settings)
        return True

    def rules(self, store: StoreId) -> StoredRules:
        with self.world.lock:
            return self.world.rules.get(store) or StoredRules(store)

    def rules_version(self, store: StoreId) -> int:
        return self.rules(store).version


@dataclass(frozen=True, slots=True)
class MemorySegmentPast:
    world: MemoryWorld

    def version(self, store: StoreId, segment: SegmentId, number: int) -> Segment | None:
        with self.world.lock:
            return self.world.segment_versions.get((store, segment, number))

    def versions(self, store: StoreId, segment: SegmentId, cursor: str | None, limit: int) -> Page[Segment]:
        with self.world.lock:
            rows = [row for key, row in self.world.segment_versions.items() if key[:2] == (store, segment)]
        return page_of(rows, lambda row: f"{row.version:010d}", cursor, limit, newest_first=True)

    def changes(self, store: StoreId, segment: SegmentId, cursor: str | None, limit: int) -> Page[SegmentChange]:
        with self.world.lock:
            rows = list(self.world.segment_changes.get((store, segment), ()))
        return page_of(rows, lambda row: f"{row.revision:010d}", cursor, limit, newest_first=True)
