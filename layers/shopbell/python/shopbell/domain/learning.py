"""What pages teach a catalogue: a product that nobody told of, or a price that changed, as a visitor looked at it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal
from urllib.parse import urlsplit

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import ProductId
from shopbell.domain.incoming.faults import validated
from shopbell.domain.incoming.products import ProductIn
from shopbell.domain.origins import admitted
from shopbell.domain.store import Store
from shopbell.domain.versions import Change, Shelved, Version, change_to

Learning = Literal["off", "fill", "update"]
"""`fill`: products that nobody told of; `update`: also prices and stock of what is known."""
VIEW: Final = "product_view"
_TOLD: Final = (
    "title",
    "url",
    "image_url",
    "price",
    "currency",
    "list_price",
    "categories",
    "brand",
    "in_stock",
    "group_id",
)


def lessons(store: Store, events: Sequence[Event], known: Mapping[ProductId, Product]) -> Mapping[ProductId, Event]:
    """The latest fresh view of each product that may teach something; most teach nothing."""
    found: dict[ProductId, Event] = {}
    if store.learning == "off":
        return found
    for event in events:
        name = event.properties.get("product_id")
        if event.type == VIEW and event.fires and isinstance(name, str):
            product = ProductId(name)
            if _teaches(store.learning, event, known.get(product)):
                found[product] = max(found.get(product, event), event, key=lambda one: one.at)
    return found


def learned(
    store: Store, event: Event, before: Shelved | None, now: Instant, gone: Version | None = None
) -> Change | None:
    """A page may tell of a product that nobody told of. Whose price the shop's own server or a feed set, only a
    server changes (`trusted`), and nobody by what was seen before it was set or deleted. What the shop deleted stays
    away from what browsers say.
    """
    if before is None:
        if gone is not None and (event.at <= gone.until or not (event.trusted or gone.shelved.source == "learned")):
            return None
        product = _whole(store, event)
        return None if product is None else change_to(product, None, "learned", now, gone)
    ours = event.trusted or before.source == "learned"
    if store.learning != "update" or not ours or event.at <= before.at:
        return None
    return change_to(_updated(before.product, event.properties), before, before.source, now)


def _teaches(learning: Learning, event: Event, product: Product | None) -> bool:
    if product is None:
        return True
    return learning == "update" and _updated(product, event.properties) != product


def _updated(product: Product, said: Mapping[str, Json]) -> Product:
    """Its price, where it is said in the product's currency, and whether it is in stock."""
    price, in_stock, currency = said.get("price"), said.get("in_stock"), said.get("currency", product.currency)
    if isinstance(price, int) and not isinstance(price, bool) and price >= 0 and currency == product.currency:
        product = replace(product, price=price)
    if isinstance(in_stock, bool) and in_stock != product.in_stock:
        product = replace(product, in_stock=in_stock, stock=None)
    return product


def _whole(store: Store, event: Event) -> Product | None:
    """None where the page says too little, or names an address that is not of this shop."""
    said = {name: event.properties[name] for name in _TOLD if name in event.properties}
    try:
        row = {"currency": store.currency, **said, "id": event.properties["product_id"]}
        product = validated(ProductIn, row).product
    except Rejected:
        return None
    return product if event.trusted or (_ours(product.url, store) and _showable(product.image_url, store)) else None


def _ours(address: str, store: Store) -> bool:
    parts = urlsplit(address)
    return admitted(f"{parts.scheme}://{parts.netloc}", store.origins)


def _showable(address: str, store: Store) -> bool:
    """The shop's own, or of a host that has a name: shops keep their pictures anywhere, but not at a bare address."""
    parts = urlsplit(address)
    name = parts.hostname or ""
    named = "." in name and not name.replace(".", "").isdigit() and ":" not in name
    return _ours(address, store) or (parts.scheme == "https" and named)
