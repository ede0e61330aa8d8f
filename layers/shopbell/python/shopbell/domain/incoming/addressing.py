"""Other words for some of a campaign's people, as a marketer writes them."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from shopbell.domain.addressing import is_deep
from shopbell.domain.content import ContentBy, ForSome
from shopbell.domain.incoming.content import ContentIn
from shopbell.domain.incoming.faults import Incoming, checked
from shopbell.domain.incoming.segments import SegmentName

MAX_TEXTS: Final = 20
MAX_CATEGORY: Final = 200


def _check_category(path: str) -> None:
    if not path or len(path) > MAX_CATEGORY or not all(path.split("/")) or is_deep(path):
        raise ValueError("must be a category of at most two levels, such as Outdoor/Boots")


Category = Annotated[str, AfterValidator(checked(_check_category))]


class ContentByIn(Incoming):
    """Contents by category or by segment; `content` is for everybody else."""

    category: Annotated[dict[Category, ContentIn], Field(min_length=1, max_length=MAX_TEXTS)] | None = None
    segment: Annotated[dict[SegmentName, ContentIn], Field(min_length=1, max_length=MAX_TEXTS)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.category is None) == (self.segment is None):
            raise ValueError("must have either `category` or `segment`")
        return self

    @property
    def texts(self) -> ContentBy:
        if self.category is not None:
            return ContentBy("category", tuple(ForSome(name, one.content) for name, one in self.category.items()))
        return ContentBy("segment", tuple(ForSome(name, one.content) for name, one in (self.segment or {}).items()))
