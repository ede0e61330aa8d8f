"""The newest product interactions, from which favourites are computed when read: nothing decayed is ever stored."""

import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import ProductId, element_hash
from shopbell.domain.visits.products import brand_of, categories_of, currency_of, facts_of, named, price_of

Kind = Literal["view", "long_view", "wishlist", "cart_add", "cart_remove", "purchase", "refund", "push_click"]
AffinityKind = Literal["category", "brand"]

WEIGHTS: Final[Mapping[Kind, int]] = {
    "view": 1,
    "long_view": 2,
    "wishlist": 3,
    "cart_add": 4,
    "cart_remove": -2,
    "purchase": 6,
    "refund": -6,
    "push_click": 1,
}
KINDS: Final[tuple[Kind, ...]] = tuple(WEIGHTS)
"""Stored by their places: none is ever moved."""
LONG_VIEW: Final = 30
"""Seconds from which on a view is a long one."""
MAX_INTERACTIONS: Final = 200
HALF_LIFE: Final[Duration] = 90 * DAY
MAX_BYTES: Final = 32 * 1_024
_EVENTS: Final[Mapping[str, Kind]] = {
    "product_view": "view",
    "wishlist_add": "wishlist",
    "cart_add": "cart_add",
    "cart_remove": "cart_remove",
    "purchase": "purchase",
    "refund": "refund",
    "push_clicked": "push_click",
}
_ROW: Final = struct.Struct(">QQBH")
_SIZE: Final = struct.Struct(">H")
Facts = tuple[ProductId, int | None, str | None, tuple[str, ...]]
"""Product id, price in minor units of its own currency (None: seen in another), brand and categories, all of then."""
Row = tuple[Instant, int, int, bytes]
"""Instant, hash of the event, kind with the length of a view, and the facts as JSON; ordered like that."""
_KIND: Final = 15
"""Bits of the kind; above them one more than the seconds that a view told, 0 for none."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """What was done with a product."""

    at: Instant
    event: int
    """Hash of the event's id, or of the order's."""
    kind: Kind
    product: ProductId
    price: int | None
    brand: str | None
    categories: tuple[str, ...]
    seconds: int | None = None
    """Of a view that is not a long one, if it was told."""


def fold_interactions(state: bytes, events: Iterable[Event]) -> bytes:
    """The state with these events: commutative and idempotent, byte for byte; the same object if nothing changed.

    The newest 200 by instant stay, 32 KB at the most: what 200 newer ones pushed out, they would push out again.
    """
    fresh = {_row(one) for event in events for one in interactions_in(event)}
    return _cut(fresh.union(_rows(state)), state) if fresh else state


def join_interactions(one: bytes, other: bytes) -> bytes:
    """The newest of both."""
    return _cut({*_rows(one), *_rows(other)}, one) if other else one


def interactions_in(event: Event) -> Iterator[Interaction]:
    """One for each product that the event deals with; none if it deals with none, or says it oddly.

    A refund says which products only where it names its items.
    """
    kind = _EVENTS.get(event.type)
    if kind is None:
        return
    if kind == "view" and _long(event.properties.get("seconds")):
        kind = "long_view"
    digest = int.from_bytes(element_hash(event.element_id), "big")
    for product, line in named(event):
        facts = facts_of(event, product)
        foreign = facts.currency is not None and currency_of(event, line, facts) != facts.currency
        price = None if foreign else price_of(line, facts)
        brand, categories = brand_of(facts), categories_of(facts)
        seconds = _seconds(event) if kind == "view" else None
        yield Interaction(max(event.at, 0), digest, kind, product, price, brand, categories, seconds)


@lru_cache(maxsize=1_024)
def interactions_of(state: bytes) -> tuple[Interaction, ...]:
    """Oldest first."""
    return tuple(
        Interaction(
            at, event, KINDS[number & _KIND], *_facts(facts), seconds=(number >> 4) - 1 if number > _KIND else None
        )
        for at, event, number, facts in _rows(state)
    )


@lru_cache(maxsize=2_048)
def affinities(state: bytes, kind: AffinityKind, half_life: Duration = HALF_LIFE) -> Mapping[str, float]:
    """Each category path or brand with its share (all together 1), the greatest first, equals by name.

    The weight of an interaction halves with each half-life; as all do alike, time alone never changes a share
    (ruling 5). What more was taken out of the cart than dealt with is left out. Of several reports of one event
    the newest stands.
    """
    found = _rows(state)
    standing = {(event, _facts(facts)[0]): (at, number, facts) for at, event, number, facts in found}
    sums: dict[str, float] = {}
    for at, number, facts in standing.values():
        weight = WEIGHTS[KINDS[number & _KIND]] * 0.5 ** ((found[-1][0] - at) / half_life)
        _, _, brand, categories = _facts(facts)
        for name in categories if kind == "category" else (brand,):
            if name:
                sums[name] = sums.get(name, 0.0) + weight
    liked = sorted(((score, name) for name, score in sums.items() if score > 0), key=lambda row: (-row[0], row[1]))
    total = sum(score for score, _ in liked)
    return {name: score / total for score, name in liked}


def favourites(state: bytes, kind: AffinityKind, top: int, half_life: Duration = HALF_LIFE) -> tuple[str, ...]:
    """The `top` that the visitor cares for most, the first one most."""
    return tuple(affinities(state, kind, half_life))[:top]


def _seconds(event: Event) -> int | None:
    told = event.properties.get("seconds")
    return int(told) if isinstance(told, int | float) and not isinstance(told, bool) and told >= 0 else None


def _long(seconds: Json) -> bool:
    return isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds >= LONG_VIEW


def _row(one: Interaction) -> Row:
    facts = [one.product, one.price, one.brand, one.categories]
    told = 0 if one.seconds is None else one.seconds + 1
    return one.at, one.event, KINDS.index(one.kind) | told << 4, json.dumps(facts, separators=(",", ":")).encode()


@lru_cache(maxsize=8_192)
def _facts(spelled: bytes) -> Facts:
    product, price, brand, categories = json.loads(spelled)
    return ProductId(product), price, brand, tuple(categories)


def _rows(state: bytes) -> list[Row]:
    if not state:
        return []
    (count,) = _SIZE.unpack_from(state)
    end = _SIZE.size + count * _ROW.size
    table = state[end:].split(b"\n")
    packed = _ROW.iter_unpack(state[_SIZE.size : end])
    return [(at, event, kind | place >> 8 << 4, table[place & 255]) for at, event, kind, place in packed]


def _cut(found: set[Row], before: bytes) -> bytes:
    kept = sorted(found)[-MAX_INTERACTIONS:]
    room = MAX_BYTES
    for place in range(len(kept) - 1, -1, -1):
        room -= _ROW.size + len(kept[place][3]) + 1
        if room < 0:
            kept = kept[place + 1 :]
            break
    state = _packed(kept)
    return before if state == before else state


def _packed(kept: Sequence[Row]) -> bytes:
    """Each product's facts are there once."""
    table = sorted({facts for _, _, _, facts in kept})
    places = {facts: place for place, facts in enumerate(table)}
    rows = [_ROW.pack(at, event, kind & _KIND, places[facts] | kind >> 4 << 8) for at, event, kind, facts in kept]
    return b"".join((_SIZE.pack(len(kept)), *rows, b"\n".join(table)))
