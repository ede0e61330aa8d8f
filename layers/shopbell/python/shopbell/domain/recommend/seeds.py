"""The products that an algorithm starts from, the first one most: of the trigger, the cart, an order or a look."""

from collections.abc import Mapping, Sequence
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.deeds import order_hash
from shopbell.domain.recommend.names import SEEDS, Seed
from shopbell.domain.recommend.taste import Taste
from shopbell.domain.recommend.visited import score_of
from shopbell.domain.visits.cart import Cart

MOST: Final = 20
"""Seeds; of more the first."""


def seed_of(options: Mapping[str, Json], otherwise: Seed) -> Seed:
    return next((one for one in SEEDS if one == options.get("seed")), otherwise)


def seeds_of(seed: Seed, facts: Mapping[str, Json], taste: Taste, cart: Cart, now: Instant) -> tuple[ProductId, ...]:
    """As `names.Seed` says; what the caller names itself (facts `seeds`) comes before all."""
    named = _texts(facts.get("seeds"))
    return (named or _found(seed, facts, taste, cart, now))[:MOST]


def _found(seed: Seed, facts: Mapping[str, Json], taste: Taste, cart: Cart, now: Instant) -> tuple[ProductId, ...]:
    match seed:
        case "event":
            return _of_event(facts)
        case "order":
            return _of_order(facts, taste)
        case "cart":
            return in_cart(cart)
        case "last_added":
            return in_cart(cart)[:1]
        case "last_viewed":
            return _best({product: float(seen.last) for product, seen in taste.visited.items()})
        case "most_viewed":
            return _best({product: score_of(seen, now) for product, seen in taste.visited.items()})


def in_cart(cart: Cart) -> tuple[ProductId, ...]:
    """Each once, the last added first."""
    return tuple(dict.fromkeys(line.product for line in reversed(cart.lines)))


def _of_event(facts: Mapping[str, Json]) -> tuple[ProductId, ...]:
    return _texts(facts.get("products")) or _texts([facts.get("product_id")])


def _of_order(facts: Mapping[str, Json], taste: Taste) -> tuple[ProductId, ...]:
    """Of the order that the trigger names, and of no other; the latest where it names none."""
    order = facts.get("order_id")
    if facts.get("type") == "purchase":
        return _of_event(facts) or taste.ordered
    return taste.ordered if order is None else taste.orders.get(order_hash(str(order)), ())


def _best(scores: Mapping[ProductId, float]) -> tuple[ProductId, ...]:
    return tuple(sorted(scores, key=lambda product: (-scores[product], product))[:1])


def _texts(value: Json) -> tuple[ProductId, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(ProductId(one) for one in value if isinstance(one, str) and one)
