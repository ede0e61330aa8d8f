"""What a browser is told about pages of other origins; never with credentials, since keys travel by hand."""

from collections.abc import Mapping
from typing import Final

from shopbell.runtime.http.answer import Answer

MAX_AGE: Final = 600
"""Seconds for which a preflight's answer holds."""
METHODS: Final = "GET, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS: Final = "authorization, content-type, idempotency-key, if-match, if-none-match"
EXPOSED: Final = "etag, retry-after, location, ratelimit, ratelimit-policy"


def preflight(origin: str | None) -> Answer:
    """A preflight carries no key, so it is answered for any origin; the call itself is then judged by its key."""
    headers = {"vary": "origin"}
    if origin is not None:
        headers |= {
            "access-control-allow-origin": origin,
            "access-control-allow-methods": METHODS,
            "access-control-allow-headers": REQUEST_HEADERS,
            "access-control-max-age": str(MAX_AGE),
        }
    return Answer(204, content_type=None, headers=headers)


def permission(origin: str | None, *, readable: bool) -> Mapping[str, str]:
    """Headers of every other answer, errors too."""
    if origin is None or not readable:
        return {"vary": "origin"}
    return {
        "access-control-allow-origin": origin,
        "access-control-expose-headers": EXPOSED,
        "vary": "origin",
    }
