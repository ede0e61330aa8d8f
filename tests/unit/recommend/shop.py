"""A small shop with lists rolled up by hand, and visitors with a past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.adapters.memory.demand import MemoryTops
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.recommend import Picked, Recommend
from shopbell.app.shelves import Shelves
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId, ProductId, StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.recommend.filters import upwards
from shopbell.domain.recommend.lists import Arrival, Demand, Overview, Popular, TopList
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.sends import SendRecord
from shopbell.domain.store import Store
from shopbell.domain.visits.interactions import fold_interactions

NOW = 1_790_000_000_000
"""2026-09-21, a Monday, 14:13:20 in UTC."""
STORE = Store(StoreId("shop"), "Shop", 1, NOW, "mailto:post@shop.example")
WHO = VisitorId("ann")


def product(name: str, *categories: str, **changes: object) -> Product:
    fields: dict[str, object] = {
        "title": name.title(),
        "url": f"https://shop.example/{name}",
        "image_url": f"https://shop.example/{name}.jpg",
        "price": 5_000,
        "currency": "EUR",
        "categories": categories or ("Outdoor/Boots",),
        "created_at": NOW - 200 * DAY,
    }
    return Product(id=ProductId(name), **(fields | changes))  # type: ignore[arg-type]


def deed(kind: str, one: Product, days_ago: float, **properties: Json) -> Event:
    at = NOW - int(days_ago * DAY)
    said: dict[str, Json] = {"product_id": one.id, **properties}
    known = {one.id: one.facts}
    return Event(EventId(f"{kind}-{one.id}-{days_ago}"), kind, WHO, at, at, said, products=known)


def visitor(*events: Event) -> Profile:
    return Profile(STORE.id, WHO, interactions=fold_interactions(b"", events))


@dataclass(frozen=True, slots=True)
class Shop:
    """`orders` of each product in 7 days, which are those of 30 and 90 days too; `views` likewise."""

    world: MemoryWorld = field(default_factory=MemoryWorld)

    def stock(
        self, products: Sequence[Product], orders: Mapping[str, int], views: Mapping[str, int] | None = None
    ) -> None:
        MemoryCatalogue(self.world).put(STORE.id, products)
        scopes: dict[str, list[Popular]] = {"": []}
        for one in products:
            demand = Demand(orders.get(one.id, 0), orders.get(one.id, 0), 0, (views or {}).get(one.id, 0))
            for scope in {"", *(up for path in one.categories for up in upwards(path))}:
                scopes.setdefault(scope, []).append(Popular(one.id, (demand,) * 3))
        new = [Arrival(one.id, one.created_at or 0, (views or {}).get(one.id, 0)) for one in products]
        lists = [TopList(scope, tuple(rows)) for scope, rows in scopes.items()]
        recent = sorted(products, key=lambda one: (-(one.created_at or 0), one.id))
        overview = Overview(tuple(new), tuple(one.id for one in recent), {}, NOW)
        MemoryTops(self.world).save(STORE.id, lists, overview)

    def sell_out(self, one: Product) -> None:
        MemoryCatalogue(self.world).put(STORE.id, [product(one.id, *one.categories, in_stock=False)])

    @property
    def recommend(self) -> Recommend:
        shelves = Shelves(MemoryTops(self.world), MemoryCatalogue(self.world), lambda _: False, lambda: NOW)
        return Recommend(shelves)

    def pick(
        self,
        who: Profile,
        selection: Selection,
        sends: SendRecord | None = None,
        facts: Mapping[str, Json] | None = None,
    ) -> Picked:
        return self.recommend(STORE, who, selection, sends=sends, facts=facts, now=NOW)

    def ask(self, recommend: Recommend, who: Profile, selection: Selection) -> Picked:
        """One that keeps what it read."""
        return recommend(STORE, who, selection, now=NOW)


def names(picked: Picked) -> list[str]:
    return [one.product.id for one in picked.picks]
