"""What the calls about products answer; every field is always there, null where there is nothing."""

from pydantic import BaseModel, JsonValue

from shopbell.domain.catalogue import Product
from shopbell.domain.categories import Category
from shopbell.domain.clock import format_instant
from shopbell.domain.versions import Version


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


class ProductVersionOut(BaseModel):
    """What a product was from `at` until `until`. `source`: who had said so."""

    at: str | None
    until: str
    source: str
    product: ProductOut


class UploadOut(BaseModel):
    """The file is put to `url` with PUT within 15 minutes; `upload_id` names it from then on, for a week."""

    upload_id: str
    url: str


class CategoryOut(BaseModel):
    """`products` counts all active ones in it and below it, each once."""

    path: str
    name: str
    products: int
    children: list["CategoryOut"]


class CategoriesOut(BaseModel):
    """By path, a page of the uppermost. `whole` false: only the newest 50,000 products were counted."""

    whole: bool
    items: list[CategoryOut]
    next_cursor: str | None


def shape(product: Product) -> ProductOut:
    created = None if product.created_at is None else format_instant(product.created_at)
    fields = {name: getattr(product, name) for name in ProductOut.model_fields}
    return ProductOut.model_validate({**fields, "created_at": created})


def version(one: Version) -> ProductVersionOut:
    at = format_instant(one.shelved.at) if one.shelved.at else None
    known = shape(one.shelved.product)
    return ProductVersionOut(at=at, until=format_instant(one.until), source=one.shelved.source, product=known)


def category(one: Category) -> CategoryOut:
    children = [category(child) for child in one.children]
    return CategoryOut(path=one.path, name=one.name, products=one.products, children=children)
