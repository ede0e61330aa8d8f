"""The nodes of a rule as frozen values; which one a JSON object is, its key says."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from shopbell.domain.rules.conditions import Condition, Op, Value, check_value
from shopbell.domain.rules.model import Model
from shopbell.domain.rules.windows import (
    WINDOW_KEYS,
    Age,
    AgoWindow,
    BetweenWindow,
    LastWindow,
    SinceWindow,
)

EventName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
TraitName = Annotated[
    str,
    StringConstraints(
        pattern=r"^(country|city|language|time_zone|gender|birthday|signed_up_at"
        r"|custom\.[A-Za-z][A-Za-z0-9_]{0,63})$"
    ),
]
SegmentName = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Where = Annotated[tuple[Condition, ...], Field(max_length=20)]
Count = Annotated[int, Field(ge=0, le=1_000)]
CountOp = Literal["gte", "gt", "lte", "lt", "eq", "ne", "between"]
MAX_COUNT: Final = 1_000
"""Elements kept of a feature (ruling 3): what lies above cannot be told apart."""


def _window_tag(value: object) -> str | None:
    if isinstance(value, Mapping):
        return next((WINDOW_KEYS[key] for key in value if key in WINDOW_KEYS), None)
    return None


Window = Annotated[
    Annotated[LastWindow, Tag("<last>")]
    | Annotated[AgoWindow, Tag("<ago>")]
    | Annotated[SinceWindow, Tag("<since>")]
    | Annotated[BetweenWindow, Tag("<between>")],
    Discriminator(
        _window_tag,
        custom_error_type="window",
        custom_error_message="must be last, from with to, since or between",
    ),
]


class And(Model):
    all: Annotated[tuple["Rule", ...], Field(alias="and")]


class Or(Model):
    any: Annotated[tuple["Rule", ...], Field(alias="or")]


class Not(Model):
    child: "Rule" = Field(alias="not")


class EventLeaf(Model):
    """How many events matched in the window."""

    event: EventName
    where: Where = ()
    aggregate: Literal["count"] = "count"
    op: CountOp = "gte"
    value: Count | tuple[Count, Count] = 1
    window: Window | None = None
    """None: the whole life."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if isinstance(self.value, tuple) != (self.op == "between"):
            raise ValueError("`between` takes two counts, the others one")
        low, high = self.bounds
        if low > high:
            raise ValueError("must begin before it ends")
        if high == MAX_COUNT and self.op not in {"gte", "lt"}:
            raise ValueError(f"`{self.op}` counts up to {MAX_COUNT - 1}")
        return self

    @property
    def bounds(self) -> tuple[int, int]:
        """Smallest and largest threshold."""
        return self.value if isinstance(self.value, tuple) else (self.value, self.value)


class LastLeaf(Model):
    """How long ago the newest match was; false while there is none."""

    last: EventName
    where: Where = ()
    ago: Age


class FirstLeaf(Model):
    """How long ago the oldest match was; false while there is none."""

    first: EventName
    where: Where = ()
    ago: Age


class TraitLeaf(Model):
    """A trait's value now; a list counts as several values."""

    trait: TraitName
    op: Op
    value: Value | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_value(self.op, self.value)
        return self


class SubscriptionLeaf(Model):
    """The active push subscriptions: `active` whether there is one, else a field of theirs."""

    subscription: Literal["active", "browser", "os", "device", "prompt"]
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


class SegmentLeaf(Model):
    """Membership of another segment."""

    in_segment: SegmentName


class BucketLeaf(Model):
    """A stable share of the visitors: per cent from `from` up to, not including, `to`."""

    bucket: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    from_: Annotated[int | float, Field(alias="from", ge=0, le=100)]
    to: Annotated[int | float, Field(ge=0, le=100)]


def _node_tag(value: object) -> str | None:
    if not isinstance(value, Mapping):
        return None
    if value.get("subscription") == "age":
        return "<age>"
    return next((f"<{key}>" for key in value if key in NODE_KEYS), None)


NODE_KEYS: Final = frozenset(
    {"and", "or", "not", "event", "last", "first", "trait", "subscription", "in_segment", "bucket"}
)
Leaf = (
    EventLeaf | LastLeaf | FirstLeaf | TraitLeaf | SubscriptionLeaf | SubscriptionAgeLeaf | SegmentLeaf | BucketLeaf
)
Rule = Annotated[
    Annotated[And, Tag("<and>")]
    | Annotated[Or, Tag("<or>")]
    | Annotated[Not, Tag("<not>")]
    | Annotated[EventLeaf, Tag("<event>")]
    | Annotated[LastLeaf, Tag("<last>")]
    | Annotated[FirstLeaf, Tag("<first>")]
    | Annotated[TraitLeaf, Tag("<trait>")]
    | Annotated[SubscriptionLeaf, Tag("<subscription>")]
    | Annotated[SubscriptionAgeLeaf, Tag("<age>")]
    | Annotated[SegmentLeaf, Tag("<in_segment>")]
    | Annotated[BucketLeaf, Tag("<bucket>")],
    Discriminator(_node_tag),
]
for _model in (And, Or, Not):
    _model.model_rebuild()
