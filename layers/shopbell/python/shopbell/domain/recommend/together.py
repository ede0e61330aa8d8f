"""What goes together: products of one order, and products looked at within one session.

A trail is what has to be remembered of a visitor to tell it from records that come one by one; a note is what one
record adds. Whatever the order in which the events come, the notes say the same, as long as no limit is passed.
"""

import json
from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import HOUR, Duration, Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import ProductId, element_hash
from shopbell.domain.visits.products import named
from shopbell.domain.visits.sessions import PAUSE

LINES: Final = 60
"""Products of one order beyond which it says nothing: who buys everything chose nothing."""
ORDERS_KEPT: Final = 16
LOOKS: Final = 60
"""Looks that are remembered: the newest, within LOOKS_KEPT of the latest."""
LOOKS_KEPT: Final[Duration] = 2 * HOUR
MAX_NOTED: Final = 8_000
"""Characters of product ids that one record may note, so that a transaction of many stays far below 4 MB."""


@dataclass(frozen=True, slots=True)
class Basket:
    """An order: its products were bought once each, and go together with each other."""

    at: Instant
    products: tuple[ProductId, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """A look around: `fresh` products were not looked at beside any other before; a hub goes with those it links."""

    at: Instant
    fresh: tuple[ProductId, ...]
    links: tuple[tuple[ProductId, tuple[ProductId, ...]], ...]


Note = Basket | Look


@dataclass(frozen=True, slots=True)
class Trail:
    """Of one visitor: the orders that were noted, by a hash, and the latest looks, oldest first."""

    orders: tuple[str, ...] = ()
    looks: tuple[tuple[Instant, ProductId], ...] = ()


NOWHERE: Final = Trail()


def follow(trail: Trail, events: Iterable[Event]) -> tuple[Trail, Sequence[Note]]:
    """The trail with these views and orders, and what they add. An order that is told again adds nothing."""
    notes: list[Note] = []
    looks: list[tuple[Instant, ProductId]] = []
    for event in events:
        if event.type == "product_view":
            looks += [(event.at, product) for product, _ in named(event)]
        elif event.type == "purchase":
            trail, baskets = _ordered(trail, event)
            notes += baskets
    if looks:
        trail, seen = _looked(trail, looks)
        notes += seen
    return trail, _fitting(notes)


def packed(trail: Trail) -> str:
    """Text, empty for who left no trail."""
    return (
        "" if trail == NOWHERE else json.dumps([trail.orders, trail.looks], separators=(",", ":"), ensure_ascii=False)
    )


def unpacked(text: str) -> Trail:
    if not text:
        return NOWHERE
    orders, looks = json.loads(text)
    return Trail(tuple(orders), tuple((at, ProductId(product)) for at, product in looks))


def packed_notes(notes: Iterable[Note]) -> bytes:
    rows: list[object] = []
    for note in notes:
        match note:
            case Basket(at, products):
                rows.append(["b", at, products])
            case Look(at, fresh, links):
                rows.append(["l", at, fresh, links])
    return json.dumps(rows, separators=(",", ":"), ensure_ascii=False).encode()


def unpacked_notes(body: bytes) -> Sequence[Note]:
    return [_note(*row) for row in json.loads(body)]


def _note(
    kind: str, at: Instant, products: list[ProductId], links: Iterable[tuple[ProductId, list[ProductId]]] = ()
) -> Note:
    if kind == "b":
        return Basket(at, tuple(products))
    return Look(at, tuple(products), tuple((hub, tuple(others)) for hub, others in links))


def _ordered(trail: Trail, event: Event) -> tuple[Trail, Sequence[Note]]:
    name = element_hash(event.element_id).hex()
    products = tuple(sorted({product for product, _ in named(event)}))
    if name in trail.orders or not 0 < len(products) <= LINES:
        return trail, ()
    return Trail((*trail.orders, name)[-ORDERS_KEPT:], trail.looks), (Basket(event.at, products),)


def _looked(trail: Trail, looks: Iterable[tuple[Instant, ProductId]]) -> tuple[Trail, Sequence[Note]]:
    """Two looks go together that lie within a session's pause; what went together already is not said again."""
    rows, notes = list(trail.looks), list[Note]()
    for look in sorted({*looks}.difference(rows)):
        newest = max(rows[-1][0], look[0]) if rows else look[0]
        rows = [row for row in rows[-LOOKS:] if row[0] >= newest - LOOKS_KEPT]
        if look[0] >= newest - LOOKS_KEPT:
            notes += _linked(rows, look)
            insort(rows, look)
    return Trail(trail.orders, tuple(rows)), notes


def _linked(rows: Sequence[tuple[Instant, ProductId]], look: tuple[Instant, ProductId]) -> Sequence[Note]:
    at, product = look
    before = _beside(rows, product)
    others = {other for seen, other in rows if other != product and abs(seen - at) <= PAUSE} - before
    if not others:
        return ()
    fresh = [other for other in others if not _beside(rows, other)]
    return (Look(at, tuple(sorted([*fresh, *([] if before else [product])])), ((product, tuple(sorted(others))),)),)


def _beside(rows: Sequence[tuple[Instant, ProductId]], product: ProductId) -> set[ProductId]:
    """What goes together with it already."""
    mine = [at for at, name in rows if name == product]
    return {name for at, name in rows if name != product and any(abs(at - one) <= PAUSE for one in mine)}


def _fitting(notes: Iterable[Note]) -> Sequence[Note]:
    """The first of them, up to MAX_NOTED: no record of anybody's fills a row."""
    kept: list[Note] = []
    room = MAX_NOTED
    for note in notes:
        room -= sum(map(len, _ids(note)))
        if room < 0:
            break
        kept.append(note)
    return kept


def _ids(note: Note) -> Iterable[ProductId]:
    match note:
        case Basket(products=products):
            return products
        case Look(fresh=fresh, links=links):
            return (*fresh, *(product for hub, others in links for product in (hub, *others)))
