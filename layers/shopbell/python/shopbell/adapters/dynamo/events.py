"""The event log: immutable items, of which the first copy stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shopbell.adapters.dynamo import event_items, keys
from shopbell.adapters.dynamo.batches import side_by_side
from shopbell.adapters.dynamo.database import ABSENT, Dynamo
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.events import EventItem
from shopbell.domain.ids import StoreId, VisitorId


@dataclass(frozen=True, slots=True)
class DynamoEvents:
    dynamo: Dynamo
    table: str

    def append(self, items: Sequence[EventItem]) -> Sequence[bool]:
        return side_by_side(self._put, items)

    def of(self, store: StoreId, visitor: VisitorId) -> Iterator[EventItem]:
        return map(event_items.decode, query(self.dynamo, self.table, Where(keys.events(store, visitor))))

    def _put(self, item: EventItem) -> bool:
        return self.dynamo.put(self.table, event_items.encode(item), ABSENT)
