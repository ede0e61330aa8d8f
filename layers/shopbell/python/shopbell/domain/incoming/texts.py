"""Kinds of text and number that several inputs share, each with the rule it must keep."""

import re
from collections.abc import Callable
from functools import cache
from typing import Annotated, Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import orjson
from pydantic import AfterValidator, Field, JsonValue

from shopbell.domain.clock import parse_duration, parse_instant
from shopbell.domain.ids import CUSTOMER_PREFIX, MAX_VISITOR_ID
from shopbell.domain.incoming.faults import checked

MAX_URL: Final = 2_048
MAX_MONEY: Final = 10**12
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,8}", re.ASCII)
_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9][A-Za-z0-9_+-]*){0,2}", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_MAX_ZONE: Final = 64
UNADDRESSABLE: Final = frozenset("/\\%?#\ufffd")
"""What a path cannot carry: its delimiters, what servers and clients rewrite, what bytes that are no text become."""
_NO_ZONES: Final = frozenset({"localtime", "posixrules", "Factory"})
"""What this machine is set to, and what one that was never set is."""
_OTHER_CLOCKS: Final = frozenset({"posix", "right", "SystemV"})
"""The same zones again, or with leap seconds, which an instant does not have."""
PATH_ID: Final = r"^(?!\.{1,2}$)[^\s/\\%?#\u0000-\u001f\u007f-\u00a0\ufffd]+$"
"""The same for readers of the document, as far as a pattern can say it."""

T = TypeVar("T")
Many = Annotated[tuple[T, ...], Field(strict=False)]
"""A JSON list; only the list itself is converted, never what is in it."""


def check_visitor(text: str) -> None:
    """1 to 128 characters that can stand in a path; `#` also parts our keys."""
    if not 1 <= len(text) <= MAX_VISITOR_ID:
        raise ValueError(f"must have 1 to {MAX_VISITOR_ID} characters")
    if not text.isprintable() or any(c.isspace() or c in UNADDRESSABLE for c in text):
        raise ValueError("must be printable characters without spaces, '/', '\\', '%', '?', '#' or U+FFFD")
    if text in {".", ".."}:
        raise ValueError("must not be '.' or '..', which paths resolve")


def check_customer(text: str) -> None:
    """As a visitor's, with room for the prefix that makes it one."""
    if not 1 <= len(text) <= MAX_VISITOR_ID - len(CUSTOMER_PREFIX):
        raise ValueError(f"must have 1 to {MAX_VISITOR_ID - len(CUSTOMER_PREFIX)} characters")
    check_visitor(text)


def check_name(text: str) -> None:
    """An id that the shop gave to an order, a cart, a form or an event; no path names it."""
    if not 1 <= len(text) <= MAX_VISITOR_ID or not text.isprintable():
        raise ValueError(f"must be 1 to {MAX_VISITOR_ID} printable characters")


def check_url(text: str) -> None:
    """An absolute http or https address without a user."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        raise ValueError("must be an absolute http(s) URL") from None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or not text.isprintable():
        raise ValueError("must be an absolute http(s) URL")
    if len(text) > MAX_URL:
        raise ValueError(f"must have at most {MAX_URL} characters")


def check_language(text: str) -> None:
    if not _LANGUAGE.fullmatch(text):
        raise ValueError("must be a BCP 47 language tag such as de or pt-BR")


@cache
def check_zone(text: str) -> None:
    """A name of the IANA time zone database, and no other file that lies beside it on some machines."""
    if text in _NO_ZONES or text.partition("/")[0] in _OTHER_CLOCKS:
        raise ValueError(f"must be an IANA time zone such as Europe/Berlin: {text} is none")
    try:
        if len(text) > _MAX_ZONE or not _ZONE.fullmatch(text):
            raise ValueError(text)  # noqa: TRY301 - told in the same words as an unknown zone
        ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise ValueError("must be an IANA time zone such as Europe/Berlin") from None


def check_currency(text: str) -> None:
    if not _CURRENCY.fullmatch(text):
        raise ValueError("must be an ISO 4217 code such as EUR")


def check_size(value: T, limit: int) -> T:
    """The value itself if its JSON has at most `limit` bytes."""
    if len(orjson.dumps(value)) > limit:
        raise ValueError(f"must have at most {limit} bytes")
    return value


def _text(check: Callable[[str], object]) -> AfterValidator:
    return AfterValidator(checked(check))


_ID_SCHEMA: Final[dict[str, JsonValue]] = {"minLength": 1, "maxLength": MAX_VISITOR_ID, "pattern": PATH_ID}
VisitorText = Annotated[str, _text(check_visitor), Field(json_schema_extra=_ID_SCHEMA)]
CustomerText = Annotated[str, _text(check_customer), Field(json_schema_extra={**_ID_SCHEMA, "maxLength": 126})]
ProductText = Annotated[str, _text(check_visitor), Field(json_schema_extra=_ID_SCHEMA)]
NameText = Annotated[str, _text(check_name), Field(json_schema_extra={"minLength": 1, "maxLength": 128})]
UrlText = Annotated[str, _text(check_url), Field(json_schema_extra={"format": "uri", "maxLength": MAX_URL})]
LanguageText = Annotated[str, _text(check_language), Field(json_schema_extra={"examples": ["de", "pt-BR"]})]
ZoneText = Annotated[str, _text(check_zone), Field(json_schema_extra={"examples": ["Europe/Berlin"]})]
CurrencyText = Annotated[str, _text(check_currency), Field(json_schema_extra={"pattern": "^[A-Z]{3}$"})]
InstantText = Annotated[str, _text(parse_instant), Field(json_schema_extra={"format": "date-time"})]
DurationText = Annotated[str, _text(parse_duration), Field(json_schema_extra={"format": "duration"})]
Money = Annotated[int, Field(ge=0, le=MAX_MONEY)]
Short = Annotated[str, Field(min_length=1, max_length=MAX_VISITOR_ID)]
TopicText = Annotated[str, Field(min_length=1, max_length=64)]
