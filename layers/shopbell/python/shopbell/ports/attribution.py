"""What reports are counted in: numbers by the hour, moved together with the rows of the people they come from."""

from collections.abc import Collection, Iterator, Mapping
from typing import Literal, NamedTuple, Protocol

from shopbell.domain.attribution.cells import Cells
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId, VisitorId

RowKind = Literal["receipts", "orders", "lift", "claim"]
RowName = tuple[VisitorId, RowKind]


class Row(NamedTuple):
    version: int
    """1 when it is first written; each write adds one."""
    body: bytes


class ReportCounts(Protocol):
    def rows(self, store: StoreId, names: Collection[RowName]) -> Mapping[RowName, Row]:
        """Those that are there, strongly consistent."""

    def add(self, store: StoreId, rows: Mapping[RowName, Row], cells: Cells) -> bool:
        """All of it or nothing; at most 32 rows, and cells of at most 30 hours of sources.

        False: a row was not at the version before the given one any more.
        """

    def totals(self, store: StoreId, source_id: str) -> Mapping[str, int]:
        """By the names of cells, over all hours."""

    def hours(
        self, store: StoreId, source_id: str, start: Instant, end: Instant
    ) -> Iterator[tuple[Instant, Mapping[str, int]]]:
        """Hours that began from `start` to before `end`, by when they began; one may come several times, in parts."""
