"""Stores and their keys."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson

from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import Item, keyed, maybe_number, maybe_text, n, s, text
from shopbell.adapters.dynamo.database import ABSENT, Condition, Dynamo, put_op, update_op
from shopbell.adapters.dynamo.keys import nightly
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.clock import MINUTE, Duration, Instant
from shopbell.domain.errors import NotFound, Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.store import Key, Store
from shopbell.domain.vapidkeys import VapidKeys

_NOTE_EVERY: Final[Duration] = MINUTE
_KEYS: Final = "vapid"
_TURN: Final = "key_turn"
"""Of the API keys: counts how often any of them was turned."""


@dataclass(frozen=True, slots=True)
class DynamoStores:
    dynamo: Dynamo
    table: str
    _noted: dict[str, Instant] = field(default_factory=dict)
    """When this process last noted the use of a key, by its digest."""

    def get(self, store: StoreId) -> Store | None:
        row = self.dynamo.get(self.table, keys.store(store))
        return None if row is None else _store(row)

    def save(self, store: Store, *, expected: Store | None) -> bool:
        """A row is compared as it is read, so that one of an earlier release, which lacks fields, is as good."""
        if expected is None:
            row = {
                **keyed(keys.store(store.id)),
                **keyed(nightly.listed(store.id)),
                "body": s(documents.dump(replace(store, day=None)).decode()),
                "day": s(orjson.dumps(store.day).decode()),  # by itself: the night writes it beside the settings
                _KEYS: s(documents.dump(store.vapid_keys).decode()),  # by themselves for the same reason
            }
            return self.dynamo.put(self.table, row, ABSENT)
        before = self.dynamo.get(self.table, keys.store(store.id))
        if before is None or replace(known := _store(before), day=None) != replace(expected, day=None):
            return False
        return self._keep(replace(store, vapid_keys=known.vapid_keys), before)

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

    def add_key(self, key: Key) -> None:
        self.dynamo.put(self.table, _key_row(key), ABSENT)

    def turn(self, store: StoreId) -> int:
        row = self.dynamo.get(self.table, keys.store(store), _TURN)
        return 0 if row is None else maybe_number(row, _TURN) or 0

    def turned(self, store: StoreId, turn: int, changes: Sequence[tuple[Key | None, Key]]) -> bool:
        next_turn = Condition("SET #turn = :next", {"#turn": _TURN}, {":next": n(turn + 1)})
        same = "#turn = :was" if turn else "attribute_exists(#pk) AND attribute_not_exists(#turn)"
        read = Condition(same, {} if turn else {"#pk": keys.PK}, {":was": n(turn)} if turn else {})
        operations = [update_op(self.table, keys.store(store), next_turn, read)]
        for before, after in changes:
            change = put_op(self.table, _key_row(after), ABSENT) if before is None else self._turning(before, after)
            if change is None:
                return False
            operations.append(change)
        return not self.dynamo.transact(operations)

    def _turning(self, before: Key, after: Key) -> Mapping[str, Any] | None:
        """None: it stands otherwise by now. Its last use stays."""
        named = keys.key(after.store, after.digest)
        row = self.dynamo.get(self.table, named, "body")
        if row is None or documents.key(text(row, "body")) != before:
            return None
        change = Condition("SET #body = :body", {"#body": "body"}, {":body": s(documents.dump(after).decode())})
        return update_op(self.table, named, change, Condition("#body = :was", {}, {":was": row["body"]}))

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


def _key_row(key: Key) -> Item:
    return {**keyed(keys.key(key.store, key.digest)), "body": s(documents.dump(key).decode())}


def _store(row: Item) -> Store:
    day, known = orjson.loads(maybe_text(row, "day") or "null"), maybe_text(row, _KEYS)
    found = replace(documents.store(text(row, "body")), day=None if day is None else tuple(day))
    return found if known is None else replace(found, vapid_keys=documents.vapid_keys(known))
