"""A product of the store's catalogue, as the shop describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json, ProductFacts
from shopbell.domain.ids import ProductId


@dataclass(frozen=True, slots=True)
class Product:
    """api.md, Product. Money in minor units of `currency`."""

    id: ProductId
    title: str
    url: str
    image_url: str
    price: int
    currency: str
    list_price: int | None = None
    categories: tuple[str, ...] = ()
    brand: str | None = None
    in_stock: bool = True
    stock: int | None = None
    tags: tuple[str, ...] = ()
    related: tuple[ProductId, ...] = ()
    group_id: str | None = None
    bundle: tuple[ProductId, ...] = ()
    replenishable: bool = False
    margin: int | None = None
    active: bool = True
    attributes: Mapping[str, Json] = field(default_factory=dict)
    created_at: Instant | None = None

    @property
    def available(self) -> bool:
        """Whether it can be bought now, as far as the shop says."""
        return self.in_stock and (self.stock is None or self.stock > 0)

    @property
    def facts(self) -> ProductFacts:
        """What an event keeps of it."""
        return ProductFacts(self.categories, self.brand, self.price, self.available, self.currency, self.group_id)
