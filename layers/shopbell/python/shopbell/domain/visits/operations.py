"""What was done to a cart, each as one canonical row, and where among them the current cart begins."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

import orjson

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import ProductId, element_hash
from shopbell.domain.visits.products import (
    brand_of,
    categories_of,
    facts_of,
    named,
    price_of,
    quantity_of,
    text_of,
)

KINDS: Final = ("cart_clear", "cart_update", "cart_add", "cart_remove", "purchase")
"""In the order in which they stand where several share an instant: a purchase ends what was added with it."""
CHANGES: Final = frozenset(KINDS)
RESETS: Final = frozenset({"cart_clear", "cart_update", "purchase"})
_BARE: Final = frozenset({"cart_clear", "purchase"})
MAX_ROW: Final = 8_192
"""Bytes of one row; a larger one goes without brands and categories."""
_escaped: Final = json.JSONEncoder(separators=(",", ":")).encode
_DELETE: Final = b"\x7f"
_FIELDS: Final = 6
"""Of an item, before its categories."""


@dataclass(frozen=True, slots=True)
class Item:
    """One product in an operation; money in minor units, of the store's currency where none is written."""

    product: ProductId
    variant: str | None
    quantity: int | None
    price: int | None
    currency: str | None
    brand: str | None
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Operation:
    """Ordered by instant, kind and row. `row` is its canonical form: equal operations have equal rows."""

    at: Instant
    kind: int
    row: bytes
    event: str = field(compare=False)
    """Hash of the event's id: reports of one event share it."""
    cart: str | None = field(compare=False)
    items: tuple[Item, ...] = field(compare=False)

    @property
    def resets(self) -> bool:
        """Whether nothing before it is left in the cart."""
        return KINDS[self.kind] in RESETS


def row_of(event: Event, digest: bytes | None = None) -> bytes | None:
    """What the event does to the cart, as a row; None if nothing, or if it names no product that could be meant.

    `digest`: the hash of its element id, where that is known already.
    """
    if event.type not in CHANGES:
        return None
    items = () if event.type in _BARE else tuple(_items(event))
    if not items and event.type not in RESETS:
        return None
    name = (element_hash(event.element_id) if digest is None else digest).hex()
    row = _row(event, items, name)
    return row if len(row) <= MAX_ROW else _row(event, tuple(_plain(item) for item in items), name)


@lru_cache(maxsize=4_096)
def read(row: bytes) -> Operation:
    """The operation of a row."""
    at, kind, event, cart, items = json.loads(row)
    return Operation(at, kind, row, event, cart, tuple(map(_item, items)))


def begin(operations: Sequence[Operation]) -> int:
    """Place of the newest reset, or of the newest operation on another cart than the current one; else 0.

    It never moves back as operations are added, and what it stands on is enough to find it again: so whatever
    lies before it may be forgotten, and the union of what is left is as good as the union of everything.
    """
    current = None
    for place in range(len(operations) - 1, -1, -1):
        one = operations[place]
        if one.resets or (one.cart and current and one.cart != current):
            return place
        current = current or one.cart
    return 0


def _items(event: Event) -> list[Item]:
    lines = named(event) if event.type == "cart_update" else list(named(event))[:1]
    found: list[Item] = []
    for product, line in lines:
        facts = facts_of(event, product)
        variant, money = text_of(line, "variant_id"), text_of(line, "currency")
        price, brand = price_of(line, facts), brand_of(facts)
        found.append(Item(product, variant, quantity_of(line), price, money, brand, categories_of(facts)))
    return found


def _plain(item: Item) -> Item:
    return replace(item, brand=None, categories=())


def _item(said: Sequence[Any]) -> Item:
    """Read from a row; what is missing at its end was not known."""
    fields = [*said[:_FIELDS], *[None] * (_FIELDS - len(said))]
    product, variant, quantity, price, currency, brand = fields
    return Item(product, variant, quantity, price, currency, brand, tuple(said[_FIELDS:]))


def _said(item: Item) -> list[str | int | None]:
    fields: list[str | int | None] = [
        item.product,
        item.variant,
        item.quantity,
        item.price,
        item.currency,
        item.brand,
        *item.categories,
    ]
    while fields[-1] is None:
        fields.pop()
    return fields


def _row(event: Event, items: Sequence[Item], name: str) -> bytes:
    at, kind = max(event.at, 0), KINDS.index(event.type)
    cart = None if event.type == "purchase" else text_of(event.properties, "cart_id")
    if not items and cart is None:
        return b'[%d,%d,"%b",null,[]]' % (at, kind, name.encode())
    return _spelled([at, kind, name, cart, [*map(_said, items)]])


def _spelled(shape: list[Any]) -> bytes:
    """Canonical: all but printable ASCII escaped. Where nothing is to be escaped, the faster way writes the same."""
    try:
        row = orjson.dumps(shape)
    except TypeError:
        return _escaped(shape).encode()
    return row if row.isascii() and _DELETE not in row else _escaped(shape).encode()
