"""A request as it is read from API Gateway's event (payload format 2.0)."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from shopbell.domain.errors import Rejected

BROWSER_BODY: Final = 64 * 1024
SERVER_BODY: Final = 1024 * 1024
MAX_DEPTH: Final = 40
"""Levels of a JSON body: the rule language needs the most, two for each of its 8 and what a leaf holds."""


@dataclass(frozen=True, slots=True)
class Request:
    """Header names are in lower case; `authorizer` is what the Lambda authorizer said, empty on open routes."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    authorizer: Mapping[str, str] = field(default_factory=dict)
    raw: str = ""
    base64: bool = False

    @property
    def origin(self) -> str | None:
        """The page that calls; None when it is no browser."""
        return self.headers.get("origin")

    def body(self, limit: int) -> bytes:
        """Raises Rejected with 413 above `limit` bytes, 400 if it is not what the gateway says it is."""
        try:
            body = b64decode(self.raw, validate=True) if self.base64 else self.raw.encode()
        except (binascii.Error, ValueError):
            raise Rejected.at("", "cannot be read", status=400) from None
        if len(body) > limit:
            raise Rejected.at("", f"must have at most {limit} bytes", status=413)
        return body

    def json(self, limit: int) -> object:
        """The body whatever its content type says: a beacon may only say text/plain. 400 if it is not JSON."""
        try:
            value: object = orjson.loads(self.body(limit))
        except orjson.JSONDecodeError:
            raise Rejected.at("", "is not valid JSON", status=400) from None
        if _too_deep(value):
            raise Rejected.at("", f"must nest at most {MAX_DEPTH} levels")
        return value


def read_request(event: Mapping[str, Any], params: Mapping[str, str]) -> Request:
    """Reads what a gateway may leave out as empty."""
    context = event.get("requestContext") or {}
    http = context.get("http") or {}
    authorizer = (context.get("authorizer") or {}).get("lambda") or {}
    return Request(
        method=str(http.get("method", "")).upper(),
        path=str(event.get("rawPath", "")),
        params=params,
        query=event.get("queryStringParameters") or {},
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        authorizer={name: str(value) for name, value in authorizer.items() if value},
        raw=event.get("body") or "",
        base64=bool(event.get("isBase64Encoded")),
    )


def _too_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: object) -> list[object]:
    """Only what may have children itself."""
    match node:
        case dict():
            inside = [*node.values()]
        case list():
            inside = node
        case _:
            return []
    return [child for child in inside if isinstance(child, dict | list)]
