"""Leaves over what is known of a visitor: traits, dates among them, and lists."""

from typing import Final, Literal, Self

from pydantic import field_validator, model_validator

from shopbell.domain.rules.conditions import Op, Value, check_value, is_number
from shopbell.domain.rules.model import Model
from shopbell.domain.rules.names import Name, TraitName
from shopbell.domain.rules.windows import Length

AGE: Final = "age"
"""Computed from a full birthday, in whole years."""
LIST_PREFIX: Final = "list."
"""Membership of a list is a trait of this name that is true."""
CUSTOM_PREFIX: Final = "custom."
"""Traits of the store's own, whose values may be anything, dates too."""
_DATES: Final = ("birthday", "signed_up_at")
_AGE_OPS: Final = frozenset({"eq", "ne", "in", "not_in", "gt", "gte", "lt", "lte", "between", "exists", "not_exists"})
DateOp = Literal["within_next", "within_last", "anniversary_within", "anniversary_ago"]
DATE_OPS: Final = frozenset({"within_next", "within_last", "anniversary_within", "anniversary_ago"})


class TraitLeaf(Model):
    """A trait's value now; a list counts as several values."""

    trait: TraitName
    op: Op
    value: Value | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_value(self.op, self.value)
        if self.trait == AGE:
            _check_age(self.op, self.value)
        return self


class DateLeaf(Model):
    """A date among the traits, seen from now.

    An instant: `within_next` is (now, now + value], `within_last` (now - value, now]. A date without a time turns at
    midnight of the visitor's zone (ruling 18) and is today or one of the next or last whole days of `value`;
    `anniversary_within` asks the same of its next return, leap day on 28 February in common years; `anniversary_ago`
    is true on the one day that lies `value` whole days after such a return.
    """

    trait: TraitName
    op: DateOp
    value: Length

    @field_validator("trait")
    @classmethod
    def _dated(cls, trait: str) -> str:
        if trait not in _DATES and not trait.startswith(CUSTOM_PREFIX):
            raise ValueError(f"{trait} is no date: {', '.join(_DATES)} and those of {CUSTOM_PREFIX} are")
        return trait

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.op == "within_last" and not self.value:
            raise ValueError("`within_last` takes a duration longer than nothing")
        return self


class ListLeaf(Model):
    """Whether the visitor is on a list that was uploaded."""

    list: Name

    @property
    def trait(self) -> str:
        """The trait that says so."""
        return LIST_PREFIX + self.list


def _check_age(op: Op, value: Value | None) -> None:
    wanted = value if isinstance(value, tuple) else () if value is None else (value,)
    if op not in _AGE_OPS or not all(map(is_number, wanted)):
        raise ValueError("`age` compares with numbers")
