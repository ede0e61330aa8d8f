"""Earlier versions of segments, and what was changed of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from shopbell.adapters import cursors
from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import Item, text
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.pages import Where, page, query
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.segments.changes import SegmentChange
from shopbell.domain.segments.definition import Segment
from shopbell.ports import Page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DynamoSegmentPast:
    dynamo: Dynamo
    table: str

    def version(self, store: StoreId, segment: SegmentId, number: int) -> Segment | None:
        row = self.dynamo.get(self.table, keys.segment(store, segment, number))
        return None if row is None else documents.segment(text(row, "body"))

    def versions(self, store: StoreId, segment: SegmentId, cursor: str | None, limit: int) -> Page[Segment]:
        return self._page(store, keys.segment_versions(segment), cursor, limit, documents.segment)

    def changes(self, store: StoreId, segment: SegmentId, cursor: str | None, limit: int) -> Page[SegmentChange]:
        return self._page(store, keys.segment_changes(segment), cursor, limit, documents.change)

    def _page(self, store: StoreId, prefix: str, cursor: str | None, limit: int, read: Callable[[str], T]) -> Page[T]:
        after = cursors.position(cursor)
        if after is not None and not after.startswith(prefix):
            raise cursors.rejected()
        start = None if after is None else {keys.PK: store, keys.SK: after}
        where = Where(store, "prefix", prefix)
        rows = query(self.dynamo, self.table, where, start=start, limit=limit + 1, newest_first=True)

        def decode(row: Item) -> T:
            return read(text(row, "body"))

        return page(rows, limit, decode, lambda row: text(row, keys.SK))
