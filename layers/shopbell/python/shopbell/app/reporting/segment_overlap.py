"""How segments overlap: who is in which of them, by their members' lists, all of them or some shards of each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.batch import SideBySide
from shopbell.domain.errors import NotFound, Rejected
from shopbell.domain.ids import SegmentId, StoreId, VisitorId
from shopbell.domain.segments.definition import Segment
from shopbell.domain.segments.overlap import MOST, Members, parts
from shopbell.ports import Counters, Memberships, Segments, Stores

ROWS: Final = 20_000
"""Members that are read, of all segments together, in whole shards."""
_PAGE: Final = 1_000
_FULLEST: Final = 5


@dataclass(frozen=True, slots=True)
class Overlap:
    """`parts`: of those who were looked at, how many are in exactly which; `share` of all visitors were."""

    segments: Sequence[Segment]
    sizes: Mapping[SegmentId, int]
    parts: Mapping[Members, int]
    share: float

    @property
    def exact(self) -> bool:
        return self.share == 1


@dataclass(frozen=True, slots=True)
class ReadOverlap:
    stores: Stores
    segments: Segments
    counters: Counters
    memberships: Memberships
    side_by_side: SideBySide
    rows: int = ROWS

    def __call__(self, store: StoreId, names: Sequence[SegmentId]) -> Overlap:
        """Of two to five segments. NotFound for one that is not there; Rejected at `segments`."""
        if len({*names}) != len(names) or not 2 <= len(names) <= MOST:  # noqa: PLR2004 - it takes two
            raise Rejected.at("segments", f"must name 2 to {MOST} segments, each once")
        row = self.stores.get(store)
        known = {name: self.segments.get(store, name) for name in names}
        found = [segment for segment in known.values() if segment is not None]
        if row is None or len(found) < len(names):
            raise NotFound(", ".join(name for name, segment in known.items() if segment is None))
        sizes = {name: self.counters.total(store, f"segment:{name}").get("total", 0) for name in names}
        read = min(row.shards, max(1, row.shards * self.rows // max(1, sum(sizes.values()))))

        def counted(shard: int) -> Counter[Members]:
            return parts({name: self._members(store, name, shard) for name in names})

        total: Counter[Members] = Counter()
        for part in self.side_by_side(counted, range(read)):
            total.update(part)
        return Overlap(found, sizes, total, read / row.shards)

    def _members(self, store: StoreId, name: SegmentId, shard: int) -> list[VisitorId]:
        found: list[VisitorId] = []
        cursor: str | None = None
        while True:
            page = self.memberships.page(store, name, shard, cursor, _PAGE)
            found.extend(row.visitor for row in page.items)
            cursor = page.cursor
            if cursor is None:
                return found
            if len(found) > _FULLEST * self.rows:
                raise Rejected.at("segments", f"{name} has more than {_FULLEST * self.rows} members in one shard")
