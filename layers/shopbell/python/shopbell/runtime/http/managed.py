"""The shapes that management calls come in: read, make, change, move from one state to another, remove."""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from shopbell.domain.events import Json
from shopbell.runtime.http.operation import Managed, Method, Operation

_VIEWER: Final = Managed("viewer")
_MARKETER: Final = Managed("marketer")


def get(
    name: str, path: str, summary: str, answer: type[BaseModel], query: Mapping[str, Json] | None = None
) -> Operation:
    return Operation(name, "GET", path, summary, _tag(path), _VIEWER, answer=answer, query=query or {})


def make(name: str, path: str, summary: str, body: type[BaseModel], answer: type[BaseModel]) -> Operation:
    takes = ("idempotency-key",)
    return Operation(
        name, "POST", path, summary, _tag(path), _MARKETER, 201, body, answer, errors=(409, 413), takes=takes
    )


def change(
    name: str, path: str, summary: str, body: type[BaseModel], answer: type[BaseModel], access: Managed = _MARKETER
) -> Operation:
    errors = (409, 412, 413)
    return Operation(
        name, "PATCH", path, summary, _tag(path), access, 200, body, answer, errors=errors, takes=("if-match",)
    )


def turn(name: str, path: str, summary: str, answer: type[BaseModel], description: str = "") -> Operation:
    """A call that moves something from one state to another, and may be repeated."""
    return Operation(
        name,
        "POST",
        path,
        summary,
        _tag(path),
        _MARKETER,
        202,
        answer=answer,
        errors=(409, 412),
        takes=("if-match",),
        description=description,
    )


def remove(name: str, path: str, summary: str, description: str) -> Operation:
    method: Method = "DELETE"
    return Operation(
        name,
        method,
        path,
        summary,
        _tag(path),
        _MARKETER,
        204,
        errors=(409, 412),
        takes=("if-match",),
        description=description,
    )


def _tag(path: str) -> str:
    return path.split("/")[2].title()
