"""The log of a segment or a visitor, newest first, and only the lines of one cause where one is asked for."""

from collections.abc import Callable, Collection
from typing import Final

from shopbell.domain.ids import SegmentId
from shopbell.domain.membership import LogLine
from shopbell.ports import Page

CAUSES: Final = ("event", "clock", "definition", "merge", "import", "erasure", "statistic", "audit")
PAGES_A_CALL: Final = 20
"""Pages of other causes that one call may look through before it says: go on from here."""


def lines(
    page_of: Callable[[str | None, int], Page[LogLine]],
    cause: str | None,
    cursor: str | None,
    limit: int,
    hidden: Collection[SegmentId] = (),
) -> Page[LogLine]:
    """`page_of` reads so many lines from a cursor on; those of `hidden` segments are left out.

    A page may be short and still not the last.
    """
    if cause is None and not hidden:
        return page_of(cursor, limit)
    taken: list[LogLine] = []
    for _ in range(PAGES_A_CALL):
        page = page_of(cursor, limit - len(taken))
        taken += [line for line in page.items if _asked_for(line, cause) and line.flip.segment not in hidden]
        cursor = page.cursor
        if cursor is None or len(taken) == limit:
            break
    return Page(tuple(taken), cursor)


def _asked_for(line: LogLine, cause: str | None) -> bool:
    return cause is None or line.flip.cause.partition(":")[0] == cause
