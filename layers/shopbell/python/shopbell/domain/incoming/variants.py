"""Variants of a message as a marketer writes them: several contents, each for its share of the visitors."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from shopbell.domain.content import Content, Variant
from shopbell.domain.incoming.content import ContentIn
from shopbell.domain.incoming.faults import Incoming
from shopbell.domain.incoming.texts import Many

FEWEST: Final = 2
MOST: Final = 10
MAX_WEIGHT: Final = 1_000
MAX_NAME: Final = 40

VariantName = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]*$")]


class VariantIn(Incoming):
    """Of all weights together, `weight` says its share."""

    name: VariantName
    weight: Annotated[int, Field(ge=1, le=MAX_WEIGHT)]
    content: ContentIn


def _distinct(given: tuple[VariantIn, ...]) -> tuple[VariantIn, ...]:
    if len({one.name for one in given}) < len(given):
        raise ValueError("must have names that differ")
    return given


Variants = Annotated[Many[VariantIn], Field(min_length=FEWEST, max_length=MOST), AfterValidator(_distinct)]


class WordsIn(Incoming):
    """What a message says: `content`, or `variants` of it instead."""

    variants: Variants | None = None
    content: ContentIn | None = None

    @field_validator("content")
    @classmethod
    def _one_of_both(cls, content: ContentIn | None, info: ValidationInfo) -> ContentIn | None:
        if content is not None and info.data.get("variants") is not None:
            raise ValueError("is given by `variants` already")
        return content

    @property
    def said(self) -> tuple[Content | None, tuple[Variant, ...]]:
        """With variants the content is that of the first. (None, ()): nothing was said."""
        variants = tuple(Variant(one.name, one.weight, one.content.content) for one in self.variants or ())
        if variants:
            return variants[0].content, variants
        return (self.content.content if self.content else None), ()


class SpokenIn(WordsIn):
    """One of both is required."""

    content: Annotated[ContentIn | None, Field(validate_default=True)] = None

    @field_validator("content")
    @classmethod
    def _some(cls, content: ContentIn | None, info: ValidationInfo) -> ContentIn | None:
        if content is None and info.data.get("variants", FEWEST) is None:
            raise PydanticCustomError("missing", "is required")
        return content

    @property
    def spoken(self) -> tuple[Content, tuple[Variant, ...]]:
        content, variants = self.said
        if content is None:
            raise TypeError("nothing was said")
        return content, variants
