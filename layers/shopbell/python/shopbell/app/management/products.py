"""The catalogue as a marketer looks at it, and what a visitor would be shown out of it now."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from shopbell.app.management.named_lists import CheckLists
from shopbell.app.people import People
from shopbell.app.recommend import Picked, Recommend
from shopbell.domain.catalogue import Product
from shopbell.domain.categories import Tree, tree_of
from shopbell.domain.clock import Clock
from shopbell.domain.errors import NotFound
from shopbell.domain.events import Json
from shopbell.domain.ids import ProductId, StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.versions import Version
from shopbell.ports import Assortment, Catalogue, Page, Sends, Stockroom, Stores, Visitors

MOST_READ: Final = 50_000
"""Products that the tree of categories is made from: as many as can be read while somebody waits for it."""


@dataclass(frozen=True, slots=True)
class ReadProducts:
    catalogue: Catalogue
    stockroom: Stockroom
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

    def versions(self, store: StoreId, product: ProductId, cursor: str | None, limit: int) -> Page[Version]:
        """What it was before, newest first; NotFound for one of which nothing is known."""
        page = self.stockroom.versions(store, product, cursor, limit)
        if not page.items and cursor is None:
            self.one(store, product)
        return page

    def categories(self, store: StoreId) -> Tree:
        """Of all products that may be shown; of the newest where there are very many."""
        names = [name for _, name in islice(self.assortment.newest(store), MOST_READ + 1)]
        known = self.catalogue.get_many(store, names[:MOST_READ])
        return tree_of(known.values(), whole=len(names) <= MOST_READ)


@dataclass(frozen=True, slots=True)
class RecommendNow:
    stores: Stores
    visitors: Visitors
    recommend: Recommend
    sends: Sends
    lists: CheckLists
    now: Clock

    def __call__(
        self, store: StoreId, visitor: VisitorId | None, selection: Selection, facts: Mapping[str, Json] | None = None
    ) -> Picked:
        """As a message would pick. For nobody in particular where none is named; NotFound for who is not known.

        Rejected for a list that there is not.
        """
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        self.lists(store, selection, "options.list")
        shown = None if visitor is None else self.sends.of(store, [visitor]).get(visitor)
        return self.recommend(row, self._profile(store, visitor), selection, sends=shown, facts=facts, now=self.now())

    def _profile(self, store: StoreId, visitor: VisitorId | None) -> Profile:
        if visitor is None:
            return Profile(store, VisitorId(""))
        profile = People(self.visitors).load(store, visitor)
        if profile.version == 0:
            raise NotFound(visitor)
        return profile
