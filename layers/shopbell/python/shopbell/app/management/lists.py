"""Static lists: make one, say who is on it, put it away."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.filling import FILL_LIST, PART, ChangeMembers
from shopbell.app.jobs import StartJob
from shopbell.app.management.usage import speaking
from shopbell.app.paging import page_of
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.ids import ListId, StoreId, VisitorId
from shopbell.domain.incoming.lists import ListIn
from shopbell.domain.lists import VisitorList, names_list
from shopbell.domain.segments.definition import Segment
from shopbell.domain.segments.users import InUse
from shopbell.ports import Lists, Page, RandomBytes, Segments, Stores

AT_ONCE: Final = PART
"""Visitors who are put on a list while the caller waits; more become a job (ruling 26)."""


@dataclass(frozen=True, slots=True)
class ReadLists:
    lists: Lists
    segments: Segments

    def page(self, store: StoreId, after: str | None, limit: int) -> Page[tuple[VisitorList, int]]:
        """By id, each with how many segments read it."""
        known = self.segments.all(store)
        rows = page_of((row for row in self.lists.all(store) if not row.going), lambda row: row.id, after, limit)
        return Page(tuple((row, len(_readers(known, row.id))) for row in rows.items), rows.cursor)

    def one(self, store: StoreId, name: ListId) -> tuple[VisitorList, int]:
        row = found(self.lists, store, name)
        return row, len(_readers(self.segments.all(store), name))


@dataclass(frozen=True, slots=True)
class CreateList:
    lists: Lists
    random: RandomBytes
    now: Clock

    def __call__(self, store: StoreId, given: ListIn, request: str | None = None) -> VisitorList:
        """Nobody is on it. The same again finds the same list, and so does the same `request`, which names this very
        call; 409 for another one of that id.
        """
        now, name = self.now(), ListId(given.id or _id(store, request, self.random))
        made = VisitorList(store, name, given.name, now, now, revision=1, description=given.description)
        if self.lists.save(made, expected=None):
            return made
        stored = self.lists.get(store, name)
        same = stored is not None and (stored.name, stored.description) == (made.name, made.description)
        if stored is None or stored.going or not (same or given.id is None):
            raise Conflict("There is another list of this id.")
        return stored


@dataclass(frozen=True, slots=True)
class DeleteList:
    stores: Stores
    segments: Segments
    change: ChangeMembers
    start: StartJob

    def __call__(self, store: StoreId, name: ListId) -> None:
        """It is gone at once for whoever looks; a long one lets its members go in a job. InUse names the readers."""
        row, shards = found(self.change.lists, store, name), shards_of(self.stores, store)
        holders = [one for one in _readers(self.segments.all(store), name) if one.live or one.state == "paused"]
        if holders:
            raise InUse("Segments read it.", [speaking(one, holds=True) for one in holders])
        going = replace(row, going=True, revision=row.revision + 1)
        if not self.change.lists.save(going, expected=row.revision):
            raise Conflict("It was changed by somebody else in the meantime: read it again, then decide.")
        if row.size > AT_ONCE:
            self.start(store, FILL_LIST, {"list": name, "mode": "replace", "upload": "", "parts": 0})
            return
        swept(self.change, row, shards, frozenset())
        self.change.lists.delete(store, name)


def swept(change: ChangeMembers, row: VisitorList, shards: int, keep: frozenset[VisitorId]) -> int:
    """Everybody off but those: how many that were."""
    gone = 0
    for shard in range(shards):
        cursor: str | None = None
        while True:
            some, cursor = change.sweep(row.store, row.id, shard, cursor, keep)
            gone += some
            if cursor is None:
                break
    return gone


def found(lists: Lists, store: StoreId, name: ListId) -> VisitorList:
    row = lists.get(store, name)
    if row is None or row.going:
        raise NotFound(name)
    return row


def shards_of(stores: Stores, store: StoreId) -> int:
    row = stores.get(store)
    if row is None:
        raise NotFound(store)
    return row.shards


def _readers(known: Sequence[Segment], name: ListId) -> Sequence[Segment]:
    return [row for row in known if row.state != "archived" and names_list(row.rule, name)]


def _id(store: StoreId, request: str | None, random: RandomBytes) -> str:
    if request is None:
        return f"list-{random(8).hex()}"
    return f"list-{hashlib.sha256(f'{store}{request}'.encode()).hexdigest()[:16]}"
