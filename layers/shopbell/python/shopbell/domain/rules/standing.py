"""Leaves over how a visitor stands now: subscriptions, cart, favourites, scores, segments and shares."""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, StringConstraints, Tag, ValidationInfo, field_validator, model_validator

from shopbell.domain.rules.amounts import Amounts, CountOp, Number, check_amounts, check_no_length, check_no_statistic
from shopbell.domain.rules.comparable import check_money
from shopbell.domain.rules.conditions import Op, Value, check_value
from shopbell.domain.rules.model import Model
from shopbell.domain.rules.names import SegmentName
from shopbell.domain.rules.windows import Age, PositiveLength


class SubscriptionLeaf(Model):
    """The active push subscriptions: `active` whether there is one, else a field of theirs."""

    subscription: Literal["active", "browser", "os", "device", "prompt", "topic"]
    op: Op = "eq"
    value: Value | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.subscription != "active":
            check_value(self.op, self.value)
        elif self.op != "eq" or not isinstance(self.value, bool | None):
            raise ValueError("`active` is true or false")
        return self


class SubscriptionAgeLeaf(Age):
    """How long ago some active subscription began."""

    subscription: Literal["age"]


class CartLeaf(Model):
    """The worth of the cart in the store's minor units, or the pieces in it; an empty cart has 0 of both."""

    cart: Literal["value", "count"]
    op: CountOp = "gte"
    value: Amounts = 1

    @field_validator("value")
    @classmethod
    def _in_minor_units(cls, value: Amounts, info: ValidationInfo) -> Amounts:
        checks = (check_no_statistic,) if info.data.get("cart") == "count" else (check_no_length, check_money)
        for check in checks:
            check(value)
        return value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_amounts(self.op, self.value)
        return self


class CartAgeLeaf(Age):
    """How long ago the cart last changed; false while it is empty."""

    cart: Literal["age"]


class CartContainsLeaf(Model):
    """A product in the cart: by its id, or by what was known of it when it was put there."""

    cart: Literal["contains"]
    field: Literal["product_id", "variant_id", "category", "brand"] = "product_id"
    op: Op = "eq"
    value: Value | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_value(self.op, self.value)
        return self


_Text = Annotated[str, StringConstraints(max_length=512)]


class AffinityLeaf(Model):
    """A category or brand among the `top` that the visitor cares for most."""

    affinity: Literal["category", "brand"]
    op: Literal["eq", "in", "under", "ne", "not_in"] = "eq"
    value: _Text | Annotated[tuple[_Text, ...], Field(max_length=1_000)]
    top: Annotated[int, Field(ge=1, le=20)] = 3

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_value(self.op, self.value)
        return self


RfmGroup = Literal[
    "champions",
    "loyal",
    "potential_loyalist",
    "promising",
    "new",
    "needs_attention",
    "about_to_sleep",
    "at_risk",
    "cannot_lose",
    "hibernating",
    "lost",
]
_Score = Annotated[int, Field(ge=1, le=5)]
_Scores = _Score | tuple[_Score, _Score]
"""One score, or the lowest and the highest that will do."""


class RfmScores(Model):
    """Recency, frequency and money from 1 to 5, 5 the best; at least one of the three."""

    r: _Scores | None = None
    f: _Scores | None = None
    m: _Scores | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        said = [value for value in (self.r, self.f, self.m) if value is not None]
        if not said:
            raise ValueError("needs r, f or m")
        if any(isinstance(value, tuple) and value[0] > value[1] for value in said):
            raise ValueError("must begin before it ends")
        return self

    @property
    def ranges(self) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
        """Lowest and highest score of r, f and m."""
        return _range(self.r), _range(self.f), _range(self.m)


def _range(value: _Scores | None) -> tuple[int, int]:
    if value is None:
        return 1, 5
    return value if isinstance(value, tuple) else (value, value)


def _rfm_tag(value: Any) -> str:
    return "<group>" if isinstance(value, str) else "<scores>"


class RfmLeaf(Model):
    """A named group, or ranges of the three scores; false for who was never scored."""

    rfm: Annotated[
        Annotated[RfmGroup, Tag("<group>")] | Annotated[RfmScores, Tag("<scores>")], Discriminator(_rfm_tag)
    ]


class ScoreLeaf(Model):
    """The probability that a buyer does not come back within 90 days; false for who was never scored."""

    score: Literal["churn_90d"]
    op: CountOp = "gte"
    value: Number | tuple[Number, Number]

    @field_validator("value")
    @classmethod
    def _probable(cls, value: Number | tuple[Number, Number]) -> Number | tuple[Number, Number]:
        if any(not 0 <= one <= 1 for one in (value if isinstance(value, tuple) else (value,))):
            raise ValueError("a probability is from 0 to 1")
        return value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_amounts(self.op, self.value)
        return self


class NextOrderLeaf(Model):
    """When the next order is expected: in (now, now + value], or overdue by less than `value`."""

    score: Literal["next_order_at"]
    op: Literal["within_next", "within_last"]
    value: PositiveLength


class SegmentLeaf(Model):
    """Membership of another segment; since at least, or since less than, a duration (ruling 13)."""

    in_segment: SegmentName
    for_at_least: PositiveLength | None = None
    entered_within: PositiveLength | None = None


class BucketLeaf(Model):
    """A stable share of the visitors: per cent from `from` up to, not including, `to`."""

    bucket: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    from_: Annotated[int | float, Field(alias="from", ge=0, le=100)]
    to: Annotated[int | float, Field(ge=0, le=100)]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.from_ > self.to:
            raise ValueError("`from` must not be more than `to`")
        return self
