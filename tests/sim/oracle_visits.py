"""The oracle's own cart, sessions and favourites: every event is kept, and read from the first to the last."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from shopbell.domain.events import Event, Json, ProductFacts
from shopbell.domain.ids import EventId, ProductId, VisitorId

from tests.sim.oracle_fields import Home, lines_of

HALF_HOUR = 1_800_000
UNSEEN = {"subscribed", "unsubscribed", "traits_changed", "identified", "coupon_assigned", "refund", "order_status"}
CART = ("cart_clear", "cart_update", "cart_add", "cart_remove", "purchase")
RESETS = {"cart_clear", "cart_update", "purchase"}
WEIGHTS = {
    "product_view": 1,
    "wishlist_add": 3,
    "cart_add": 4,
    "cart_remove": -2,
    "purchase": 6,
    "refund": -6,
    "push_clicked": 1,
}


@dataclass
class Content:
    """Pieces and last price by product and variant, in the order of the last addition."""

    pieces: dict[tuple[str, Json], int] = field(default_factory=dict)
    prices: dict[tuple[str, Json], Json] = field(default_factory=dict)
    facts: dict[tuple[str, Json], tuple[Sequence[str], str | None]] = field(default_factory=dict)
    foreign: dict[tuple[str, Json], Json] = field(default_factory=dict)
    """The currency in which a price was told."""
    changed: int | None = None

    @property
    def value(self) -> int:
        return self.worth(None)

    def worth(self, currency: str | None) -> int:
        mine = [key for key in self.pieces if currency in {None, self.foreign.get(key) or currency}]
        prices = {key: price if isinstance(price, int) else 0 for key, price in self.prices.items()}
        return sum(self.pieces[key] * prices[key] for key in mine)

    def add(self, key: tuple[str, Json], many: int, price: Json) -> None:
        had = self.pieces.pop(key, 0)
        self.pieces[key] = had + many
        if price is not None or not had:
            self.prices[key] = price

    def remove(self, key: tuple[str, Json], many: int | None) -> None:
        for mine in list(self.pieces)[::-1]:
            if mine[0] != key[0] or (key[1] is not None and mine[1] != key[1]):
                continue
            taken = self.pieces[mine] if many is None else min(many, self.pieces[mine])
            self.pieces[mine] -= taken
            many = None if many is None else many - taken
            if not self.pieces[mine]:
                del self.pieces[mine]


def cart(events: Iterable[Event], until: int | None = None) -> Content:
    """After everything, or everything up to an instant."""
    mine = [event for event in events if event.type in CART and (until is None or event.at <= until)]
    mine = [
        event for event in mine if event.type in {"cart_clear", "cart_update", "purchase"} or _key(event.properties)
    ]
    mine.sort(
        key=lambda event: (event.at, CART.index(event.type), hashlib.sha256(event.element_id.encode()).digest())
    )
    content = Content()
    newest = {event.element_id: event for event in mine}
    for event in mine[_start(mine) :]:
        if newest[event.element_id] is event:
            had = dict(content.pieces)
            _apply(event, content)
            content.changed = content.changed if event.type == "cart_remove" and content.pieces == had else event.at
    return content


def _start(mine: Sequence[Event]) -> int:
    """After the last thing that was done to another cart than the last one named, or at the last reset."""
    named = [event.properties.get("cart_id") for event in mine if event.type != "purchase"]
    current = next((name for name in reversed(named) if name), None)
    start = 0
    for place, event in enumerate(mine):
        name = event.properties.get("cart_id") if event.type != "purchase" else None
        if name and name != current:
            start = place + 1
        elif event.type in RESETS:
            start = place
    return start


def _digest(event: Event) -> bytes:
    """What decides between two of one kind at one instant."""
    return hashlib.sha256(event.element_id.encode()).digest()[:8]


def _key(line: Mapping[str, Json]) -> tuple[str, Json] | None:
    product = line.get("product_id")
    return (product, line.get("variant_id")) if isinstance(product, str) and product else None


def _apply(event: Event, content: Content) -> None:
    if event.type in RESETS:
        content.pieces.clear()
    if event.type in {"cart_clear", "purchase"}:
        return
    for line in lines_of(event):
        key, many = _key(line), line.get("quantity")
        if key is None:
            continue
        if event.type == "cart_remove":
            content.remove(key, many if isinstance(many, int) else None)
            continue
        known = next((facts for name, facts in event.products.items() if name == key[0]), ProductFacts())
        price, was = line.get("price", known.price), content.pieces.get(key, 0)
        content.add(key, many if isinstance(many, int) else 1, price)
        content.facts[key] = (known.categories, known.brand)
        if price is not None or not was:
            content.foreign[key] = line.get("currency")


def session_ends(events: Iterable[Event]) -> list[int]:
    """Half an hour after each thing done in the shop that nothing followed within half an hour."""
    seen = _seen(events)
    ended = [at for at, after in pairwise(seen) if after - at > HALF_HOUR]
    return [at + HALF_HOUR for at in [*ended, *seen[-1:]]]


def session_starts(events: Iterable[Event]) -> list[int]:
    """Each thing done in the shop that followed nothing within half an hour."""
    seen = _seen(events)
    return [*seen[:1], *(after for at, after in pairwise(seen) if after - at > HALF_HOUR)]


def _seen(events: Iterable[Event]) -> list[int]:
    return sorted({event.at for event in events if not event.type.startswith("push_") and event.type not in UNSEEN})


def abandoned(events: Sequence[Event]) -> list[int]:
    return [end for end in session_ends(events) if cart(events, end).pieces]


def derived(events: Sequence[Event], home: Home) -> list[Event]:
    """What nobody sends, as events."""
    ends = [Event(EventId(f"ended{at}"), "session_ended", VisitorId(""), at, at) for at in session_ends(events)]
    starts = [Event(EventId(f"began{at}"), "session_started", VisitorId(""), at, at) for at in session_starts(events)]
    return [*starts, *ends, *(_left_behind(cart(events, at), at, home) for at in abandoned(events))]


def _left_behind(content: Content, at: int, home: Home) -> Event:
    items: list[Json] = [
        {"product_id": key[0], "quantity": many, "price": content.prices[key]} for key, many in content.pieces.items()
    ]
    said: dict[str, Json] = {
        "value": content.worth(home.currency),
        "count": sum(content.pieces.values()),
        "items": items,
    }
    known = {ProductId(key[0]): content.facts[key] for key in content.pieces}
    facts = {name: ProductFacts(tuple(tree), brand) for name, (tree, brand) in known.items()}
    return Event(EventId(f"left{at}"), "cart_abandoned", VisitorId(""), at, at, said, products=facts)


def favourites(events: Sequence[Event], kind: str, now: int, half_life: int) -> list[str]:
    """Greatest first; each report of an event counts once, the newest."""
    newest: dict[tuple[str, Json], tuple[Event, str]] = {}
    for event in sorted(events, key=lambda event: event.at):
        for line in lines_of(event) if event.type in WEIGHTS else ():
            product = line.get("product_id")
            if isinstance(product, str):
                newest[event.element_id, product] = (event, product)
    sums: dict[str, float] = {}
    for event, product in newest.values():
        known = next((facts for name, facts in event.products.items() if name == product), None)
        seconds = event.properties.get("seconds", 0)
        weight = WEIGHTS[event.type] + (event.type == "product_view" and isinstance(seconds, int) and seconds >= 30)
        for name in () if known is None else known.categories if kind == "category" else (known.brand,):
            if name:
                sums[name] = sums.get(name, 0) + weight * 2 ** ((event.at - now) / half_life)
    return sorted((name for name in sums if sums[name] > 0), key=lambda name: (-sums[name], name))
