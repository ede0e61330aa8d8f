"""Stores and their keys."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import orjson

from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import keyed, maybe_number, maybe_text, n, s, text
from shopbell.adapters.dynamo.database import ABSENT, PRESENT, Condition, Dynamo
from shopbell.adapters.dynamo.keys import nightly
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.clock import MINUTE, Duration, Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.store import Key, Store

_NOTE_EVERY: Final[Duration] = MINUTE


@dataclass(frozen=True, slots=True)
class DynamoStores:
    dynamo: Dynamo
    table: str
    _noted: dict[str, Instant] = field(default_factory=dict)
    """When this process last noted the use of a key, by its digest."""

    def get(self, store: StoreId) -> Store | None:
        row = self.dynamo.get(self.table, keys.store(store))
        if row is None:
            return None
        day = orjson.loads(maybe_text(row, "day") or "null")
        return replace(documents.store(text(row, "body")), day=None if day is None else tuple(day))

    def save(self, store: Store, *, create: bool = False) -> bool:
        row = {
            **keyed(keys.store(store.id)),
            **keyed(nightly.listed(store.id)),
            "body": s(documents.dump(replace(store, day=None)).decode()),
            "day": s(orjson.dumps(store.day).decode()),  # by itself, since the night writes it beside the settings
        }
        return self.dynamo.put(self.table, row, ABSENT if create else PRESENT)

    def key(self, store: StoreId, digest: str) -> Key | None:
        row = self.dynamo.get(self.table, keys.key(store, digest))
        return None if row is None else documents.key(text(row, "body"))

    def save_key(self, key: Key) -> None:
        change = Condition("SET #body = :body", {"#body": "body"}, {":body": s(documents.dump(key).decode())})
        self.dynamo.update(self.table, keys.key(key.store, key.digest), change, None)

    def keys(self, store: StoreId) -> Sequence[tuple[Key, Instant | None]]:
        rows = query(self.dynamo, self.table, Where(keys.store(store)[keys.PK], "prefix", keys.KEYS))
        found = [(documents.key(text(row, "body")), maybe_number(row, "last_used")) for row in rows]
        return sorted(found, key=lambda row: (row[0].created_at, row[0].digest))

    def used(self, key: Key, at: Instant) -> None:
        if at - self._noted.get(key.digest, -_NOTE_EVERY) < _NOTE_EVERY:
            return
        self._noted[key.digest] = at
        change = Condition("SET #used = :used", {"#used": "last_used"}, {":used": n(at)})
        self.dynamo.update(self.table, keys.key(key.store, key.digest), change)
