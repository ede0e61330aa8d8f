"""Who is drawn where a run may have only so many recipients: by lot, and the same ones however often it is asked."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from heapq import nsmallest
from typing import Final, TypeVar

from shopbell.app.delivery.place import Place
from shopbell.domain.ids import VisitorId
from shopbell.domain.runs import Run
from shopbell.domain.subscriptions import Subscription
from shopbell.ports import Memberships, Page, Subscriptions

NOT_DRAWN: Final = "max_recipients"
"""By which those are counted who get nothing since the run goes to no more."""
PAGE: Final = 1_000
T = TypeVar("T")


def share(run: Run, shard: int) -> int:
    """How many of a shard may be drawn: all shards together have as many as the run, whoever is in them."""
    most = run.terms.max_recipients or 0
    first = int(run.id[:8], 16) % run.shards
    return most // run.shards + ((shard - first) % run.shards < most % run.shards)


def lot(run: Run, visitor: VisitorId) -> int:
    """Another one in each run."""
    return int.from_bytes(hashlib.sha256(f"{run.id}\n{visitor}".encode()).digest()[:6])


def highest(run: Run, shard: int, visitors: Iterable[VisitorId]) -> int:
    """The highest lot that is drawn; -1: none is."""
    drawn = nsmallest(share(run, shard), {lot(run, who) for who in visitors})
    return drawn[-1] if drawn else -1


def reachable(run: Run, shard: int, memberships: Memberships, subscriptions: Subscriptions) -> Iterator[VisitorId]:
    """Whoever of a shard may have a lot; some more than once."""
    if not run.audience.include:
        rows = _all(lambda at: subscriptions.page(run.store, shard, at, PAGE))
        yield from (row.visitor for row in rows if row.created_at <= run.created_at and run.takes(row.visitor))
    for segment in run.audience.include:
        members = _all(partial(memberships.page, run.store, segment, shard, limit=PAGE))
        yield from (member.visitor for member in members if member.reachable and run.takes(member.visitor))


def drawn(run: Run, place: Place, visitors: Sequence[VisitorId]) -> tuple[Place, Sequence[VisitorId]]:
    """Never more than are left, though some may have come since the lots were read."""
    if place.lot is None:
        return place, visitors
    chosen = [who for who in visitors if lot(run, who) <= place.lot][: place.left]
    return replace(place, left=place.left - len(chosen)), chosen


def is_drawn(run: Run, last: int, row: Subscription) -> bool:
    """Whoever came since has no lot: a person's devices are on several pages, and nobody counts them."""
    return row.created_at <= run.created_at and lot(run, row.visitor) <= last


def _all(page: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """Every item of a list, a page at a time."""
    cursor: str | None = None
    while True:
        found = page(cursor)
        yield from found.items
        if (cursor := found.cursor) is None:
            return
