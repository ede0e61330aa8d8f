"""Which calls were made by their names: a row each, which DynamoDB forgets after a day."""

from dataclasses import dataclass, fields
from typing import Final

import orjson

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Item, keyed, n, s, seconds, text
from shopbell.adapters.dynamo.database import Condition, Dynamo
from shopbell.adapters.dynamo.keys import limits
from shopbell.domain.clock import Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.once import Once

_ANSWERED: Final = "answered"


@dataclass(frozen=True, slots=True)
class DynamoOnceCalls:
    dynamo: Dynamo
    table: str

    def begin(self, store: StoreId, name: str, call: Once, now: Instant) -> Once | None:
        # DynamoDB forgets in its own time, up to days late
        fresh = Condition(
            "attribute_not_exists(#pk) OR #until <= :now", {"#pk": "pk", "#until": "until"}, {":now": n(now)}
        )
        if self.dynamo.put(self.table, _row(store, name, call), fresh):
            return None
        row = self.dynamo.get(self.table, limits.once(store, name))
        if row is None:
            raise Unavailable("the call was given up meanwhile")
        return _call(row)

    def end(self, store: StoreId, name: str, call: Once) -> bool:
        open_still = Condition("attribute_not_exists(#answered)", {"#answered": _ANSWERED}, {})
        return self.dynamo.put(self.table, _row(store, name, call), open_still)


def _row(store: StoreId, name: str, call: Once) -> Item:
    answered = {_ANSWERED: n(call.status)} if call.status else {}
    return {
        **keyed(limits.once(store, name)),
        **answered,
        "body": s(orjson.dumps(call).decode()),
        "until": n(call.until),
        keys.TTL: seconds(call.until),
    }


def _call(row: Item) -> Once:
    raw, known = orjson.loads(text(row, "body")), {one.name for one in fields(Once)}
    return Once(**{name: value for name, value in raw.items() if name in known})
