"""A merchant's own lists of products: what selections by `predefined` show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.management.changes import check_revision
from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.product_lists import ProductListIn
from shopbell.domain.recommend.named import ProductList
from shopbell.ports import Tops
from shopbell.ports.demand import MAX_LISTS

TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class ProductLists:
    tops: Tops

    def all(self, store: StoreId) -> Sequence[ProductList]:
        """By name."""
        return self.tops.named(store)

    def one(self, store: StoreId, name: str) -> ProductList:
        """NotFound if there is none of that name."""
        found = next((one for one in self.tops.named(store) if one.name == name), None)
        if found is None:
            raise NotFound(name)
        return found

    def put(self, store: StoreId, name: str, given: ProductListIn, expected: int | None = None) -> ProductList:
        """The latest write stands, unless it names the revision that it was made from: then 412 for another.

        Conflict with too many lists, or with too many writers at once.
        """
        for _ in range(TRIES):
            known = {one.name: one for one in self.tops.named(store)}
            if name not in known and len(known) >= MAX_LISTS:
                raise Conflict(f"There are {MAX_LISTS} lists already; write one of them anew.")
            revision = known[name].revision if name in known else 0
            check_revision(revision, expected)
            fresh = given.list(store, name, revision + 1)
            if self.tops.put_named(fresh):
                return fresh
        raise Conflict("Somebody else is writing this list at the same time: try again.")
