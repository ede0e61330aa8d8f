"""Leaves over what a visitor did: counts, values, ratios, first and last times."""

from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, ValidationInfo, field_validator, model_validator

from shopbell.domain.rules.amounts import Amounts, CountOp, Number, check_amounts, check_no_length
from shopbell.domain.rules.comparable import check_money, is_money
from shopbell.domain.rules.model import Model
from shopbell.domain.rules.names import EventName, FieldName, Where
from shopbell.domain.rules.windows import AnyAge, AnyWindow

MAX_COUNT: Final = 1_000
"""Elements kept of a feature (ruling 3): what lies above cannot be told apart."""


def _counted(value: object) -> object:
    """One fault in one sentence: the branches of a union would each speak for themselves."""
    listed = isinstance(value, list | tuple)
    each = tuple(value) if isinstance(value, list | tuple) else (value,)
    if len(each) != 1 + listed or not all(type(one) is int and 0 <= one <= MAX_COUNT for one in each):
        raise ValueError(f"must be an integer from 0 to {MAX_COUNT}, or for `between` a list of two")
    return each if listed else value


Counts = Annotated[int | tuple[int, int], BeforeValidator(_counted)]
ValueAggregate = Literal["sum", "avg", "min", "max", "distinct"]
_VALUES: Final = frozenset({"sum", "avg", "min", "max", "distinct"})


def check_counts(op: CountOp, value: Counts) -> None:
    """ValueError if the operator does not take it, or could not be answered from 1,000 elements."""
    if isinstance(value, tuple) != (op == "between"):
        raise ValueError("`between` takes two counts, the others one")
    low, high = value if isinstance(value, tuple) else (value, value)
    if low > high:
        raise ValueError("must begin before it ends")
    if high == MAX_COUNT and op not in {"gte", "lt"}:
        raise ValueError(f"`{op}` counts up to {MAX_COUNT - 1}")


def whole(value: Amounts) -> Counts:
    """The thresholds of `distinct`: counts, and never a statistic. ValueError otherwise."""
    low, high = value if isinstance(value, tuple) else (value, value)
    if not isinstance(low, int) or not isinstance(high, int) or low < 0 or high > MAX_COUNT:
        raise ValueError(f"`distinct` takes whole numbers up to {MAX_COUNT}")
    return (low, high) if isinstance(value, tuple) else low


class EventLeaf(Model):
    """How many events matched in the window."""

    event: EventName
    where: Where = ()
    aggregate: Literal["count"] = "count"
    op: CountOp = "gte"
    value: Counts = 1
    window: AnyWindow | None = None
    """None: the whole life."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_counts(self.op, self.value)
        return self

    @property
    def bounds(self) -> tuple[int, int]:
        """Smallest and largest threshold."""
        return self.value if isinstance(self.value, tuple) else (self.value, self.value)


def _aggregate(name: object) -> object:
    if not isinstance(name, str) or name not in _VALUES:
        raise ValueError("must be count, or with `of` sum, avg, min, max or distinct")
    return name


class AggregateLeaf(Model):
    """A number made of the field `of` of the matching events in the window.

    `sum` of nothing is 0 and `distinct` of nothing too; `avg`, `min` and `max` of nothing are no number, and false.
    Only numbers go into the first four; a field with several values (`items.price`) gives all of them.
    """

    event: EventName
    where: Where = ()
    aggregate: Annotated[ValueAggregate, BeforeValidator(_aggregate)]
    of: FieldName
    op: CountOp = "gte"
    value: Amounts = 1
    window: AnyWindow | None = None

    @field_validator("value")
    @classmethod
    def _in_minor_units(cls, value: Amounts, info: ValidationInfo) -> Amounts:
        if is_money(info.data.get("of", "")):
            check_money(value)
            check_no_length(value)
        return value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_amounts(self.op, self.value)
        if self.aggregate == "distinct":
            check_counts(self.op, whole(self.value))
        return self


class Measure(Model):
    """One side of a ratio: a count, or an aggregate of the field `of`."""

    event: EventName
    where: Where = ()
    aggregate: Literal["count", "sum", "avg", "min", "max", "distinct"] = "count"
    of: FieldName | None = None
    window: AnyWindow | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.of is None) != (self.aggregate == "count"):
            raise ValueError("`count` takes no `of`, every other aggregate needs it")
        return self


class Ratio(Model):
    """What is divided, and by what."""

    of: Measure
    to: Measure


class RatioLeaf(Model):
    """One number of events divided by another; false while the divisor is zero (ruling 15)."""

    ratio: Ratio
    op: CountOp = "gte"
    value: Number | tuple[Number, Number]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_amounts(self.op, self.value)
        return self


class LastLeaf(Model):
    """How long ago the newest match was; false while there is none."""

    last: EventName
    where: Where = ()
    ago: AnyAge


class FirstLeaf(Model):
    """How long ago the oldest match was; false while there is none."""

    first: EventName
    where: Where = ()
    ago: AnyAge
