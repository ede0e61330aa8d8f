"""Traits of a visitor as a caller changes them; null removes one."""

import re
from collections.abc import Mapping
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, JsonValue, model_validator

from shopbell.domain.events import Json
from shopbell.domain.ids import VisitorId, customer
from shopbell.domain.incoming.faults import Incoming, checked
from shopbell.domain.incoming.texts import (
    CustomerText,
    InstantText,
    LanguageText,
    Short,
    VisitorText,
    ZoneText,
    check_size,
)

MAX_TRAITS_BYTES: Final = 8_192
_CUSTOM: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
_BIRTHDAY: Final = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_MAX_CUSTOM: Final = 50
_MAX_TEXT: Final = 512
_MAX_LIST: Final = 50
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_OLDEST: Final = 1900


def check_birthday(text: str) -> None:
    """`1990-05-17`, or `05-17` where the year is nobody's business."""
    found = _BIRTHDAY.fullmatch(text)
    if found is None:
        raise ValueError("must be a day such as 1990-05-17 or 05-17")
    year, month, day = (int(part) if part else None for part in found.groups())
    if not month or not day or month > len(_DAYS) or day > _DAYS[month - 1]:
        raise ValueError("is no day of the calendar")
    if year is not None and (year < _OLDEST or (month == 2 and day == 29 and not _leap(year))):  # noqa: PLR2004
        raise ValueError("is no day of the calendar")


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def check_country(text: str) -> None:
    if not _COUNTRY.fullmatch(text):
        raise ValueError("must be an ISO 3166-1 code of two capitals such as DE")


def _check_custom(custom: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if len(custom) > _MAX_CUSTOM:
        raise ValueError(f"must have at most {_MAX_CUSTOM} entries")
    for name, value in custom.items():
        if not _CUSTOM.fullmatch(name):
            raise ValueError(f"must have names of letters, digits and underscores; {name[:70]!r} is none")
        if not (_scalar(value) or _scalars(value)):
            raise ValueError(
                f"{name} must be a string of at most {_MAX_TEXT} characters, a number, true, false, null, "
                f"or a list of at most {_MAX_LIST} of them"
            )
    return custom


def _scalar(value: JsonValue) -> bool:
    return not isinstance(value, dict | list) and not (isinstance(value, str) and len(value) > _MAX_TEXT)


def _scalars(value: JsonValue) -> bool:
    return isinstance(value, list) and len(value) <= _MAX_LIST and all(map(_scalar, value))


class TraitsIn(Incoming):
    """Only what is named changes; null removes."""

    country: Annotated[str, AfterValidator(checked(check_country))] | None = None
    city: Short | None = None
    language: LanguageText | None = None
    time_zone: ZoneText | None = None
    gender: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    birthday: Annotated[str, AfterValidator(checked(check_birthday))] | None = None
    signed_up_at: InstantText | None = None
    custom: Annotated[dict[str, JsonValue], AfterValidator(_check_custom)] = Field(default_factory=dict)

    @property
    def changes(self) -> Mapping[str, Json]:
        """Flat, as rules name them: `country`, `custom.plan`; None where the trait goes."""
        named = {name: getattr(self, name) for name in self.model_fields_set if name != "custom"}
        return {**named, **{f"custom.{name}": value for name, value in self.custom.items()}}


def _bounded(traits: TraitsIn) -> TraitsIn:
    check_size(traits.changes, MAX_TRAITS_BYTES)
    return traits


class VisitorPatchIn(Incoming):
    """Body of PATCH /v1/visitors/{visitor_id}."""

    traits: Annotated[TraitsIn, AfterValidator(_bounded)]


class VisitorIn(Incoming):
    """One of the visitors of POST /v1/visitors, named by just one of the two ids."""

    visitor_id: VisitorText | None = None
    customer_id: CustomerText | None = None
    traits: Annotated[TraitsIn, AfterValidator(_bounded)]

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if (self.visitor_id is None) is (self.customer_id is None):
            raise ValueError("must have either visitor_id or customer_id")
        return self

    @property
    def who(self) -> VisitorId:
        """A customer's id is a visitor's too (ruling 17)."""
        return VisitorId(self.visitor_id) if self.visitor_id is not None else customer(self.customer_id or "")
