"""A merchant's own list of products, as it is written."""

from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from shopbell.domain.clock import parse_instant
from shopbell.domain.ids import MAX_VISITOR_ID, ProductId, StoreId
from shopbell.domain.incoming.faults import Incoming
from shopbell.domain.incoming.paths import MAX_SENT, check_path
from shopbell.domain.incoming.texts import InstantText, Many, Short
from shopbell.domain.recommend.named import ProductList, Target

MAX_PRODUCTS: Final = 100


class TargetIn(Incoming):
    """A product and a segment by id, a category by its path: the list holds for what lies under it too."""

    kind: Literal["product", "category", "segment"]
    id: Annotated[str, Field(min_length=1, max_length=MAX_SENT)]

    @model_validator(mode="after")
    def _fits(self) -> "TargetIn":
        if self.kind == "category":
            check_path(self.id)
        elif len(self.id) > MAX_VISITOR_ID:
            raise ValueError(f"must have an id of at most {MAX_VISITOR_ID} characters")
        return self

    @property
    def target(self) -> Target:
        return Target(self.kind, check_path(self.id) if self.kind == "category" else self.id)


class ProductListIn(Incoming):
    """Body of PUT /v1/product-lists/{name}: in place of the list as it was. An empty one shows nothing."""

    product_ids: Annotated[Many[Short], Field(max_length=MAX_PRODUCTS)]
    target: TargetIn | None = None
    starts_at: InstantText | None = None
    ends_at: InstantText | None = None

    @model_validator(mode="after")
    def _fits(self) -> "ProductListIn":
        start, end = self.starts_at, self.ends_at
        if start is not None and end is not None and parse_instant(start)[0] >= parse_instant(end)[0]:
            raise ValueError("must begin before it ends")
        return self

    def list(self, store: StoreId, name: str, revision: int) -> ProductList:
        """Each product once, in the order in which they were given."""
        return ProductList(
            store,
            name,
            tuple(dict.fromkeys(map(ProductId, self.product_ids))),
            None if self.target is None else self.target.target,
            None if self.starts_at is None else parse_instant(self.starts_at)[0],
            None if self.ends_at is None else parse_instant(self.ends_at)[0],
            revision,
        )
