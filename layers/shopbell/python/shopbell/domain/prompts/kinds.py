"""The kinds of thing that a marketer may set for what a page shows: texts, lists of them, limits, a beginning."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.events import Json
from shopbell.domain.scenarios.kinds import WrongInsideError, or_null

LANGUAGE: Final = re.compile(r"[a-z]{2,3}", re.ASCII)
MAX_PERCENT: Final = 100
MAX_PAGES: Final = 100
MAX_ARGUMENT: Final = 200


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words, never HTML; with `none` it may also be null. `begins`: what it must begin with, one of these."""

    name: str
    default: str | None
    longest: int
    help: str
    none: bool = False
    begins: tuple[str, ...] = ()

    def read(self, given: Json) -> str | None:
        """ValueError says what is wrong, here and below."""
        if given is None and self.none:
            return None
        if not isinstance(given, str) or not given.strip() or len(given) > self.longest:
            raise ValueError(f"must be a text of 1 to {self.longest} characters{or_null(none=self.none)}")
        if self.begins and not given.startswith(self.begins):
            raise ValueError(f"must begin with {' or '.join(self.begins)}")
        return given

    @property
    def form(self) -> Mapping[str, Json]:
        """What a form needs to ask for it, beside name, default and help; here and below."""
        return {"type": "text", "maximum": self.longest, "nullable": self.none}


@dataclass(frozen=True, slots=True)
class Texts:
    """Up to `most` short texts, in their order; `pattern`: what each must be."""

    name: str
    default: tuple[str, ...]
    most: int
    longest: int
    help: str
    pattern: re.Pattern[str] | None = None

    def read(self, given: Json) -> tuple[str, ...]:
        if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > self.most:
            raise ValueError(f"must be a list of at most {self.most} texts")
        return tuple(self._one(place, one) for place, one in enumerate(given))

    def _one(self, place: int, given: Json) -> str:
        if not isinstance(given, str) or not given.strip() or len(given) > self.longest:
            raise WrongInsideError(str(place), f"must be a text of 1 to {self.longest} characters")
        if self.pattern is not None and not self.pattern.fullmatch(given):
            raise WrongInsideError(str(place), "must be a language such as de")
        return given

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "texts", "maximum": self.longest, "most": self.most}


@dataclass(frozen=True, slots=True)
class Wholes:
    """Up to `most` whole numbers from `low` to `high`."""

    name: str
    default: tuple[int, ...]
    most: int
    low: int
    high: int
    help: str

    def read(self, given: Json) -> tuple[int, ...]:
        if not isinstance(given, Sequence) or isinstance(given, str) or not 1 <= len(given) <= self.most:
            raise ValueError(f"must be a list of 1 to {self.most} whole numbers")
        return tuple(whole(str(place), one, self.low, self.high) for place, one in enumerate(given))

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "integers", "minimum": self.low, "maximum": self.high, "most": self.most}


@dataclass(frozen=True, slots=True)
class Limits:
    """An object of whole numbers from 1 to `high`, each with its default; what is left out is as that."""

    name: str
    shipped: Mapping[str, int]
    high: int
    help: str

    @property
    def default(self) -> Mapping[str, Json]:
        return dict(self.shipped)

    def read(self, given: Json) -> Mapping[str, Json]:
        if not isinstance(given, Mapping):
            raise ValueError(f"must be an object of {', '.join(self.shipped)}")  # noqa: TRY004 - of the input
        for name in given:
            if name not in self.shipped:
                raise WrongInsideError(name, "is unknown")
        return {name: whole(name, given.get(name, default), 1, self.high) for name, default in self.shipped.items()}

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "limits", "minimum": 1, "maximum": self.high, "choices": list(self.shipped)}


@dataclass(frozen=True, slots=True)
class Start:
    """What on a page starts it, `kind` or `kind:argument`: see WAYS."""

    name: str
    default: str
    help: str

    def read(self, given: Json) -> str:
        kind, colon, argument = given.partition(":") if isinstance(given, str) else ("", "", "")
        if kind not in WAYS:
            raise ValueError(f"must be one of {', '.join(WAYS.values())}")
        if not isinstance(given, str) or bool(colon) != (":" in WAYS[kind]):
            raise ValueError(f"must be {WAYS[kind]}")
        if kind in _HIGHEST and not (
            argument.isascii() and argument.isdigit() and 1 <= int(argument) <= _HIGHEST[kind]
        ):
            raise ValueError(f"must be {WAYS[kind]}, from 1 to {_HIGHEST[kind]}")
        if colon and not 1 <= len(argument) <= MAX_ARGUMENT:
            raise ValueError(f"must be {WAYS[kind]}, of at most {MAX_ARGUMENT} characters")
        return given

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "start", "choices": list(WAYS.values())}


WAYS: Final[Mapping[str, str]] = {
    "immediate": "immediate",
    "delay": "delay",
    "page_view_n": "page_view_n:<pages of the visit>",
    "scroll_pct": "scroll_pct:<percent of the page>",
    "exit_intent": "exit_intent",
    "interaction": "interaction:<CSS selector>",
    "event": "event:<type>",
}
"""How a page may start it, and how each is written."""
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
_HIGHEST: Final = {"page_view_n": MAX_PAGES, "scroll_pct": MAX_PERCENT}


def whole(field: str, given: Json, low: int, high: int) -> int:
    """WrongInsideError at `field` for anything else."""
    if not isinstance(given, int) or isinstance(given, bool) or not low <= given <= high:
        raise WrongInsideError(field, f"must be a whole number from {low} to {high}")
    return given
