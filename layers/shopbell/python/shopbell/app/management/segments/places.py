"""Where a segment stands in a sorted list, and the cursor that goes on from there, whatever comes or goes."""

import base64
import json
from collections.abc import Mapping
from typing import Final

from shopbell.domain.errors import Rejected
from shopbell.domain.ids import SegmentId
from shopbell.domain.segments.definition import Segment

Place = tuple[str, int, str]
"""What is equal is in the order of ids."""
_MAX_CURSOR: Final = 2_048


def place_of(row: Segment, sort: str, size: tuple[int, int], users: int) -> Place:
    """By name from A on, by all else from the latest or the most; `size` in all and reachable."""
    if sort == "name":
        return row.name.casefold(), 0, row.id
    number = {
        "last_changed_at": row.last_changed_at,
        "last_verified_at": row.last_verified_at or 0,
        "created_at": row.created_at,
        "size": size[0],
        "reachable": size[1],
        "used_by": users,
    }[sort]
    return "", -number, row.id


def cursor_of(sort: str, place: Place) -> str:
    """Of the last row of a page."""
    return base64.urlsafe_b64encode(json.dumps([sort, *place], ensure_ascii=False).encode()).rstrip(b"=").decode()


def after(rows: list[Segment], places: Mapping[SegmentId, Place], sort: str, cursor: str | None) -> list[Segment]:
    """The sorted rows behind a cursor; Rejected if it is none of a list that is sorted like this."""
    if cursor is None:
        return rows
    place = _read(sort, cursor)
    return [row for row in rows if places[row.id] > place]


def _read(sort: str, cursor: str) -> Place:
    if len(cursor) > _MAX_CURSOR:
        raise _rejected()
    try:
        found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        raise _rejected() from None
    match found:
        case [str(by), str(name), int(number), str(row)] if by == sort:
            return name, number, row
        case _:
            raise _rejected()


def _rejected() -> Rejected:
    return Rejected.at("cursor", "is not a cursor of this list")
