"""What the calls about products answer; every field is always there, null where there is nothing."""

from pydantic import BaseModel, JsonValue

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import format_instant


class ProductOut(BaseModel):
    """Money in minor units of `currency`."""

    id: str
    title: str
    url: str
    image_url: str
    price: int
    currency: str
    list_price: int | None
    categories: list[str]
    brand: str | None
    in_stock: bool
    stock: int | None
    tags: list[str]
    related: list[str]
    group_id: str | None
    bundle: list[str]
    replenishable: bool
    margin: int | None
    active: bool
    attributes: dict[str, JsonValue]
    created_at: str | None


class PickOut(BaseModel):
    """`level` of the fallback chain: 0 the algorithm that was asked for, 1 on the latest session alone, 2 top
    sellers of the category that it began with, 3 of the store, 4 spotlights. `reason` in words.
    """

    product: ProductOut
    algorithm: str
    level: int
    score: float
    reason: str


class RecommendationOut(BaseModel):
    """`level` of all items; 5: there is nothing to show."""

    level: int
    items: list[PickOut]


def shape(product: Product) -> ProductOut:
    created = None if product.created_at is None else format_instant(product.created_at)
    fields = {name: getattr(product, name) for name in ProductOut.model_fields}
    return ProductOut.model_validate({**fields, "created_at": created})
