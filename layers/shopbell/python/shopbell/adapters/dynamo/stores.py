"""Stores and their keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import orjson

from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import Item, keyed, maybe_number, maybe_text, n, s, text
from shopbell.adapters.dynamo.database import ABSENT, Condition, Dynamo
from shopbell.adapters.dynamo.keys import nightly
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.clock import MINUTE, Duration, Instant
from shopbell.domain.errors import NotFound, Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.store import Key, Store
from shopbell.domain.vapidkeys import VapidKeys

_NOTE_EVERY: Final[Duration] = MINUTE
_KEYS: Final = "vapid"


@dataclass(frozen=True, slots=True)
class DynamoStores:
    dynamo: Dynamo
    table: str
    _noted: dict[str, Instant] = field(default_factory=dict)
    """When this process last noted the use of a key, by its digest."""

    def get(self, store: StoreId) -> Store | None:
        row = self.dynamo.get(self.table, keys.store(store))
        return None if row is None else _store(row)

    def save(self, store: Store, *, create: bool = False) -> bool:
        """The keys of a store that is there are changed by `change` alone."""
        body, day = documents.dump(replace(store, day=None)).decode(), orjson.dumps(store.day).decode()
        if create:
            row = {
                **keyed(keys.store(store.id)),
                **keyed(nightly.listed(store.id)),
                "body": s(body),
                "day": s(day),  # by itself, since the night writes it beside the settings
                _KEYS: s(documents.dump(store.vapid_keys).decode()),  # by themselves for the same reason
            }
            return self.dynamo.put(self.table, row, ABSENT)
        names = {"#body": "body", "#day": "day"}
        change = Condition("SET #body = :body, #day = :day", names, {":body": s(body), ":day": s(day)})
        return self.dynamo.update(self.table, keys.store(store.id), change)

    def change(self, store: StoreId, change: Callable[[VapidKeys], VapidKeys]) -> Store:
        for _ in self.dynamo.backoff.attempts():
            row = self.dynamo.get(self.table, keys.store(store))
            if row is None:
                raise NotFound(store)
            known = _store(row)
            changed = replace(known, vapid_keys=change(known.vapid_keys))
            if changed == known or self._keep(changed, row):
                return changed
        raise Unavailable("the store's keys kept changing")

    def _keep(self, changed: Store, before: Item) -> bool:
        """In the settings too, where a release reads them that knows no other place."""
        body, known = documents.dump(replace(changed, day=None)).decode(), maybe_text(before, _KEYS)
        names, values = {"#body": "body", "#keys": _KEYS}, {":body": s(body)}
        values[":keys"] = s(documents.dump(changed.vapid_keys).decode())
        same = "attribute_not_exists(#keys)" if known is None else "#keys = :old"
        held = {":was": before["body"], **({} if known is None else {":old": s(known)})}
        guard = Condition(f"#body = :was AND {same}", names, held)
        written = Condition("SET #body = :body, #keys = :keys", names, values)
        return self.dynamo.update(self.table, keys.store(changed.id), written, guard)

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


def _store(row: Item) -> Store:
    day, known = orjson.loads(maybe_text(row, "day") or "null"), maybe_text(row, _KEYS)
    found = replace(documents.store(text(row, "body")), day=None if day is None else tuple(day))
    return found if known is None else replace(found, vapid_keys=documents.vapid_keys(known))
