"""A condition on one field of an event, a trait or a subscription, and what its operator takes."""

import re
from collections.abc import Callable
from typing import Annotated, Final, Literal, Self

import re2
from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from shopbell.domain.incoming.faults import checked
from shopbell.domain.rules.comparable import check_compared, check_field
from shopbell.domain.rules.model import Model

Scalar = (
    StrictBool
    | StrictInt
    | Annotated[StrictFloat, Field(allow_inf_nan=False)]
    | Annotated[StrictStr, StringConstraints(max_length=512)]
)
Value = Scalar | Annotated[tuple[Scalar, ...], Field(max_length=1_000)]

Op = Literal[
    "eq",
    "ne",
    "in",
    "not_in",
    "gt",
    "gte",
    "lt",
    "lte",
    "between",
    "contains",
    "starts_with",
    "ends_with",
    "exists",
    "not_exists",
    "under",
    "matches",
]
NEGATIVE: Final = frozenset({"ne", "not_in", "not_exists"})
"""On several values they mean none of them, the others any (ruling 18); they alone hold where nothing is."""
_WITHOUT: Final = frozenset({"exists", "not_exists"})
_LISTS: Final = frozenset({"in", "not_in"})
_ORDER: Final = frozenset({"gt", "gte", "lt", "lte"})
_TEXTS: Final = frozenset({"contains", "starts_with", "ends_with", "under"})
_PAIR: Final = 2
MAX_PATTERN: Final = 200
_PATTERN_MEMORY: Final = 1 << 20
_FIELD: Final = re.compile(r"[^.\s]{1,64}(\.[^.\s]{1,64}){0,7}")


def check_value(op: Op, value: Value | None) -> None:
    """ValueError says what the operator takes."""
    if op in _WITHOUT:
        fits, takes = value is None, "no value"
    elif op in _LISTS:
        fits, takes = isinstance(value, tuple) and len(value) > 0, "a list of values"
    elif op == "between":
        fits, takes = _is_range(value), "two numbers or two strings, the smaller one first"
    elif op == "matches":
        fits, takes = _check_pattern(value), f"a regular expression of at most {MAX_PATTERN} characters"
    elif op in _TEXTS:
        fits, takes = isinstance(value, str) and value != "", "a string"
    elif op in _ORDER:
        fits, takes = isinstance(value, str) or is_number(value), "a number or a string"
    else:
        fits, takes = value is not None and not isinstance(value, tuple), "one value"
    if not fits:
        raise ValueError(f"`{op}` takes {takes}")


def is_number(value: object) -> bool:
    """True for int and float; a bool is no number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def compiled(pattern: str) -> Callable[[str], bool]:
    """Whether a text holds a match anywhere, in time linear in its length (RE2). ValueError says what is wrong."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _PATTERN_MEMORY
    try:
        search = re2.compile(pattern.encode(), options).search
    except re2.error as exc:
        raise ValueError(f"is no regular expression: {exc.args[0].decode(errors='replace')}") from None
    return lambda text: search(text.encode("utf-8", "surrogatepass")) is not None


def _check_pattern(value: Value | None) -> bool:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_PATTERN:
        return False
    compiled(value)
    return True


def _is_range(value: Value | None) -> bool:
    if not isinstance(value, tuple) or len(value) != _PAIR:
        return False
    low, high = value
    if isinstance(low, str) and isinstance(high, str):
        return low <= high
    if isinstance(low, str) or isinstance(high, str) or not (is_number(low) and is_number(high)):
        return False
    return low <= high


def _check_name(text: str) -> None:
    if not _FIELD.fullmatch(text):
        raise ValueError("must be names joined by dots, such as items.product_id, and without spaces")


FieldName = Annotated[str, AfterValidator(checked(_check_name))]
"""At most 8 names of at most 64 characters."""


class Condition(Model):
    """`{"field": "items.product_id", "op": "eq", "value": "hiking-socks"}`."""

    field: FieldName
    op: Op
    value: Value | None = None

    @field_validator("field")
    @classmethod
    def _known(cls, field: str) -> str:
        check_field(field)
        return field

    @field_validator("value")
    @classmethod
    def _comparable(cls, value: Value | None, info: ValidationInfo) -> Value | None:
        check_compared(info.data.get("field", ""), info.data.get("op", ""), value)
        return value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_value(self.op, self.value)
        return self
