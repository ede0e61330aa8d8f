"""The newest product interactions, from which favourites are computed when read: nothing decayed is ever stored."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import ProductId, element_hash
from shopbell.domain.visits.notes import NONE, Looked, Total, noted
from shopbell.domain.visits.products import (
    brand_of,
    categories_of,
    currency_of,
    facts_of,
    named,
    price_of,
    quantity_of,
)
from shopbell.domain.visits.rows import KIND, Row, cut, notes_of, rows_of

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
MAX_PIECES: Final = 255
"""That are told of one product of an order."""
HALF_LIFE: Final[Duration] = 90 * DAY
_EVENTS: Final[Mapping[str, Kind]] = {
    "product_view": "view",
    "wishlist_add": "wishlist",
    "cart_add": "cart_add",
    "cart_remove": "cart_remove",
    "purchase": "purchase",
    "refund": "refund",
    "push_clicked": "push_click",
}
Facts = tuple[ProductId, int | None, str | None, tuple[str, ...]]
"""Product id, price in minor units of its own currency (None: seen in another), brand and categories, all of then."""


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
    quantity: int = 1
    """Of a purchase, at most MAX_PIECES."""


def fold_interactions(state: bytes, events: Iterable[Event]) -> bytes:
    """The state with these events: commutative and idempotent, byte for byte; the same object if nothing changed.

    The newest 200 by instant stay, 32 KB at the most: what 200 newer ones pushed out, they would push out again.
    Of the categories that were looked at the newest are noted beside them, and what each order cost.
    """
    arrived = tuple(events)
    fresh, notes = {_row(one) for event in arrived for one in interactions_in(event)}, noted(arrived)
    if not fresh and notes is NONE:
        return state
    return cut(fresh.union(rows_of(state)), notes | notes_of(state), state)


def join_interactions(one: bytes, other: bytes) -> bytes:
    """The newest of both."""
    return cut({*rows_of(one), *rows_of(other)}, notes_of(one) | notes_of(other), one) if other else one


def interactions_in(event: Event) -> Iterator[Interaction]:
    """One for each product that the event deals with; none if it deals with none, or says it oddly.

    A refund says which products only where it names its items.
    """
    kind = _EVENTS.get(event.type)
    if kind is None:
        return
    if kind == "view" and _long(event.properties.get("seconds")):
        kind = "long_view"
    digest, pieces = int.from_bytes(element_hash(event.element_id), "big"), _pieces(event, kind)
    for product, line in named(event):
        facts = facts_of(event, product)
        foreign = facts.currency is not None and currency_of(event, line, facts) != facts.currency
        price = None if foreign else price_of(line, facts)
        brand, categories = brand_of(facts), categories_of(facts)
        seconds = _seconds(event) if kind == "view" else None
        many = pieces.get(product, 1)
        yield Interaction(max(event.at, 0), digest, kind, product, price, brand, categories, seconds, many)


@lru_cache(maxsize=1_024)
def interactions_of(state: bytes) -> tuple[Interaction, ...]:
    """Oldest first."""
    return tuple(_interaction(*row) for row in rows_of(state))


def looked_at(state: bytes) -> Sequence[Looked]:
    """Categories whose pages were looked at, the newest 16, oldest first."""
    return notes_of(state).looked


@lru_cache(maxsize=2_048)
def affinities(state: bytes, kind: AffinityKind, half_life: Duration = HALF_LIFE) -> Mapping[str, float]:
    """Each category path or brand with its share (all together 1), the greatest first, equals by name.

    The weight of an interaction halves with each half-life; as all do alike, time alone never changes a share
    (ruling 5). What more was taken out of the cart than dealt with is left out. Of several reports of one event
    the newest stands.
    """
    found = rows_of(state)
    standing = {(event, _facts(facts)[0]): (at, number, facts) for at, event, number, facts in found}
    sums: dict[str, float] = {}
    for at, number, facts in standing.values():
        weight = WEIGHTS[KINDS[number & KIND]] * 0.5 ** ((found[-1][0] - at) / half_life)
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


def order_total(state: bytes, order: int) -> Total | None:
    """What an order cost, by the newest report of those that say it; `order`: its hash."""
    found = [(report, total) for report, total in notes_of(state).totals.items() if report[1] == order]
    return max(found)[1] if found else None


def _interaction(at: Instant, event: int, number: int, facts: bytes) -> Interaction:
    kind, told = KINDS[number & KIND], number >> 4
    if kind == "purchase":
        return Interaction(at, event, kind, *_facts(facts), quantity=max(told, 1))
    return Interaction(at, event, kind, *_facts(facts), seconds=told - 1 if told else None)


def _pieces(event: Event, kind: Kind) -> Mapping[ProductId, int]:
    """Of a purchase, all its lines of a product together."""
    found: Counter[ProductId] = Counter()
    if kind == "purchase":
        for product, line in named(event):
            found[product] += quantity_of(line) or 1
    return {product: min(many, MAX_PIECES) for product, many in found.items()}


def _seconds(event: Event) -> int | None:
    told = event.properties.get("seconds")
    return int(told) if isinstance(told, int | float) and not isinstance(told, bool) and told >= 0 else None


def _long(seconds: Json) -> bool:
    return isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds >= LONG_VIEW


def _row(one: Interaction) -> Row:
    facts = [one.product, one.price, one.brand, one.categories]
    told = 0 if one.seconds is None else one.seconds + 1
    if one.quantity > 1:
        told = one.quantity
    return one.at, one.event, KINDS.index(one.kind) | told << 4, json.dumps(facts, separators=(",", ":")).encode()


@lru_cache(maxsize=8_192)
def _facts(spelled: bytes) -> Facts:
    product, price, brand, categories = json.loads(spelled)
    return ProductId(product), price, brand, tuple(categories)
