"""A dataclass from what it knows of a document."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")
Raw = Mapping[str, Any]


def of(kind: type[T], raw: Raw, parts: Raw | None = None) -> T:
    """`parts` are those that are no plain JSON; what a later release added is passed over."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in {**raw, **(parts or {})}.items() if name in known})


def maybe(kind: type[T], raw: Raw | None) -> T | None:
    """Of plain JSON, if it is there."""
    return None if raw is None else of(kind, raw)


def tuples(raw: Raw, *names: str) -> dict[str, Any]:
    """The lists of these names, as far as they are there."""
    return {name: tuple(raw[name]) for name in names if name in raw}
