"""Rows of what goes together: of each subject what is kept for good, and what the days since then add."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

import orjson

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Attribute, Item, binary, keyed, text
from shopbell.adapters.dynamo.batches import get_many
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.keys import demand as places
from shopbell.domain.ids import StoreId
from shopbell.domain.recommend.bonds import Bonds, Subject, united

KEPT: Final = "KEPT"
NEW: Final = "NEW"
_DIGITS: Final = 4


def kept_of(dynamo: Dynamo, table: str, store: StoreId, subjects: Collection[Subject]) -> Mapping[Subject, Bonds]:
    found = _read(dynamo, table, store, subjects, (KEPT,))
    return {one: parts[KEPT] for one, parts in found.items()}


def united_of(dynamo: Dynamo, table: str, store: StoreId, subjects: Collection[Subject]) -> Mapping[Subject, Bonds]:
    found = _read(dynamo, table, store, subjects, (KEPT, NEW))
    both = {one: united(parts.get(KEPT), parts.get(NEW)) for one, parts in found.items()}
    return {one: bonds for one, bonds in both.items() if bonds is not None}


def items(store: StoreId, rows: Mapping[Subject, Bonds], part: str, gone: Attribute) -> Iterator[Item]:
    for (relation, name), bonds in rows.items():
        partners = {other: round(often, _DIGITS) for other, often in bonds.partners.items()}
        body = orjson.dumps([bonds.day, bonds.count, partners, bonds.first])
        yield {**keyed(places.bonds(store, relation, name, part)), "body": {"B": body}, keys.TTL: gone}


def _read(
    dynamo: Dynamo, table: str, store: StoreId, subjects: Collection[Subject], parts: tuple[str, ...]
) -> Mapping[Subject, Mapping[str, Bonds]]:
    wanted = {places.bonds(store, *one, KEPT)[keys.PK]: one for one in subjects}
    asked = (places.bonds(store, *one, part) for one in wanted.values() for part in parts)
    found: dict[Subject, dict[str, Bonds]] = {}
    for row in get_many(dynamo, table, asked):
        day, count, partners, first = orjson.loads(binary(row, "body"))
        found.setdefault(wanted[text(row, keys.PK)], {})[text(row, keys.SK)] = Bonds(day, count, partners, first)
    return found
