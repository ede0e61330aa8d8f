"""Opaque page cursors: positions within one partition, so that none can lead out of the store it is used in."""

import base64
import binascii
import hashlib
from typing import Final

import orjson

from shopbell.domain.errors import Rejected

MAX_CURSOR: Final = 2_048
_MAX_PART: Final = 1_024
_SEAL: Final = 11
"""Characters: 64 bits, so that nobody takes one list's cursor for another's by chance."""


def encode(*parts: str) -> str:
    """The last item's place in the order of its partition; the partition itself is never in it."""
    return base64.urlsafe_b64encode(orjson.dumps(parts)).rstrip(b"=").decode()


def decode(cursor: str | None, parts: int) -> tuple[str, ...] | None:
    """None stays None: from the beginning. Rejected at `cursor` when it is none of ours."""
    if cursor is None:
        return None
    try:
        found = orjson.loads(_bytes(cursor))
    except (ValueError, binascii.Error):
        raise rejected() from None
    if not isinstance(found, list) or len(found) != parts or not all(_is_part(part) for part in found):
        raise rejected()
    return tuple(found)


def position(cursor: str | None) -> str | None:
    """The place that a cursor of one part holds."""
    parts = decode(cursor, 1)
    return None if parts is None else parts[0]


def sealed(cursor: str, of: str) -> str:
    """As callers get it: for this one list. The seal is no secret; it tells mistakes, and guards nothing."""
    return _seal(cursor, of) + cursor


def opened(given: str, of: str) -> str:
    """Rejected at `cursor` unless it was sealed for this list, and came back whole."""
    cursor = given[_SEAL:]
    if len(given) > MAX_CURSOR or given != sealed(cursor, of):
        raise rejected()
    return cursor


def rejected() -> Rejected:
    """What a cursor of another list, or of nobody, is answered with."""
    return Rejected.at("cursor", "is not a cursor of this list", status=422)


def _seal(cursor: str, of: str) -> str:
    digest = hashlib.sha256(f"{of}\n{cursor}".encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest[:8]).rstrip(b"=").decode()


def _bytes(cursor: str) -> bytes:
    if not 0 < len(cursor) <= MAX_CURSOR:
        raise ValueError
    return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)


def _is_part(part: object) -> bool:
    return isinstance(part, str) and 0 < len(part.encode()) <= _MAX_PART
