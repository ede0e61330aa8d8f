"""Kinds of event property: what a value must be, told once to the check and once to the API document."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.domain.errors import Problem
from shopbell.domain.events import Json
from shopbell.domain.incoming.faults import join
from shopbell.domain.incoming.texts import MAX_MONEY, MAX_URL, PATH_ID, check_currency, check_name, check_visitor

MAX_ITEMS: Final = 200
MAX_COUNT: Final = 10**9


@dataclass(frozen=True, slots=True)
class Kind:
    """`fault` answers what is wrong with a value, None if nothing; `schema` says the same in JSON Schema."""

    fault: Callable[[Json], str | None]
    schema: Mapping[str, Json]
    required: bool = False
    entries: Mapping[str, "Kind"] = field(default_factory=dict)
    """For a list of objects: what each of them may hold; other fields are kept as given."""

    @property
    def needed(self) -> "Kind":
        return replace(self, required=True)


def faults(kinds: Mapping[str, Kind], given: Mapping[str, Json], at: str) -> Iterator[Problem]:
    """Every fault of an object, below path `at`; properties without a kind are kept as given."""
    for name, kind in kinds.items():
        if name not in given:
            if kind.required:
                yield Problem(join(at, name), "is required")
        elif (message := kind.fault(given[name])) is not None:
            yield Problem(join(at, name), message)
        elif kind.entries:
            yield from _entry_faults(kind.entries, given[name], join(at, name))


def _entry_faults(kinds: Mapping[str, Kind], entries: Json, at: str) -> Iterator[Problem]:
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield from faults(kinds, entry, join(at, index))
        else:
            yield Problem(join(at, index), "must be an object")


def text(longest: int = 512) -> Kind:
    def fault(value: Json) -> str | None:
        if not isinstance(value, str):
            return "must be a string"
        return None if 1 <= len(value) <= longest else f"must have 1 to {longest} characters"

    return Kind(fault, {"type": "string", "minLength": 1, "maxLength": longest})


def whole(low: int, high: int, words: str = "must be an integer") -> Kind:
    def fault(value: Json) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return words
        return None if low <= value <= high else f"must be {low} to {high}"

    return Kind(fault, {"type": "integer", "minimum": low, "maximum": high})


def rows(entries: Mapping[str, Kind]) -> Kind:
    def fault(value: Json) -> str | None:
        if not isinstance(value, list):
            return "must be a list"
        return None if len(value) <= MAX_ITEMS else f"must have at most {MAX_ITEMS} entries"

    return Kind(fault, {"type": "array", "maxItems": MAX_ITEMS, "items": schema(entries)}, entries=entries)


def schema(kinds: Mapping[str, Kind]) -> Mapping[str, Json]:
    """The JSON Schema of an object; what it does not name is allowed."""
    needed = [name for name, kind in kinds.items() if kind.required]
    described: dict[str, Json] = {"type": "object", "properties": {name: kind.schema for name, kind in kinds.items()}}
    return {**described, "required": needed} if needed else described


def _checked(check: Callable[[str], None], described: Mapping[str, Json]) -> Kind:
    def fault(value: Json) -> str | None:
        if not isinstance(value, str):
            return "must be a string"
        try:
            check(value)
        except ValueError as exc:
            return str(exc)
        return None

    return Kind(fault, described)


def _flag(value: Json) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _seconds(value: Json) -> str | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return None if number and 0 <= value <= MAX_COUNT else f"must be a number from 0 to {MAX_COUNT}"  # type: ignore[operator]


PRODUCT: Final = _checked(check_visitor, {"type": "string", "minLength": 1, "maxLength": 128, "pattern": PATH_ID})
NAME: Final = _checked(check_name, {"type": "string", "minLength": 1, "maxLength": 128})
CURRENCY: Final = _checked(check_currency, {"type": "string", "pattern": "^[A-Z]{3}$"})
MONEY: Final = whole(0, MAX_MONEY, "must be an integer in minor units, such as 1999 for 19.99")
COUNT: Final = whole(0, MAX_COUNT)
QUANTITY: Final = whole(1, MAX_COUNT)
TEXT: Final = text()
URL: Final = text(MAX_URL)
FLAG: Final = Kind(_flag, {"type": "boolean"})
SECONDS: Final = Kind(_seconds, {"type": "number", "minimum": 0, "maximum": MAX_COUNT})
