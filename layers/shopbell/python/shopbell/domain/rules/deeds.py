"""What events are called in sentences: the deed, told two ways, and the things counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Deed:
    """`viewed a product`, `view a product` after "did not", and `product views`."""

    past: str
    bare: str
    things: str


def deed_of(event: str) -> Deed:
    """Its words; a custom event is called by its name."""
    return _DEEDS.get(event) or Deed(f"did “{event}”", f"do “{event}”", f"“{event}” events")


_DEEDS: Final[Mapping[str, Deed]] = {
    "page_view": Deed("viewed a page", "view a page", "page views"),
    "category_view": Deed("viewed a category", "view a category", "category views"),
    "product_view": Deed("viewed a product", "view a product", "product views"),
    "search": Deed("searched", "search", "searches"),
    "cart_add": Deed("put a product into the cart", "put a product into the cart", "additions to the cart"),
    "cart_remove": Deed("took a product out of the cart", "take a product out of the cart", "removals from the cart"),
    "cart_update": Deed("changed the cart", "change the cart", "changes of the cart"),
    "cart_clear": Deed("emptied the cart", "empty the cart", "emptyings of the cart"),
    "cart_abandoned": Deed("abandoned a cart", "abandon a cart", "abandoned carts"),
    "checkout_start": Deed("started the checkout", "start the checkout", "checkouts started"),
    "purchase": Deed("made a purchase", "make a purchase", "purchases"),
    "refund": Deed("got a refund", "get a refund", "refunds"),
    "order_status": Deed(
        "had an order change its status", "have an order change its status", "changes of order status"
    ),
    "signup": Deed("signed up", "sign up", "sign-ups"),
    "login": Deed("logged in", "log in", "logins"),
    "logout": Deed("logged out", "log out", "logouts"),
    "session_started": Deed("started a session", "start a session", "sessions started"),
    "session_ended": Deed("ended a session", "end a session", "sessions"),
    "wishlist_add": Deed(
        "put a product on the wish list", "put a product on the wish list", "additions to the wish list"
    ),
    "wishlist_remove": Deed(
        "took a product off the wish list", "take a product off the wish list", "removals from the wish list"
    ),
    "stock_alert": Deed("asked for a stock alert", "ask for a stock alert", "stock alerts asked for"),
    "form_submit": Deed("sent a form", "send a form", "forms sent"),
    "subscribed": Deed("subscribed to push", "subscribe to push", "push subscriptions made"),
    "unsubscribed": Deed("unsubscribed from push", "unsubscribe from push", "push subscriptions ended"),
    "push_accepted": Deed("were sent a push", "get a push sent", "pushes sent"),
    "push_shown": Deed("were shown a push", "get a push shown", "pushes shown"),
    "push_clicked": Deed("clicked a push", "click a push", "pushes clicked"),
    "push_closed": Deed("closed a push", "close a push", "pushes closed"),
    "push_landed": Deed("landed from a push", "land from a push", "landings from a push"),
    "push_failed": Deed("had a push fail", "have a push fail", "failed pushes"),
}
