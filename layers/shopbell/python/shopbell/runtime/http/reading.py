"""What management calls read of a request: bodies, revisions, pages."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar, cast
from urllib.parse import unquote

from pydantic import BaseModel

from shopbell.adapters import cursors
from shopbell.domain.errors import Conflict, Problem, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.faults import validated
from shopbell.domain.store import Role
from shopbell.ports import Page
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.operation import ROLES, Operation
from shopbell.runtime.http.request import Request

MAX_BODY: Final = 256 * 1024
MAX_LIMIT: Final = 100
_DIGITS: Final = len(str(MAX_LIMIT))
MAX_REQUEST_NAME: Final = 128
DEFAULT_LIMIT: Final = 50
PAGE: Final[Mapping[str, Json]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    "cursor": {"type": "string", "maxLength": 2_048},
}
"""What every list takes."""
_FRESH: Final = {"cache-control": "no-store"}
_REVISION: Final = re.compile(r'(?:W/)?"(\d{1,15})"', re.ASCII)

Handle = Callable[[StoreId, Request], Answer]
M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


def body(model: type[M], request: Request) -> M:
    return validated(model, request.json(MAX_BODY))


def maybe_body(model: type[M], request: Request) -> M:
    """The same of a body that may be left out, as if it were `{}`."""
    return body(model, request) if request.raw else validated(model, {})


def expected_revision(request: Request) -> int | None:
    """From `If-Match`; None when there is none, or `*`. 412 for a tag that can be none of ours."""
    tag = request.headers.get("if-match", "*").strip()
    if tag == "*":
        return None
    found = _REVISION.fullmatch(tag)
    if found is None:
        raise Conflict("If-Match must be the ETag that was read.", status=412)
    return int(found[1])


def caller(request: Request) -> str | None:
    """The key that calls, by the first characters of its hash."""
    return request.authorizer.get("key")


def role(request: Request) -> Role | None:
    """What the key that calls may do."""
    said = request.authorizer.get("role")
    return cast("Role", said) if said in ROLES else None


def tagged(shape: BaseModel, revision: int, status: int = 200) -> Answer:
    """With its revision as the ETag."""
    return answer(shape, status, {"etag": f'"{revision}"', **_FRESH})


def limit_of(request: Request) -> int:
    text = request.query.get("limit")
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS and 1 <= int(text) <= MAX_LIMIT):
        raise Rejected.at("limit", f"must be a whole number from 1 to {MAX_LIMIT}")
    return int(text)


def one_of(request: Request, name: str, words: Sequence[str]) -> str | None:
    """A query parameter that is one of a few words."""
    given = request.query.get(name)
    if given is not None and given not in words:
        raise Rejected.at(name, f"must be one of {', '.join(words)}")
    return given


def cursor_of(request: Request) -> str | None:
    """Where the page begins; 422 for the cursor of another list, of another store's, or of other filters."""
    given = request.query.get("cursor")
    return None if given is None else cursors.opened(given, _list_of(request))


def next_cursor(request: Request, cursor: str | None) -> str | None:
    """As the caller gets it, for this list alone."""
    return None if cursor is None else cursors.sealed(cursor, _list_of(request))


def listed(request: Request, page: Page[T], shape: Callable[[T], BaseModel]) -> Answer:
    """`management_answers.ListOut` of what `shape` makes."""
    items = ",".join(shape(row).model_dump_json() for row in page.items)
    cursor = json.dumps(next_cursor(request, page.cursor))
    return Answer(200, f'{{"items":[{items}],"next_cursor":{cursor}}}', headers=_FRESH)


def place_of(request: Request) -> str | None:
    """The same as `cursor_of` for lists whose cursors are the places of rows."""
    return cursors.position(cursor_of(request))


def placed(page: Page[T]) -> Page[T]:
    """Of a page whose cursor is the place of a row, one that can be listed."""
    return page if page.cursor is None else replace(page, cursor=cursors.encode(page.cursor))


def listed_by_place(
    request: Request, read: Callable[[str | None, int], Page[T]], shape: Callable[[T], BaseModel]
) -> Answer:
    """The page that was asked for; `read` gives so many rows after a place."""
    return listed(request, placed(read(place_of(request), limit_of(request))), shape)


def strict(operation: Operation, handle: Handle) -> Handle:
    """Refuses what it does not take: whoever misspells `from` or `state` would else be answered another question."""

    def handled(store: StoreId, request: Request) -> Answer:
        unknown = sorted(request.query.keys() - operation.query.keys())
        if unknown:
            takes = ", ".join(sorted(operation.query)) or "none"
            raise Rejected([Problem(name, f"is not taken here; what is: {takes}") for name in unknown])
        return handle(store, request)

    return handled


def idempotency_key(request: Request) -> str | None:
    """The name that the caller gave this very request."""
    name = request.headers.get("idempotency-key")
    if name is not None and not 1 <= len(name) <= MAX_REQUEST_NAME:
        raise Rejected((Problem("idempotency-key", f"must have 1 to {MAX_REQUEST_NAME} characters"),))
    return name


def _list_of(request: Request) -> str:
    """The store, what is listed, and the filters: all that must be the same from page to page."""
    filters = sorted((name, text) for name, text in request.query.items() if name not in PAGE)
    return json.dumps([request.authorizer.get("store"), unquote(request.path), filters])
