"""A marketer's own triggers: a row each beside the scenarios' settings."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbell.adapters.dynamo import documents
from shopbell.adapters.dynamo.attributes import Item, keyed, n, s, text
from shopbell.adapters.dynamo.database import ABSENT, Dynamo, equals
from shopbell.adapters.dynamo.keys import triggers as keys
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.fly import OwnTrigger, TriggerId


@dataclass(frozen=True, slots=True)
class DynamoTriggers:
    dynamo: Dynamo
    table: str

    def get(self, store: StoreId, trigger: TriggerId) -> OwnTrigger | None:
        row = self.dynamo.get(self.table, keys.trigger(store, trigger))
        return None if row is None else _trigger(row)

    def all(self, store: StoreId) -> Sequence[OwnTrigger]:
        return [_trigger(row) for row in query(self.dynamo, self.table, Where(store, "prefix", keys.TRIGGERS))]

    def save(self, row: OwnTrigger, *, expected: int | None) -> bool:
        item = {
            **keyed(keys.trigger(row.store, row.id)),
            "revision": n(row.revision),
            "body": s(documents.dump(row).decode()),
        }
        return self.dynamo.put(self.table, item, ABSENT if expected is None else equals("revision", n(expected)))

    def delete(self, store: StoreId, trigger: TriggerId, *, expected: int) -> bool:
        return self.dynamo.delete(self.table, keys.trigger(store, trigger), equals("revision", n(expected)))


def _trigger(row: Item) -> OwnTrigger:
    return documents.trigger(text(row, "body"))
