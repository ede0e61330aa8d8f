"""Products as they are written: each with what it was before, in one transaction that asks what stood there."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from shopbell.adapters import cursors
from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import (
    Item,
    flag,
    keyed,
    maybe_number,
    maybe_text,
    n,
    number,
    s,
    seconds,
    text,
)
from shopbell.adapters.dynamo.batches import get_many, side_by_side
from shopbell.adapters.dynamo.database import ABSENT, Condition, Dynamo, delete_op, put_op
from shopbell.adapters.dynamo.keys import definitions, demand
from shopbell.adapters.dynamo.pages import Where, page, query
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.versions import VERSION_TTL, Change, Shelved, Source, Version
from shopbell.ports import Page

NEWS: Final = "news"
"""Whether the latest change is one that somebody may wait for: the stream's filter reads it."""
_REVISION: Final = "rev"
_UNTIL: Final = "until"
_BEFORE_ANY: Final = "999999999999999"


@dataclass(frozen=True, slots=True)
class DynamoStockroom:
    dynamo: Dynamo
    table: str

    def standing(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Shelved]:
        rows = get_many(self.dynamo, self.table, (keys.product(store, name) for name in products))
        found = map(shelved, rows)
        return {one.product.id: one for one in found}

    def gone(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Version]:
        rows = get_many(self.dynamo, self.table, (definitions.product_gone(store, name) for name in products))
        found = map(_version, rows)
        return {one.shelved.product.id: one for one in found}

    def save(self, store: StoreId, changes: Sequence[Change]) -> Sequence[bool]:
        """Eight at a time."""
        return side_by_side(lambda change: self._save(store, change), changes)

    def versions(self, store: StoreId, product: ProductId, cursor: str | None, limit: int) -> Page[Version]:
        partition = definitions.product_versions(store, product)
        where = Where(partition, "below", cursors.position(cursor) or _BEFORE_ANY)
        rows = query(self.dynamo, self.table, where, limit=limit + 1, newest_first=True)
        return page(rows, limit, _version, lambda row: text(row, keys.SK))

    def _save(self, store: StoreId, change: Change) -> bool:
        if change.before is None:
            return change.after is None or self.dynamo.put(self.table, _row(store, change.after, change), ABSENT)
        before, past = change.before, _past(change.before, change.at)
        version = keyed(definitions.product_version(store, before.product.id, before.revision))
        written = [self._replace(store, change, before), put_op(self.table, {**version, **past})]
        if change.after is None:
            written.append(put_op(self.table, {**keyed(definitions.product_gone(store, before.product.id)), **past}))
        return not self.dynamo.transact(written)

    def _replace(self, store: StoreId, change: Change, before: Shelved) -> Mapping[str, Any]:
        stands = _stands(before)
        if change.after is None:
            return delete_op(self.table, keys.product(store, before.product.id), stands)
        return put_op(self.table, _row(store, change.after, change), stands)


def shelved(row: Item) -> Shelved:
    """What an earlier release wrote has no revision yet."""
    source = cast("Source", maybe_text(row, "source") or "api")
    revision, at = maybe_number(row, _REVISION) or 0, maybe_number(row, "since") or 0
    return Shelved(documents.product(text(row, "body")), revision, at, source, maybe_number(row, "said"))


def change(told: Mapping[str, Any]) -> tuple[StoreId, Change]:
    """A record of the table's stream that is news: whose, and from what to what."""
    store, _, _ = str(told["Keys"][keys.PK]["S"]).partition("#")
    old, new = told.get("OldImage"), told["NewImage"]
    after = shelved(new)
    return StoreId(store), Change(shelved(old) if old else None, after, after.at)


def _version(row: Item) -> Version:
    return Version(shelved(row), number(row, _UNTIL))


def _stands(before: Shelved) -> Condition:
    if before.revision:
        return Condition("#rev = :rev", {"#rev": _REVISION}, {":rev": n(before.revision)})
    return Condition("attribute_exists(#pk) AND attribute_not_exists(#rev)", {"#pk": keys.PK, "#rev": _REVISION})


def _row(store: StoreId, after: Shelved, change: Change) -> Item:
    place = keyed(keys.product(store, after.product.id))
    return {**place, **_listed(store, after.product), **_told(after), NEWS: flag(change.is_news)}


def _told(one: Shelved) -> Item:
    return {
        "body": s(documents.dump(one.product).decode()),
        _REVISION: n(one.revision),
        "since": n(one.at),
        "source": s(one.source),
        **({} if one.said is None else {"said": n(one.said)}),
    }


def _past(before: Shelved, until: Instant) -> Item:
    return {**_told(before), _UNTIL: n(until), keys.TTL: seconds(until + VERSION_TTL)}


def _listed(store: StoreId, product: Product) -> Item:
    """What the index finds it by; nothing for one that never got a date."""
    if product.created_at is None:
        return {}
    shard = zlib.crc32(product.id.encode()) % demand.LISTED_SHARDS
    return keyed(demand.listed(store, shard, product.created_at, product.id))
