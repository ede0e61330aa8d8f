"""The catalogue as a marketer looks at it, and what a visitor would be shown out of it now."""

from dataclasses import dataclass

from shopbell.app.people import People
from shopbell.app.recommend import Picked, Recommend
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Clock
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import ProductId, StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.plan import Selection
from shopbell.ports import Assortment, Catalogue, Page, Stores, Visitors


@dataclass(frozen=True, slots=True)
class ReadProducts:
    catalogue: Catalogue
    assortment: Assortment

    def page(self, store: StoreId, cursor: str | None, limit: int) -> Page[Product]:
        """Newest first."""
        return self.assortment.page(store, cursor, limit)

    def one(self, store: StoreId, product: ProductId) -> Product:
        """NotFound if the store has none of that id."""
        found = self.catalogue.get_many(store, [product]).get(product)
        if found is None:
            raise NotFound(product)
        return found


@dataclass(frozen=True, slots=True)
class RecommendNow:
    stores: Stores
    visitors: Visitors
    recommend: Recommend
    now: Clock

    def __call__(self, store: StoreId, visitor: VisitorId | None, selection: Selection) -> Picked:
        """For nobody in particular where no visitor is named; NotFound for one whom the store does not know."""
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        return self.recommend(row, self._profile(store, visitor), selection, now=self.now())

    def _profile(self, store: StoreId, visitor: VisitorId | None) -> Profile:
        if visitor is None:
            return Profile(store, VisitorId(""))
        profile = People(self.visitors).load(store, visitor)
        if profile.version == 0:
            raise NotFound(visitor)
        return profile
