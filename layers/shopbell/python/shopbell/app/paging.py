"""One page of rows of which a store has so few that they are read together."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from shopbell.ports import Page

T = TypeVar("T")


def page_of(rows: Iterable[T], place: Callable[[T], str], after: str | None, limit: int) -> Page[T]:
    """In the order of places, which nothing that happens to a row may change; `after` and the cursor are places."""
    found = sorted((row for row in rows if after is None or place(row) > after), key=place)
    return Page(tuple(found[:limit]), place(found[limit - 1]) if len(found) > limit else None)
