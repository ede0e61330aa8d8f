"""What a visitor did with products in one session, in a few numbers."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from shopbell.domain.clock import SECOND, Instant
from shopbell.domain.events import Json
from shopbell.domain.visits.cart import cart_of
from shopbell.domain.visits.interactions import LONG_VIEW, Interaction, interactions_of

_VIEWS: Final = frozenset({"view", "long_view"})
_BASKET: Final = frozenset({"cart_add", "cart_remove"})


def in_session(interactions: bytes, cart: bytes, first: Instant, last: Instant) -> Mapping[str, Json]:
    """Of the session from `first` to `last`: its `seconds`, `views`, what was looked at last (`product_id`), ….

    `longest_view`: seconds for which one product was looked at; 30 stands for all that is longer, was not told, or
    came back to the same product. `cart_adds` counts what was put in the cart, `cart_changes` all that was done to
    it, as far as either is known; `purchases` products that were bought.
    """
    done = [one for one in interactions_of(interactions) if first <= one.at <= last]
    views = [one for one in done if one.kind in _VIEWS]
    carted = sum(one.kind == "cart_add" for one in done)
    handled = sum(one.kind in _BASKET for one in done)
    bought = sum(one.kind == "purchase" for one in done)
    left = cart_of(cart)
    if left.last_change is not None and first <= left.last_change <= last and not bought:
        handled, carted = handled or 1, carted or int(bool(left.lines))
    said: dict[str, Json] = {
        "seconds": (last - first) // SECOND,
        "views": len(views),
        "longest_view": _longest(views),
        "cart_adds": carted,
        "cart_changes": handled,
        "purchases": bought,
    }
    return {**said, "product_id": views[-1].product} if views else said


def _longest(views: list[Interaction]) -> int:
    """0 without any view."""
    often = Counter(one.product for one in views)
    if any(times > 1 for times in often.values()):
        return LONG_VIEW
    return max((LONG_VIEW if one.seconds is None else one.seconds for one in views), default=0)
