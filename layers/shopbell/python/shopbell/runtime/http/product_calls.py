"""The catalogue and recommendations over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shopbell.app.management.products import ReadProducts, RecommendNow
from shopbell.app.paging import page_of
from shopbell.domain.ids import ProductId, StoreId, VisitorId
from shopbell.domain.incoming.recommendations import RecommendationIn
from shopbell.runtime.http import product_answers as out
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.request import Request


@dataclass(frozen=True, slots=True)
class ProductCalls:
    read: ReadProducts
    recommend: RecommendNow

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listProducts": self._list,
            "getProduct": lambda store, request: answer(
                out.shape(self.read.one(store, ProductId(request.params["product_id"]))),
                headers={"cache-control": "no-store"},
            ),
            "listProductVersions": self._versions,
            "listCategories": self._categories,
            "recommend": self._recommend,
        }

    def _list(self, store: StoreId, request: Request) -> Answer:
        page = self.read.page(store, reading.cursor_of(request), reading.limit_of(request))
        return reading.listed(request, page, out.shape)

    def _versions(self, store: StoreId, request: Request) -> Answer:
        product, cursor = ProductId(request.params["product_id"]), reading.cursor_of(request)
        page = self.read.versions(store, product, cursor, reading.limit_of(request))
        return reading.listed(request, page, out.version)

    def _categories(self, store: StoreId, request: Request) -> Answer:
        after, limit = reading.place_of(request), reading.limit_of(request)
        tree = self.read.categories(store)
        page = reading.placed(page_of(tree.roots, lambda one: one.path, after, limit))
        said = out.CategoriesOut(
            whole=tree.whole,
            items=[out.category(one) for one in page.items],
            next_cursor=reading.next_cursor(request, page.cursor),
        )
        return answer(said, headers={"cache-control": "no-store"})

    def _recommend(self, store: StoreId, request: Request) -> Answer:
        asked = reading.body(RecommendationIn, request)
        visitor = None if asked.visitor_id is None else VisitorId(asked.visitor_id)
        picked = self.recommend(store, visitor, asked.selection, asked.facts)
        items = [
            out.PickOut(
                product=out.shape(one.product),
                algorithm=one.algorithm,
                level=one.level,
                score=one.score,
                reason=one.reason,
            )
            for one in picked.picks
        ]
        return answer(out.RecommendationOut(level=picked.level, items=items), headers={"cache-control": "no-store"})
