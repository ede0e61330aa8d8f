"""What came in of late: one row for each call, gone after a day."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import keyed, n, number, s, seconds, text
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.keys import lately
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.lately import KEPT, Lately


@dataclass(frozen=True, slots=True)
class DynamoLately:
    dynamo: Dynamo
    table: str

    def watch(self, store: StoreId, until: Instant) -> None:
        row = {**keyed(lately.watched(store)), "until": n(until), keys.TTL: seconds(until)}
        self.dynamo.put(self.table, row)

    def watched_until(self, store: StoreId) -> Instant:
        row = self.dynamo.get(self.table, lately.watched(store))
        return 0 if row is None else number(row, "until")

    def add(self, store: StoreId, name: str, events: Sequence[Lately]) -> None:
        at = events[0].at
        row = {
            **keyed(lately.call(store, at, name)),
            "body": s(orjson.dumps(events).decode()),
            keys.TTL: seconds(at + KEPT),
        }
        self.dynamo.put(self.table, row)

    def newest(self, store: StoreId, limit: int) -> Sequence[Lately]:
        found: list[Lately] = []
        for row in query(self.dynamo, self.table, Where(lately.calls(store)), limit=limit, newest_first=True):
            found += [Lately(**one) for one in orjson.loads(text(row, "body"))]
            if len(found) >= limit:
                break
        return found[:limit]
