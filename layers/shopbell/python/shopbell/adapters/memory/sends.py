"""What was sent to each visitor, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.sends import EMPTY, SendRecord, clicked, united


@dataclass(frozen=True, slots=True)
class MemorySends:
    world: MemoryWorld

    def of(self, store: StoreId, visitors: Sequence[VisitorId]) -> Mapping[VisitorId, SendRecord]:
        with self.world.lock:
            return {who: self._of(store, who) for who in visitors}

    def save(self, store: StoreId, records: Sequence[tuple[VisitorId, SendRecord]]) -> Sequence[bool]:
        return [self._save(store, who, record) for who, record in records]

    def click(self, store: StoreId, visitor: VisitorId, at: Instant) -> None:
        with self.world.lock:
            owner = self.world.sends_handed_over.get((store, visitor), visitor)
            known = self.world.sends.get((store, owner), EMPTY)
            self.world.sends[store, owner] = clicked(known, at)

    def hand_over(self, store: StoreId, visitor: VisitorId, customer: VisitorId) -> None:
        with self.world.lock:
            self.world.sends_handed_over[store, visitor] = customer
            mine = self.world.sends.pop((store, visitor), EMPTY)
            theirs = self.world.sends.get((store, customer), EMPTY)
            both = united(theirs, mine)
            if both != theirs:
                self.world.sends[store, customer] = replace(both, version=theirs.version + 1)

    def _of(self, store: StoreId, who: VisitorId) -> SendRecord:
        owner = self.world.sends_handed_over.get((store, who))
        known = self.world.sends.get((store, owner or who), EMPTY)
        return known if owner is None else replace(known, owner=owner)

    def _save(self, store: StoreId, who: VisitorId, record: SendRecord) -> bool:
        owner = record.owner or who
        with self.world.lock:
            known = self.world.sends.get((store, owner), EMPTY)
            if (store, owner) in self.world.sends_handed_over or known.version != record.version:
                return False
            kept = replace(record, version=record.version + 1, clicked_at=known.clicked_at, owner=None)
            self.world.sends[store, owner] = kept
        return True
