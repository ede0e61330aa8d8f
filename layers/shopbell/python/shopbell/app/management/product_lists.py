"""A merchant's own lists of products: what selections by `predefined` show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.management.changes import check_revision
from shopbell.app.paging import page_of
from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.ids import ProductId, SegmentId, StoreId
from shopbell.domain.incoming.product_lists import ProductListIn
from shopbell.domain.recommend.named import ProductList
from shopbell.ports import Catalogue, Page, Segments, Tops
from shopbell.ports.demand import MAX_LISTS

TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class ProductLists:
    tops: Tops
    catalogue: Catalogue
    segments: Segments

    def page(self, store: StoreId, after: str | None, limit: int) -> Page[ProductList]:
        """By name."""
        return page_of(self.tops.named(store), lambda one: one.name, after, limit)

    def one(self, store: StoreId, name: str) -> ProductList:
        """NotFound if there is none of that name."""
        found = next((one for one in self.tops.named(store) if one.name == name), None)
        if found is None:
            raise NotFound(name)
        return found

    def unknown(self, one: ProductList) -> Sequence[str]:
        """What it names that is not there: ids of products, and that of its target; a category is what is put in it.

        It stands all the same: a list may be written before what it shows is.
        """
        target = one.target
        wanted = {*one.products, *([ProductId(target.id)] if target is not None and target.kind == "product" else [])}
        known = self.catalogue.get_many(one.store, sorted(wanted)) if wanted else {}
        missing: list[str] = [name for name in dict.fromkeys((*one.products, *sorted(wanted))) if name not in known]
        if target is not None and target.kind == "segment":
            stored = self.segments.get(one.store, SegmentId(target.id))
            missing += [target.id] if stored is None or stored.state == "archived" else []
        return missing

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
