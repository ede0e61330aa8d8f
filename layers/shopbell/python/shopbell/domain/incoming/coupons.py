"""Pools and codes as a marketer writes them."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, JsonValue, model_validator

from shopbell.domain.codes import MAX_MADE, check_pattern
from shopbell.domain.incoming.faults import Incoming, checked
from shopbell.domain.incoming.segments import SegmentName, Title
from shopbell.domain.incoming.texts import InstantText, Many

MAX_BODY: Final = 5 * 1024 * 1024
Discount = Annotated[str, Field(max_length=60)]
Percent = Annotated[int, Field(ge=0, le=100)]


def _pattern(text: str) -> None:
    if (fault := check_pattern(text)) is not None:
        raise ValueError(fault)


class PopupIn(Incoming):
    """What stands above the code on the shop's page; without it, words of ours."""

    title: Annotated[str, Field(min_length=1, max_length=120)]
    body: Annotated[str, Field(max_length=400)] = ""


class PoolIn(Incoming):
    """Body of POST /v1/coupon-pools; without an `id` one is made up. `discount` as messages say it, such as 10 %."""

    name: Title
    id: SegmentName | None = None
    discount: Discount = ""
    expires_at: InstantText | None = None
    low_stock_percent: Percent = 10
    popup: PopupIn | None = None


class PoolPatchIn(Incoming):
    """Body of PATCH /v1/coupon-pools/{id}: what is left out stays."""

    name: Title | None = None
    discount: Discount | None = None
    expires_at: InstantText | None = None
    low_stock_percent: Percent | None = None
    popup: PopupIn | None = None


class GenerateIn(Incoming):
    """So many codes that nobody can guess; `{8}` in the pattern stands for so many letters by chance, 6 to 32."""

    pattern: Annotated[
        str, AfterValidator(checked(_pattern)), Field(max_length=64, json_schema_extra={"examples": ["WELCOME-{8}"]})
    ]
    count: Annotated[int, Field(ge=1, le=MAX_MADE)]


class CodesIn(Incoming):
    """Body of POST /v1/coupon-pools/{id}/codes: one of the three. Of CSV the first column is read."""

    codes: Annotated[Many[JsonValue], Field(json_schema_extra={"items": {"type": "string"}})] | None = None
    csv: str | None = None
    generate: GenerateIn | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(one is not None for one in (self.codes, self.csv, self.generate)) != 1:
            raise ValueError("must have one of codes, csv and generate")
        return self
