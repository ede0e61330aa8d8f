"""What a page is told that a message led to: the products that were picked for its visitor."""

from collections.abc import Sequence

from pydantic import BaseModel

from shopbell.domain.catalogue import Product


class LandedOut(BaseModel):
    """A product for the page that a message led to; money in minor units of `currency`."""

    id: str
    title: str
    url: str
    image_url: str
    price: int
    list_price: int | None
    currency: str
    brand: str | None
    categories: list[str]


def landed(products: Sequence[Product]) -> list[LandedOut]:
    """Of a product what every page of the shop shows anyway, and no more."""
    return [
        LandedOut(
            id=one.id,
            title=one.title,
            url=one.url,
            image_url=one.image_url,
            price=one.price,
            list_price=one.list_price,
            currency=one.currency,
            brand=one.brand,
            categories=list(one.categories),
        )
        for one in products
    ]
