"""A selection in memory: the same products for everybody, in stock, not shown before, and at the level it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shopbell.app.recommend import Picked
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import ProductId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.plan import STATIC, Selection
from shopbell.domain.scenarios.selected import Pick
from shopbell.domain.sends import EMPTY, SendRecord
from shopbell.domain.store import Store


@dataclass
class Shelf:
    products: list[Product] = field(default_factory=list)
    level: int = 0
    asked: list[VisitorId] = field(default_factory=list)
    """Whom it was asked for."""

    def put(self, name: str, price: int = 4_900, list_price: int | None = None) -> Product:
        product = Product(
            id=ProductId(name),
            title=name.title(),
            url=f"https://shop.example.com/{name}",
            image_url=f"https://shop.example.com/{name}.jpg",
            price=price,
            list_price=list_price,
            currency="EUR",
            categories=("Outdoor/Boots",),
        )
        self.products.append(product)
        return product

    def __call__(
        self,
        store: Store,  # noqa: ARG002 - the same shelf in every store
        profile: Profile,
        selection: Selection,
        *,
        sends: SendRecord | None = None,
        facts: Mapping[str, Json] | None = None,  # noqa: ARG002 - and whatever happened
        now: Instant,
    ) -> Picked:
        self.asked.append(profile.visitor)
        seen = (sends or EMPTY).shown(now - (selection.exclude_shown or 0))
        there = [one for one in self.products if one.in_stock and one.id not in seen][: selection.count]
        picks = tuple(Pick(one, selection.algorithm or "", self.level, 1.0, "you liked it") for one in there)
        return Picked(picks, self.level) if picks else Picked((), STATIC)
