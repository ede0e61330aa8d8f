"""Which events there are, and what each of them must say (api.md, Properties)."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from shopbell.domain.errors import Problem
from shopbell.domain.events import Json
from shopbell.domain.ids import ProductId
from shopbell.domain.incoming.kinds import (
    COUNT,
    CURRENCY,
    FLAG,
    MONEY,
    NAME,
    PRODUCT,
    QUANTITY,
    SECONDS,
    TEXT,
    URL,
    Kind,
    faults,
    rows,
)

_PRODUCT: Final[Mapping[str, Kind]] = {"product_id": PRODUCT.needed}
_CART_LINE: Final[Mapping[str, Kind]] = {
    **_PRODUCT,
    "quantity": QUANTITY,
    "price": MONEY,
    "currency": CURRENCY,
    "cart_id": NAME,
}
_ITEMS: Final = rows(
    {**_PRODUCT, "variant_id": PRODUCT, "quantity": QUANTITY, "price": MONEY, "list_price": MONEY}
).needed
_PROMPT: Final[Mapping[str, Kind]] = {"prompt": TEXT.needed}

PROPERTIES: Final[Mapping[str, Mapping[str, Kind]]] = {
    "page_view": {"url": URL.needed},
    "category_view": {"category": TEXT.needed},
    "product_view": {
        **_PRODUCT,
        "price": MONEY,
        "currency": CURRENCY,
        "in_stock": FLAG,
        "seconds": SECONDS,
    },
    "search": {"query": TEXT.needed, "results": COUNT},
    "cart_add": _CART_LINE,
    "cart_remove": _CART_LINE,
    "cart_update": {"items": _ITEMS, "cart_id": NAME},
    "cart_clear": {},
    "checkout_start": {},
    "purchase": {
        "order_id": NAME.needed,
        "total": MONEY.needed,
        "currency": CURRENCY.needed,
        "items": _ITEMS,
        "coupon": TEXT,
    },
    "refund": {"order_id": NAME.needed, "amount": MONEY, "currency": CURRENCY},
    "order_status": {"order_id": NAME.needed, "status": TEXT.needed},
    "signup": {},
    "login": {},
    "logout": {},
    "wishlist_add": _PRODUCT,
    "wishlist_remove": _PRODUCT,
    "stock_alert": _PRODUCT,
    "form_submit": {"form_id": NAME.needed},
    "prompt_shown": _PROMPT,
    "prompt_accepted": _PROMPT,
    "prompt_dismissed": _PROMPT,
    "permission_granted": _PROMPT,
    "permission_denied": _PROMPT,
}
"""Every event that has rules; any other name is custom and says what it likes."""

SYSTEM_TYPES: Final = frozenset(
    {
        "subscribed",
        "unsubscribed",
        "subscription_changed",
        "traits_changed",
        "identified",
        "push_accepted",
        "push_shown",
        "push_clicked",
        "push_closed",
        "push_landed",
        "push_failed",
        "segment_entered",
        "segment_exited",
        "cart_abandoned",
        "session_started",
        "session_ended",
        "product_price_changed",
        "product_back_in_stock",
        "product_created",
        "coupon_assigned",
        "coupon_redeemed",
    }
)
"""Made by the system alone: whoever could send them could forge what people did with a push."""

CUSTOM_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)


def type_fault(name: str) -> str | None:
    """Why a caller may not send events of this name; None: it may."""
    if name in SYSTEM_TYPES:
        return "is made by the system and cannot be sent"
    if not CUSTOM_NAME.fullmatch(name):
        return "must be 1 to 64 lower-case letters, digits and underscores, beginning with a letter"
    return None


def property_faults(event_type: str, given: Mapping[str, Json]) -> Iterator[Problem]:
    """Every fault of an event's properties, below `properties`."""
    return faults(PROPERTIES.get(event_type, {}), given, "properties")


def products_of(given: Mapping[str, Json]) -> frozenset[ProductId]:
    """Ids of the products that an event names, at its top and in its items."""
    named = [given, *_lines(given)]
    ids = (line.get("product_id") for line in named)
    return frozenset(ProductId(found) for found in ids if isinstance(found, str))


def discounted(event_type: str, given: Mapping[str, Json]) -> bool:
    """A purchase with a coupon, or with an item below its list price (ruling 6)."""
    return event_type == "purchase" and (bool(given.get("coupon")) or any(map(_below_list, _lines(given))))


def _lines(given: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    items = given.get("items")
    return [line for line in items if isinstance(line, dict)] if isinstance(items, list) else []


def _below_list(line: Mapping[str, Json]) -> bool:
    price, listed = line.get("price"), line.get("list_price")
    return isinstance(price, int) and isinstance(listed, int) and price < listed
