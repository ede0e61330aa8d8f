"""The trail of changes: one row each, by their instants."""

from dataclasses import dataclass, fields
from itertools import takewhile

import orjson

from shopbell.adapters import cursors
from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Item, keyed, s, seconds, text
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.keys import audit
from shopbell.adapters.dynamo.pages import Where, page, query
from shopbell.domain.audit import KEPT, AuditLine, FieldChange
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId
from shopbell.ports import Page


@dataclass(frozen=True, slots=True)
class DynamoAuditTrail:
    dynamo: Dynamo
    table: str

    def add(self, line: AuditLine) -> None:
        row = {
            **keyed(audit.line(line.store, line.at, line.id)),
            "body": s(orjson.dumps(line).decode()),
            keys.TTL: seconds(line.at + KEPT),
        }
        self.dynamo.put(self.table, row)

    def page(self, store: StoreId, since: Instant, until: Instant, cursor: str | None, limit: int) -> Page[AuditLine]:
        place = cursors.position(cursor)
        below = min(place, audit.moment(until)) if place else audit.moment(until)
        rows = query(
            self.dynamo, self.table, Where(audit.lines(store), "below", below), limit=limit + 1, newest_first=True
        )
        asked = takewhile(lambda row: text(row, keys.SK) >= audit.moment(since), rows)
        return page(asked, limit, _line, lambda row: text(row, keys.SK))


def _line(row: Item) -> AuditLine:
    raw = orjson.loads(text(row, "body"))
    known = {one.name for one in fields(AuditLine)}
    parts = {name: value for name, value in raw.items() if name in known}
    return AuditLine(**{**parts, "changes": tuple(FieldChange(**one) for one in parts["changes"])})
