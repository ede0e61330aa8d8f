"""The log of a segment or a visitor, newest first, and only the lines of one cause where one is asked for."""

from collections.abc import Callable
from typing import Final

from shopbell.domain.membership import LogLine
from shopbell.ports import Page

CAUSES: Final = ("event", "clock", "definition", "merge", "import", "erasure", "statistic", "audit")
PAGES_A_CALL: Final = 20
"""Pages of other causes that one call may look through before it says: go on from here."""


def lines(
    page_of: Callable[[str | None, int], Page[LogLine]], cause: str | None, cursor: str | None, limit: int
) -> Page[LogLine]:
    """`page_of` reads so many lines from a cursor on. A page may be short and still not the last."""
    if cause is None:
        return page_of(cursor, limit)
    taken: list[LogLine] = []
    for _ in range(PAGES_A_CALL):
        page = page_of(cursor, limit - len(taken))
        taken += [line for line in page.items if line.flip.cause.partition(":")[0] == cause]
        cursor = page.cursor
        if cursor is None or len(taken) == limit:
            break
    return Page(tuple(taken), cursor)
