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
from shopbell.domain.visits.products import brand_of, categories_of, facts_of, named, price_of

Kind = Literal["view", "long_view", "wishlist", "cart_add", "cart_remove", "purchase"]
AffinityKind = Literal["category", "brand"]

WEIGHTS: Final[Mapping[Kind, int]] = {
    "view": 1,
    "long_view": 2,
    "wishlist": 3,
    "cart_add": 4,
    "cart_remove": -2,
    "purchase": 6,
}
KINDS: Final[tuple[Kind, ...]] = tuple(WEIGHTS)
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
}
_ROW: Final = struct.Struct(">QQBH")
_SIZE: Final = struct.Struct(">H")
Facts = tuple[str, int | None, str | None, tuple[str, ...]]
"""Product id, price in minor units, brand and categories, all of that moment."""


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

    @property
    def facts(self) -> Facts:
        return self.product, self.price, self.brand, self.categories

    @property
    def size(self) -> int:
        """Bytes that it takes at most."""
        return _ROW.size + len(_spelled(self.facts)) + 1


def fold_interactions(state: bytes, events: Iterable[Event]) -> bytes:
    """The state with these events: commutative and idempotent, byte for byte; the same object if nothing changed.

    The newest 200 by instant stay, 32 KB at the most: what 200 newer ones pushed out, they would push out again.
    """
    fresh = {one for event in events for one in interactions_in(event)}
    return _cut(fresh.union(interactions_of(state)), state) if fresh else state


def join_interactions(one: bytes, other: bytes) -> bytes:
    """The newest of both."""
    return _cut({*interactions_of(one), *interactions_of(other)}, one)


def interactions_in(event: Event) -> Iterator[Interaction]:
    """One for each product that the event deals with; none if it deals with none, or says it oddly."""
    kind = _EVENTS.get(event.type)
    if kind is None:
        return
    if kind == "view" and _long(event.properties.get("seconds")):
        kind = "long_view"
    digest = int.from_bytes(element_hash(event.element_id), "big")
    for product, line in named(event):
        facts = facts_of(event, product)
        price, brand, categories = price_of(line, facts), brand_of(facts), categories_of(facts)
        yield Interaction(max(event.at, 0), digest, kind, product, price, brand, categories)


@lru_cache(maxsize=1_024)
def interactions_of(state: bytes) -> tuple[Interaction, ...]:
    """Oldest first."""
    if not state:
        return ()
    (count,) = _SIZE.unpack_from(state)
    rows = state[_SIZE.size : _SIZE.size + count * _ROW.size]
    table = [
        (ProductId(p), price, brand, tuple(tree)) for p, price, brand, tree in json.loads(state[2 + len(rows) :])
    ]
    return tuple(
        Interaction(at, digest, KINDS[kind], *table[place]) for at, digest, kind, place in _ROW.iter_unpack(rows)
    )


@lru_cache(maxsize=2_048)
def affinities(state: bytes, kind: AffinityKind, half_life: Duration = HALF_LIFE) -> Mapping[str, float]:
    """Each category path or brand with its share (all together 1), the greatest first, equals by name.

    The weight of an interaction halves with each half-life; as all do alike, time alone never changes a share
    (ruling 5). What more was taken out of the cart than dealt with is left out. Of several reports of one event
    the newest stands.
    """
    found = interactions_of(state)
    standing = {(one.event, one.product): one for one in found}
    sums: dict[str, float] = {}
    for one in standing.values():
        weight = WEIGHTS[one.kind] * 0.5 ** ((found[-1].at - one.at) / half_life)
        for name in one.categories if kind == "category" else (one.brand,):
            if name:
                sums[name] = sums.get(name, 0.0) + weight
    liked = sorted(((score, name) for name, score in sums.items() if score > 0), key=lambda row: (-row[0], row[1]))
    total = sum(score for score, _ in liked)
    return {name: score / total for score, name in liked}


def favourites(state: bytes, kind: AffinityKind, top: int, half_life: Duration = HALF_LIFE) -> tuple[str, ...]:
    """The `top` that the visitor cares for most, the first one most."""
    return tuple(affinities(state, kind, half_life))[:top]


def _long(seconds: Json) -> bool:
    return isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds >= LONG_VIEW


def _order(one: Interaction) -> tuple[Instant, int, int, str]:
    return one.at, one.event, KINDS.index(one.kind), _spelled(one.facts)


def _spelled(facts: Facts) -> str:
    return json.dumps(facts, separators=(",", ":"))


def _cut(found: set[Interaction], before: bytes) -> bytes:
    kept = sorted(found, key=_order)[-MAX_INTERACTIONS:]
    room = MAX_BYTES
    for place in range(len(kept) - 1, -1, -1):
        room -= kept[place].size
        if room < 0:
            kept = kept[place + 1 :]
            break
    state = _packed(kept)
    return before if state == before else state


def _packed(kept: Sequence[Interaction]) -> bytes:
    if not kept:
        return b""
    table = sorted({_spelled(one.facts) for one in kept})
    places = {facts: place for place, facts in enumerate(table)}
    rows = (_ROW.pack(one.at, one.event, KINDS.index(one.kind), places[_spelled(one.facts)]) for one in kept)
    return b"".join((_SIZE.pack(len(kept)), *rows, f"[{','.join(table)}]".encode()))
