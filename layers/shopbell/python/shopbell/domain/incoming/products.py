"""Products as the shop's server sends them."""

from functools import partial
from typing import Annotated, Final

from pydantic import AfterValidator, Field, JsonValue

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import parse_instant
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.ids import ProductId
from shopbell.domain.incoming.faults import Incoming, join
from shopbell.domain.incoming.kinds import MAX_COUNT
from shopbell.domain.incoming.paths import PathText
from shopbell.domain.incoming.texts import (
    CurrencyText,
    InstantText,
    Many,
    Money,
    ProductText,
    Short,
    UrlText,
    check_size,
)

MAX_PRODUCTS: Final = 500
MAX_ATTRIBUTES_BYTES: Final = 4_096
_MAX_CATEGORIES: Final = 10
_MAX_REFERENCES: Final = 50

Pieces = Annotated[int, Field(ge=-MAX_COUNT, le=MAX_COUNT), AfterValidator(partial(max, 0))]
"""What is owed already is no stock: fewer than none is none."""
Attributes = Annotated[dict[str, JsonValue], AfterValidator(partial(check_size, limit=MAX_ATTRIBUTES_BYTES))]
References = Annotated[Many[ProductText], Field(max_length=_MAX_REFERENCES)]


class ProductIn(Incoming):
    """api.md, Product; money in minor units of `currency`."""

    id: ProductText
    title: Annotated[str, Field(min_length=1, max_length=300)]
    url: UrlText
    image_url: UrlText
    price: Money
    currency: CurrencyText
    list_price: Money | None = None
    categories: Annotated[Many[PathText], Field(max_length=_MAX_CATEGORIES)] = ()
    brand: Short | None = None
    in_stock: bool = True
    stock: Pieces | None = None
    tags: Annotated[Many[Short], Field(max_length=_MAX_REFERENCES)] = ()
    related: References = ()
    group_id: ProductText | None = None
    bundle: References = ()
    replenishable: bool = False
    margin: Annotated[int, Field(ge=-MAX_COUNT, le=MAX_COUNT)] | None = None
    active: bool = True
    attributes: Attributes = Field(default_factory=dict)
    created_at: InstantText | None = None

    @property
    def product(self) -> Product:
        """The domain's value; `created_at` stays open when the shop does not say."""
        created = None if self.created_at is None else parse_instant(self.created_at)[0]
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Product(**{**fields, "created_at": created})


class ProductsIn(Incoming):
    """Body of PUT /v1/products: all of it is stored, or nothing."""

    products: Annotated[Many[ProductIn], Field(min_length=1, max_length=MAX_PRODUCTS)]

    @property
    def checked(self) -> tuple[Product, ...]:
        """Raises Rejected when an id comes twice: which of the two would stand is nobody's guess."""
        seen: set[ProductId] = set()
        twice: list[Problem] = []
        found = tuple(product.product for product in self.products)
        for index, product in enumerate(found):
            if product.id in seen:
                twice.append(Problem(join("products", index, "id"), "comes twice in this call"))
            seen.add(product.id)
        if twice:
            raise Rejected(twice)
        return found
