"""What templates may name: the visitor, the cart, what happened, the products that are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.events import Json
from shopbell.domain.links import for_campaign
from shopbell.domain.profile import SUPPRESSED, Profile
from shopbell.domain.scenarios.selected import Pick
from shopbell.domain.segments.lazily import plain
from shopbell.domain.store import Store
from shopbell.domain.visits.cart import cart_of

PRIVATE: Final = "_"
"""Facts whose names begin with it are the engine's own."""
NO_VALUES: Final[Mapping[str, Json]] = {}


@dataclass(frozen=True, slots=True)
class Values:
    """What templates may name: `visitor` (traits), `store` (name, currency, language), `message` (source, run) …

    … `cart`, `event` (facts of the trigger), `products`, the first of them as `product`, their `discount`, and the
    `coupon`. What there is none of is nil, so that `{% if product %}` tells. Links and pictures see no code: it is
    never in an address.
    """

    visitor: Mapping[str, Json]
    store: Mapping[str, Json]
    message: Mapping[str, Json]
    cart: Mapping[str, Json] = field(default_factory=lambda: NO_VALUES)
    event: Mapping[str, Json] = field(default_factory=lambda: NO_VALUES)
    products: Sequence[Mapping[str, Json]] = ()
    coupon: Mapping[str, Json] | None = None

    def named(self) -> dict[str, object]:
        said: dict[str, object] = {
            "visitor": self.visitor,
            "store": self.store,
            "message": self.message,
            "cart": self.cart,
            "event": self.event,
            "products": self.products,
            "discount": discounts(self.products),
        }
        if self.coupon is not None:
            said["coupon"] = self.coupon
        return {**said, "product": self.products[0]} if self.products else said

    def public(self) -> dict[str, object]:
        """What an address may name: all but the code."""
        said = self.named()
        if self.coupon is not None:
            said["coupon"] = {name: value for name, value in self.coupon.items() if name != "code"}
        return said


def visible_traits(profile: Profile | None) -> dict[str, Json]:
    """Traits as templates name them: `visitor.country`, `visitor.custom.first_name`; removed ones are absent.

    `visitor.traits.country` says the same, because that is how GET /v1/visitors shows it.
    """
    visible: dict[str, Json] = {}
    custom: dict[str, Json] = {}
    for name, trait in (plain(profile.traits) if profile else {}).items():
        if trait.value is None or name == SUPPRESSED:
            continue
        head, dot, rest = name.partition(".")
        if dot and head == "custom":
            custom[rest] = trait.value
        else:
            visible[name] = trait.value
    traits: dict[str, Json] = {**visible, "custom": custom}
    return {**traits, "traits": traits}


def store_named(store: Store) -> Mapping[str, Json]:
    return {"name": store.name, "currency": store.currency, "language": store.language}


def cart_named(profile: Profile | None, store: Store) -> Mapping[str, Json]:
    """`cart.lines` (product_id, variant_id, quantity, price), `cart.value` in minor units, `cart.count` of pieces."""
    cart = cart_of(profile.cart if profile else b"")
    lines: list[Json] = [
        {"product_id": line.product, "variant_id": line.variant, "quantity": line.quantity, "price": line.price}
        for line in cart.lines
    ]
    return {"lines": lines, "value": cart.value(store.currency), "count": cart.count, "currency": store.currency}


def event_named(facts: Mapping[str, Json]) -> Mapping[str, Json]:
    """What the trigger was: `event.type` and its facts."""
    return {name: value for name, value in facts.items() if not name.startswith(PRIVATE)}


def products_named(picks: Sequence[Pick], source_id: str) -> tuple[Mapping[str, Json], ...]:
    return tuple(_product(pick, source_id) for pick in picks)


def discounts(products: Sequence[Mapping[str, Json]]) -> Mapping[str, Json]:
    """`discount.min` and `.max`, in whole percent, over those that are reduced; none of them: 0."""
    found = [cut for one in products if isinstance(cut := one.get("discount"), int) and cut > 0]
    return {"min": min(found, default=0), "max": max(found, default=0)}


def _product(pick: Pick, source_id: str) -> Mapping[str, Json]:
    """Money in minor units; `{{ product.price | money: product.currency }}` writes it out."""
    product = pick.product
    return {
        "id": product.id,
        "title": product.title,
        "url": for_campaign(product.url, source_id),
        "image_url": product.image_url,
        "price": product.price,
        "list_price": product.list_price,
        "currency": product.currency,
        "brand": product.brand,
        "category": product.categories[0].rpartition("/")[2] if product.categories else None,
        "categories": list(product.categories),
        "discount": _cut(product),
        "reason": pick.reason,
        "algorithm": pick.algorithm,
        "lowest_30d": pick.lowest,
    }


def _cut(product: Product) -> int:
    """How much lower it is than its list price, in whole percent, rounded down so that no more is promised."""
    whole = product.list_price
    return (whole - product.price) * 100 // whole if whole and whole > product.price else 0
