"""What a pick reads: rolled-up lists and products, kept in the worker for minutes; what is picked is read fresh."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.kept import Kept
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import MINUTE, SECOND, Clock, Duration
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.recommend.alternatives import closest
from shopbell.domain.recommend.bonds import Bonds, Subject, subjects_of
from shopbell.domain.recommend.link import Link
from shopbell.domain.recommend.lists import Known, Overview, Shelf, TopList, widened
from shopbell.domain.recommend.named import ProductList
from shopbell.domain.store import Store
from shopbell.domain.versions import Version
from shopbell.ports import Catalogue
from shopbell.ports.demand import Tops

LISTS_KEPT: Final[Duration] = 5 * MINUTE
PRODUCTS_KEPT: Final[Duration] = MINUTE
LOOKED_KEPT: Final[Duration] = 5 * SECOND
Test = Callable[[Product], bool]
Refresh = Callable[[Store], bool]
"""Rolls the lists up where they are too old; True: they are new now."""
Past = Callable[[StoreId, ProductId], Sequence[Version]]
"""What stood there before, newest first."""


class Shelves:
    """One for a worker. A pick costs the reads of a few short lists, and mostly none."""

    def __init__(
        self, tops: Tops, catalogue: Catalogue, refresh: Refresh, now: Clock, past: Past = lambda *_: ()
    ) -> None:
        self._tops = tops
        self._catalogue = catalogue
        self._refresh = refresh
        self._past = past
        self._now = now
        self._looked: Kept[StoreId, bool] = Kept(LOOKED_KEPT, now)
        self._lists: Kept[tuple[StoreId, str], TopList] = Kept(LISTS_KEPT, now)
        self._overviews: Kept[StoreId, Overview] = Kept(LISTS_KEPT, now)
        self._pasts: Kept[tuple[StoreId, ProductId], Sequence[Version]] = Kept(LISTS_KEPT, now)
        self._bonds: Kept[tuple[StoreId, Subject], Bonds] = Kept(LISTS_KEPT, now)
        self._named: Kept[StoreId, Sequence[ProductList]] = Kept(PRODUCTS_KEPT, now)
        self._products: Kept[tuple[StoreId, ProductId], Product] = Kept(PRODUCTS_KEPT, now)

    def supposing(self, product: Product) -> "Shelves":
        """The same, with that product as it is not."""
        return Shelves(self._tops, _Supposing(self._catalogue, product), self._refresh, self._now, self._past)

    def __call__(self, store: Store, link: Link, fits: Test, closed: Test, narrow: Sequence[str] = ()) -> Shelf:
        """`fits`: may be shown to anybody; `closed`: not to this visitor. Raises Unavailable.

        `narrow`: scopes that `fits` lies in. Of a large store the lists of a category hold few of a small brand: the
        brand's own stand in.
        """
        self._look(store)
        known = self._known(store.id, link)
        lists = self._read_lists(store.id, link.scopes(known))
        own = self._read_lists(store.id, narrow) if lists else {}
        names = [row.product for top in (*lists.values(), *own.values()) for row in top.products]
        asked = [*names, *link.products(known)]
        found = self.fresh(store.id, asked) if link.fresh else self._read_products(store.id, asked)
        products = {name: one for name, one in found.items() if fits(one)}
        lists = {scope: widened(top, own.values(), products) for scope, top in lists.items()}
        barred = frozenset(name for name, one in products.items() if closed(one))
        return Shelf(lists, known, products, barred, self._read_past(store.id, link.past(products), anew=link.fresh))

    def fresh(self, store: StoreId, names: Sequence[ProductId]) -> Mapping[ProductId, Product]:
        """As they are now."""
        return self._catalogue.get_many(store, names)

    def known(self, store: StoreId, names: Sequence[ProductId]) -> Mapping[ProductId, Product]:
        """As they were within the minute."""
        return self._read_products(store, names)

    def _known(self, store: StoreId, link: Link) -> Known:
        """Seeds in their order, and what goes together with them; of what was viewed beside them their looks too."""
        overview = self._read_overview(store)
        seeds = self._read_products(store, link.seeds)
        bonds = dict(self._read_bonds(store, subjects_of(seeds, link.relations)))
        if "viewed" in link.relations:
            beside = [Subject("viewed", name) for one in bonds.values() for name in closest(one)]
            bonds |= self._read_bonds(store, beside)
        named = () if link.named is None else link.named(seeds, self._read_named(store))
        return Known(overview, seeds, bonds, named)

    def _read_bonds(self, store: StoreId, subjects: Sequence[Subject]) -> Mapping[Subject, Bonds]:
        def load(keys: list[tuple[StoreId, Subject]]) -> Mapping[tuple[StoreId, Subject], Bonds]:
            found = self._tops.bonds(store, [one for _, one in keys])
            return {(store, one): bonds for one, bonds in found.items()}

        return {one: bonds for (_, one), bonds in self._bonds.many([(store, one) for one in subjects], load).items()}

    def _read_named(self, store: StoreId) -> Sequence[ProductList]:
        return self._named.many([store], lambda _: {store: self._tops.named(store)}).get(store, ())

    def _read_past(
        self, store: StoreId, names: Sequence[ProductId], *, anew: bool
    ) -> Mapping[ProductId, Sequence[Version]]:
        if anew:
            return {name: self._past(store, name) for name in names}

        def load(keys: list[tuple[StoreId, ProductId]]) -> Mapping[tuple[StoreId, ProductId], Sequence[Version]]:
            return {key: self._past(*key) for key in keys}

        return {name: rows for (_, name), rows in self._pasts.many([(store, one) for one in names], load).items()}

    def _look(self, store: Store) -> None:
        """Now and then, whether the lists are too old; new ones are read at once."""

        def look(_: list[StoreId]) -> Mapping[StoreId, bool]:
            if self._refresh(store):
                self._lists.forget()
                self._overviews.forget()
                self._bonds.forget()
            return {store.id: True}

        self._looked.many([store.id], look)

    def _read_lists(self, store: StoreId, scopes: Sequence[str]) -> Mapping[str, TopList]:
        def load(keys: list[tuple[StoreId, str]]) -> Mapping[tuple[StoreId, str], TopList]:
            found = self._tops.lists(store, [scope for _, scope in keys])
            return {(store, scope): top for scope, top in found.items()}

        return {scope: top for (_, scope), top in self._lists.many([(store, one) for one in scopes], load).items()}

    def _read_overview(self, store: StoreId) -> Overview:
        return self._overviews.many([store], lambda _: {store: self._tops.overview(store)}).get(store, Overview())

    def _read_products(self, store: StoreId, names: Sequence[ProductId]) -> Mapping[ProductId, Product]:
        def load(keys: list[tuple[StoreId, ProductId]]) -> Mapping[tuple[StoreId, ProductId], Product]:
            found = self._catalogue.get_many(store, [name for _, name in keys])
            return {(store, name): product for name, product in found.items()}

        return {name: one for (_, name), one in self._products.many([(store, one) for one in names], load).items()}


@dataclass(frozen=True, slots=True)
class _Supposing:
    """The catalogue, but for one product."""

    catalogue: Catalogue
    product: Product

    def get_many(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Product]:
        found = dict(self.catalogue.get_many(store, products))
        return found | {self.product.id: self.product} if self.product.id in found else found
