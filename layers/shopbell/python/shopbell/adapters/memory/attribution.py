"""Report counts in memory."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.attribution.cells import Cells
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId
from shopbell.ports.attribution import Row, RowName


@dataclass(frozen=True, slots=True)
class MemoryReportCounts:
    world: MemoryWorld

    def rows(self, store: StoreId, names: Collection[RowName]) -> Mapping[RowName, Row]:
        with self.world.lock:
            return {name: self.world.report_rows[store, name] for name in names if (store, name) in self._rows}

    def add(self, store: StoreId, rows: Mapping[RowName, Row], cells: Cells) -> bool:
        with self.world.lock:
            for name, row in rows.items():
                known = self._rows.get((store, name))
                if (0 if known is None else known.version) != row.version - 1:
                    return False
            self._rows.update({(store, name): row for name, row in rows.items()})
            self.world.report_cells.setdefault(store, Counter()).update(cells)
        return True

    def totals(self, store: StoreId, source_id: str) -> Mapping[str, int]:
        total: Counter[str] = Counter()
        with self.world.lock:
            for cell, number in self.world.report_cells.get(store, Counter()).items():
                if cell.source_id == source_id:
                    total[cell.name] += number
        return dict(total)

    def hours(
        self, store: StoreId, source_id: str, start: Instant, end: Instant
    ) -> Iterator[tuple[Instant, Mapping[str, int]]]:
        found: dict[Instant, Counter[str]] = {}
        with self.world.lock:
            for cell, number in self.world.report_cells.get(store, Counter()).items():
                if cell.source_id == source_id and start <= cell.at < end:
                    found.setdefault(cell.at, Counter())[cell.name] += number
        return ((at, dict(found[at])) for at in sorted(found))

    @property
    def _rows(self) -> dict[tuple[StoreId, RowName], Row]:
        return self.world.report_rows
