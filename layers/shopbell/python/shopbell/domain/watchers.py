"""Who shows interest in which product, and what they saw of it then."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import ProductId, VisitorId
from shopbell.domain.visits.cart import cart_of, fold_cart, operations_of
from shopbell.domain.visits.operations import KINDS
from shopbell.domain.visits.products import currency_of, facts_of, named, price_of

WatchSource = Literal["viewed", "cart", "wishlist", "request", "bought"]
WATCH_TTL: Final[Duration] = 90 * DAY
SOURCES: Final[Mapping[str, WatchSource]] = {
    "product_view": "viewed",
    "cart_add": "cart",
    "cart_update": "cart",
    "wishlist_add": "wishlist",
    "stock_alert": "request",
    "purchase": "bought",
    "cart_remove": "cart",
    "cart_clear": "cart",
    "wishlist_remove": "wishlist",
}
"""Which events say that somebody is interested, is not any more, or has it by now."""
_ENDS: Final = frozenset({"cart_remove", "wishlist_remove"})
_FILLS: Final = frozenset({"cart_add", "cart_update"})
_WHOLE: Final = frozenset({"cart_update", "cart_clear"})
"""What says of the cart all that is in it."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """A visitor who showed interest in a product, and what they saw of it then."""

    product: ProductId
    visitor: VisitorId
    source: WatchSource
    seen_at: Instant
    price: int | None = None
    """Minor units of `currency`; None: not known."""
    currency: str | None = None
    in_stock: bool | None = None
    group: str | None = None
    """Of the variants that the product is one of."""
    gone: bool = False
    """The interest is over."""

    @property
    def shelf(self) -> str:
        """Where it is kept: with those who look at another variant."""
        return shelf_of(self.product, self.group)


def shelf_of(product: ProductId, group: str | None) -> str:
    return product if group is None else f"+{group}"


def sightings(
    events: Sequence[Event], visitor: VisitorId, currency: str | None, cart: bytes = b""
) -> Iterator[Watcher]:
    """Who showed interest in what; not what came late as history. `cart`: the visitor's, before these events.

    Taking one of several pieces out of it ends nothing. What was told late to have been put in, and was not in the
    cart any more when that was told as a whole, is over.
    """
    moved = any(event.type in {"cart_remove", "cart_add"} for event in events)
    folded = fold_cart(cart, events) if moved else b""
    left = {line.product for line in cart_of(folded).lines}
    whole = max((one.at for one in operations_of(folded) if KINDS[one.kind] in _WHOLE), default=0)
    for event in events:
        source = SOURCES.get(event.type)
        if source is None or event.backfill or event.type == "cart_clear":
            continue
        for product, line in named(event):
            facts = facts_of(event, product)
            said = line.get("in_stock")
            in_stock = said if isinstance(said, bool) else facts.in_stock
            unit = currency_of(event, line, facts) or currency
            over = event.type in _ENDS or (event.type == "cart_add" and event.at < whole)
            gone = over and product not in left
            price = price_of(line, facts)
            yield Watcher(product, visitor, source, event.at, price, unit, in_stock, facts.group, gone)


def left_out(events: Sequence[Event], cart: bytes = b"") -> Mapping[ProductId, Instant]:
    """What was in the cart, and is not since it was told as a whole without it; and when that was."""
    told = [event for event in events if event.type in _WHOLE and not event.backfill]
    if not told:
        return {}
    before = {line.product for line in cart_of(cart).lines}
    before |= {product for event in events if event.type in _FILLS for product, _ in named(event)}
    gone = before - {line.product for line in cart_of(fold_cart(cart, events)).lines}
    found: dict[ProductId, Instant] = {}
    for event in sorted(told, key=lambda one: one.at):
        found |= dict.fromkeys(gone - _inside(event), event.at)
    return found


def overheard(log: Sequence[Event], visitor: VisitorId, currency: str | None) -> Sequence[Watcher]:
    """What a whole log shows of a person's interest, under whichever id it was reported."""
    found: list[Watcher] = []
    groups: dict[ProductId, str | None] = {}
    cart = b""
    for event in sorted(log, key=lambda one: (one.at, one.id)):
        if event.type in SOURCES:
            seen = list(sightings([event], visitor, currency, cart))
            groups |= {one.product: one.group for one in seen}
            found += seen
            found += [
                Watcher(name, visitor, "cart", at, group=groups.get(name), gone=True)
                for name, at in left_out([event], cart).items()
            ]
            cart = fold_cart(cart, [event])
    return found


def _inside(event: Event) -> set[ProductId]:
    return {product for product, _ in named(event)} if event.type != "cart_clear" else set()
