"""One operation of the API: what the router, the key check and the document all read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from pydantic import BaseModel

from shopbell.domain.events import Json
from shopbell.domain.store import KeyKind, Principal, Role, Store
from shopbell.runtime.http.answer import Answer
from shopbell.runtime.http.request import Request

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
ROLES: Final[Mapping[Role, int]] = {"viewer": 0, "marketer": 1, "admin": 2}
"""Each may do what those below it may."""


@dataclass(frozen=True, slots=True)
class Open:
    """No key."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A tracking key of one of these kinds."""

    kinds: frozenset[KeyKind]


@dataclass(frozen=True, slots=True)
class Managed:
    """A management key of at least this role."""

    role: Role


Access = Open | Keyed | Managed


@dataclass(frozen=True, slots=True)
class Operation:
    """`path` in OpenAPI's form, such as `/v1/visitors/{visitor_id}`; `query`: name to JSON Schema."""

    id: str
    method: Method
    path: str
    summary: str
    tag: str
    access: Access
    status: int = 200
    body: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    media: str = "application/json"
    """Of the answer."""
    table: bool = False
    """It is answered as text/csv too, with `?format=csv`."""
    query: Mapping[str, Json] = field(default_factory=dict)
    errors: tuple[int, ...] = ()
    """Besides those that follow from `access`, `body` and the path."""
    takes: tuple[str, ...] = ()
    """Request headers with a meaning here: `idempotency-key`, `if-match`, `if-none-match`."""
    description: str = ""
    bare: bool = False
    """Whether the body may be left out."""
    also: tuple[tuple[int, type[BaseModel]], ...] = ()
    """Other statuses that it may answer with, each with its body."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was let in: who makes it, and, for tracking, the store as it is."""

    request: Request
    principal: Principal
    store: Store


@dataclass(frozen=True, slots=True)
class Route:
    """An operation and what carries it out."""

    operation: Operation
    handle: Callable[[Request], Answer]


def admitted_role(held: Role | None, wanted: Role) -> bool:
    return held is not None and ROLES[held] >= ROLES[wanted]
