"""A merchant's own product lists over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from pydantic import BaseModel, Field

from shopbell.app.management.product_lists import ProductLists
from shopbell.domain.clock import format_instant
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.product_lists import ProductListIn
from shopbell.domain.recommend.named import NAME_FORM, ProductList, is_list_name
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer
from shopbell.runtime.http.management_answers import ListOut
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.request import Request


class TargetOut(BaseModel):
    kind: Literal["product", "category", "segment"]
    id: str


class ProductListOut(BaseModel):
    """`revision` grows with each write."""

    name: str
    product_ids: list[str]
    target: TargetOut | None
    starts_at: str | None
    ends_at: str | None
    revision: int = Field(ge=1)


class WrittenListOut(ProductListOut):
    """`unknown`: products that it names, and its target, that the store does not have, or not yet."""

    unknown: list[str]


OPERATIONS: Final = (
    Operation(
        "listProductLists",
        "GET",
        "/v1/product-lists",
        "All product lists",
        "Products",
        Managed("viewer"),
        answer=ListOut[ProductListOut],
        query=reading.PAGE,
    ),
    Operation(
        "getProductList",
        "GET",
        "/v1/product-lists/{name}",
        "A product list",
        "Products",
        Managed("viewer"),
        answer=ProductListOut,
        errors=(404,),
    ),
    Operation(
        "putProductList",
        "PUT",
        "/v1/product-lists/{name}",
        "Write a product list",
        "Products",
        Managed("marketer"),
        body=ProductListIn,
        answer=WrittenListOut,
        errors=(409, 412, 413),
        takes=("if-match",),
        description=(
            "What the algorithm `predefined` shows: the list that a message names, else those for its products, "
            "their categories, and the segments of the visitor, in their order. What is sold out is passed over, and "
            "so is what is not there, which the answer tells as `unknown`."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ProductListCalls:
    lists: ProductLists

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listProductLists": self._list,
            "getProductList": lambda store, request: _tagged(self.lists.one(store, request.params["name"])),
            "putProductList": self._put,
        }

    def _list(self, store: StoreId, request: Request) -> Answer:
        return reading.listed_by_place(request, partial(self.lists.page, store), _shape)

    def _put(self, store: StoreId, request: Request) -> Answer:
        name = request.params["name"]
        if not is_list_name(name):
            raise Rejected.at("name", NAME_FORM)
        given, expected = reading.body(ProductListIn, request), reading.expected_revision(request)
        one = self.lists.put(store, name, given, expected)
        said = WrittenListOut(**_shape(one).model_dump(), unknown=list(self.lists.unknown(one)))
        return reading.tagged(said, one.revision)


def _tagged(one: ProductList) -> Answer:
    return reading.tagged(_shape(one), one.revision)


def _shape(one: ProductList) -> ProductListOut:
    return ProductListOut(
        name=one.name,
        product_ids=list(one.products),
        target=None if one.target is None else TargetOut(kind=one.target.kind, id=one.target.id),
        starts_at=None if one.starts_at is None else format_instant(one.starts_at),
        ends_at=None if one.ends_at is None else format_instant(one.ends_at),
        revision=one.revision,
    )
