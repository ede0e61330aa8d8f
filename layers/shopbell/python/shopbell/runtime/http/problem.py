"""Errors as RFC 9457 problem documents: what is wrong, where, and what would put it right."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pydantic import BaseModel

from shopbell.domain.errors import (
    Conflict,
    Forbidden,
    NotFound,
    Problem,
    Rejected,
    ShopbellError,
)
from shopbell.domain.origins import OriginRefused
from shopbell.domain.segments.users import InUse
from shopbell.runtime.http.answer import Answer

PROBLEM_JSON: Final = "application/problem+json"
_TITLES: Final = {
    400: "The request cannot be read",
    401: "A key is needed",
    403: "The key may not do that",
    404: "There is nothing here",
    405: "The resource does not take this method",
    409: "The current state does not allow it",
    412: "Somebody else changed it first",
    413: "The body is too large",
    422: "The input is wrong",
    429: "Too many calls",
    500: "Something went wrong on our side",
    503: "Try again in a moment",
}
NAMED: Final = {"identified_as_other": "409: The visitor is known to be another customer; the first word stands."}
"""Problems that a program may have to tell from others of their status, by the end of their `type`."""
_RETRY_AFTER: Final = "1"


class FaultOut(BaseModel):
    """One fault of the input: its path, such as `events.3.properties.total`, and what the value must be."""

    path: str
    message: str


class ProblemOut(BaseModel):
    """RFC 9457. `type` points at the explanation on /docs; it ends with the name of the problem where it has one."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FaultOut]


def problem(
    status: int, detail: str, errors: Sequence[Problem] = (), *, readable: bool = True, code: str | None = None
) -> Answer:
    """The document, with the headers that its status calls for."""
    faults = [FaultOut(path=fault.path, message=fault.message) for fault in errors]
    title = _TITLES[status]
    body = ProblemOut(
        type=f"/docs#problem-{code or status}", title=title, status=status, detail=detail, errors=faults
    )
    extra = {401: {"www-authenticate": "Bearer"}, 503: {"retry-after": _RETRY_AFTER}}.get(status, {})
    headers = {"cache-control": "no-store", **extra}
    return Answer(status, body.model_dump_json(), PROBLEM_JSON, headers, readable)


def problem_of(error: ShopbellError) -> Answer:
    """Each branch of the tree has its status (domain.errors)."""
    match error:
        case Rejected():
            return problem(error.status, _first(error.problems), error.problems)
        case NotFound():
            return problem(404, "No such thing in this store.")
        case Conflict():
            return problem(error.status, error.detail, _users(error), code=error.code)
        case Forbidden():
            return problem(error.status, error.detail, readable=not isinstance(error, OriginRefused))
        case _:
            return problem(503, "A service that we need is busy; the same call may succeed later.")


def refused(error: ShopbellError) -> Answer:
    """The same, with the paths of what was wrong for the log."""
    faults = tuple(fault.path for fault in error.problems) if isinstance(error, Rejected) else ()
    return replace(problem_of(error), faults=faults)


def titles() -> dict[int, str]:
    """Every status a problem can have, for the document."""
    return dict(_TITLES)


def _first(problems: Sequence[Problem]) -> str:
    if not problems:
        return "The input is wrong."
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{first.path or 'The body'} {first.message}{more}."


def _users(error: Conflict) -> Sequence[Problem]:
    """Who stands in the way of putting a segment away."""
    users = error.users if isinstance(error, InUse) else ()
    return [Problem(f"{user.kind}s.{user.id}", f"{user.name} ({user.state}) uses it") for user in users]
