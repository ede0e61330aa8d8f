"""The kinds of thing that a marketer may set for a scenario: each reads what was given and says what is wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shopbell.domain.events import Json
from shopbell.domain.recommend.named import NAME_FORM, is_list_name

Urgency = Literal["very-low", "low", "normal", "high"]
_ID: Final = re.compile(r"[A-Za-z0-9_:.-]{1,64}", re.ASCII)

MAX_TOPIC: Final = 64


class WrongInsideError(ValueError):
    """Of a parameter that is an object: `field` is the place in it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two ends, both included; with `none` it may also be null, with `word` that word."""

    name: str
    default: int | None
    low: int
    high: int
    help: str
    none: bool = False
    word: str | None = None

    def read(self, given: Json) -> int | str | None:
        """ValueError says what is wrong, here and below."""
        if (given is None and self.none) or (isinstance(given, str) and given == self.word):
            return given
        if not isinstance(given, int) or isinstance(given, bool) or not self.low <= given <= self.high:
            else_ = f" or {self.word}" if self.word else or_null(none=self.none)
            raise ValueError(f"must be a whole number from {self.low} to {self.high}{else_}")
        return given

    @property
    def form(self) -> Mapping[str, Json]:
        """What a form needs to ask for it, beside name, default and help; here and below."""
        words: Mapping[str, Json] = {"choices": [self.word]} if self.word else {}
        return {"type": "integer", "minimum": self.low, "maximum": self.high, "nullable": self.none, **words}


@dataclass(frozen=True, slots=True)
class Share:
    """A number from 0 to 1."""

    name: str
    default: float
    help: str

    def read(self, given: Json) -> float:
        if not isinstance(given, int | float) or isinstance(given, bool) or not 0 <= given <= 1:
            raise ValueError("must be a number from 0 to 1")
        return float(given)

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "number", "minimum": 0, "maximum": 1}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words; with `none` it may also be null."""

    name: str
    default: str | None
    words: tuple[str, ...]
    help: str
    none: bool = False

    def read(self, given: Json) -> str | None:
        if given is None and self.none:
            return None
        if not isinstance(given, str) or given not in self.words:
            raise ValueError(f"must be one of {', '.join(self.words)}{or_null(none=self.none)}")
        return given

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "choice", "choices": list(self.words), "nullable": self.none}


@dataclass(frozen=True, slots=True)
class Several:
    """Some of a few words, at least one."""

    name: str
    default: tuple[str, ...]
    words: tuple[str, ...]
    help: str

    def read(self, given: Json) -> tuple[str, ...]:
        listed = given if isinstance(given, Sequence) and not isinstance(given, str) else ()
        if not listed or any(one not in self.words for one in listed):
            raise ValueError(f"must be a list of {', '.join(self.words)}")
        return tuple(word for word in self.words if word in listed)

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "choices", "choices": list(self.words)}


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    name: str
    default: bool
    help: str

    def read(self, given: Json) -> bool:
        if not isinstance(given, bool):
            raise ValueError("must be true or false")  # noqa: TRY004 - of the input, not of code
        return given

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Name:
    """The id of something that the store has made, or null."""

    name: str
    help: str
    default: None = None

    def read(self, given: Json) -> str | None:
        if given is None or (isinstance(given, str) and _ID.fullmatch(given)):
            return given
        raise ValueError("must be an id or null")

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "name", "nullable": True}


@dataclass(frozen=True, slots=True)
class Topic:
    """What subscribers can choose to hear of, in the shop's own words, or null."""

    name: str
    help: str
    default: None = None

    def read(self, given: Json) -> str | None:
        if given is None or (isinstance(given, str) and 1 <= len(given) <= MAX_TOPIC):
            return given
        raise ValueError(f"must have 1 to {MAX_TOPIC} characters, or be null")

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "topic", "maximum": MAX_TOPIC, "nullable": True}


@dataclass(frozen=True, slots=True)
class ListName:
    """The name of one of the shop's product lists, or null."""

    name: str
    help: str
    default: None = None

    def read(self, given: Json) -> str | None:
        if given is None or (isinstance(given, str) and is_list_name(given)):
            return given
        raise ValueError(f"{NAME_FORM}, or be null")

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "product_list", "nullable": True}


def or_null(*, none: bool) -> str:
    """What a message adds where null will do as well."""
    return " or null" if none else ""
