"""The trail of changes in memory."""

from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld, page_of
from shopbell.domain.audit import AuditLine
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId
from shopbell.ports import Page


@dataclass(frozen=True, slots=True)
class MemoryAuditTrail:
    world: MemoryWorld

    def add(self, line: AuditLine) -> None:
        with self.world.lock:
            self.world.audit.append(line)

    def page(self, store: StoreId, since: Instant, until: Instant, cursor: str | None, limit: int) -> Page[AuditLine]:
        with self.world.lock:
            mine = [line for line in self.world.audit if line.store == store and since <= line.at < until]
        return page_of(mine, lambda line: f"{line.at:015d}#{line.id}", cursor, limit, newest_first=True)
