"""Put visitors on a static list and take them off: an event for each whom it changes, and a row that remembers it."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.app.privacy.erased import NOBODY, Erased
from shopbell.app.tracking.items import system_item
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import NotFound, Unavailable
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import EventId, ListId, StoreId, VisitorId
from shopbell.domain.jobs import Job
from shopbell.domain.lists import VisitorList, list_trait
from shopbell.ports import Events, LineUploads, ListMembers, Lists, Stores

FILL_LIST: Final = "fill_list"
PAGE: Final = 500
"""Visitors whose rows are read and written together."""
PART: Final = 2_000
"""Visitors of one step of a job: a few seconds of work."""
_TRIES: Final = 5
_ALMOST: Final = 99


@dataclass(frozen=True, slots=True)
class ChangeMembers:
    """The event first, then the row: whoever dies between the two says the same once more, which changes nothing."""

    lists: Lists
    members: ListMembers
    events: Events
    now: Clock
    erased: Erased | None = None

    def gone(self, store: StoreId, visitors: Collection[VisitorId]) -> frozenset[VisitorId]:
        """Those who were erased: nobody puts them on a list. Raises Unavailable."""
        return self.erased.among(store, visitors) if self.erased else NOBODY

    def put(self, store: StoreId, name: ListId, visitors: Sequence[VisitorId], *, on: bool) -> int:
        """Of distinct visitors, how many it changed; the others were on the list, or off it, already."""
        changed = 0
        for start in range(0, len(visitors), PAGE):
            page = visitors[start : start + PAGE]
            there = self.members.among(store, name, page)
            changed += self._write(store, name, [who for who in page if (who in there) is not on], on=on)
        return changed

    def sweep(
        self, store: StoreId, name: ListId, shard: int, cursor: str | None, keep: frozenset[VisitorId]
    ) -> tuple[int, str | None]:
        """Take off those of one page who are not to be kept: how many, and where the next page begins."""
        page = self.members.page(store, name, shard, cursor, PART)
        return self._write(store, name, [who for who in page.items if who not in keep], on=False), page.cursor

    def resized(self, row: VisitorList, *, going: bool | None = None) -> VisitorList:
        """The list with its size counted anew. NotFound if it went meanwhile."""
        for _ in range(_TRIES):
            stored = self.lists.get(row.store, row.id)
            if stored is None:
                raise NotFound(row.id)
            size = self.members.count(row.store, row.id)
            counted = replace(
                stored,
                size=size,
                changed_at=self.now(),
                revision=stored.revision + 1,
                going=stored.going if going is None else going,
            )
            if self.lists.save(counted, expected=stored.revision):
                return counted
        raise Unavailable("the list kept changing")

    def _write(self, store: StoreId, name: ListId, visitors: Sequence[VisitorId], *, on: bool) -> int:
        if visitors:
            now = self.now()
            self.events.append([_item(store, name, who, now, on=on) for who in visitors])
            (self.members.add if on else self.members.remove)(store, name, visitors)
        return len(visitors)


@dataclass(frozen=True, slots=True)
class _Place:
    part: int = 0
    shard: int = 0
    cursor: str | None = None
    added: int = 0
    removed: int = 0
    rejected: int = 0
    """Who was erased."""


@dataclass(frozen=True, slots=True)
class FillList:
    """`ask`: list, mode, upload, parts. One step takes one part, or sweeps one page of those who are to go."""

    stores: Stores
    change: ChangeMembers
    uploads: LineUploads
    _wanted: dict[str, frozenset[VisitorId]] = field(default_factory=dict)
    """Of the upload that is swept for, so that it is read once for a process."""

    def step(self, job: Job) -> Job:
        name, parts = ListId(str(job.ask["list"])), _number(job.ask, "parts")
        place, store = _read(job.place), self.stores.get(job.store)
        row = self.change.lists.get(job.store, name)
        if store is None or row is None or (row.going and parts):
            raise NotFound(name)
        if place.part < parts:
            place = self._part(job, name, place)
        elif job.ask["mode"] == "replace" and place.shard < store.shards:
            place = self._sweep(job, name, place, parts)
        else:
            return self._finished(job, row, place)
        whole = parts + store.shards * (job.ask["mode"] == "replace")
        percent = max(job.percent, min(_ALMOST, (place.part + place.shard) * 100 // max(whole, 1)))
        return replace(job, state="running", place=_written(place), percent=percent)

    def drop(self, job: Job) -> None:
        """Whoever is on the list by then stays, also on one that was being deleted."""
        self._forget(job)
        row = self.change.lists.get(job.store, ListId(str(job.ask["list"])))
        if row is not None:
            self.change.resized(row, going=False)

    def _part(self, job: Job, name: ListId, place: _Place) -> _Place:
        visitors = [VisitorId(one) for one in self.uploads.read(job.store, str(job.ask["upload"]), place.part)]
        on, gone = job.ask["mode"] != "remove", self.change.gone(job.store, visitors)
        changed = self.change.put(job.store, name, [who for who in visitors if who not in gone], on=on)
        added, removed = (changed, 0) if on else (0, changed)
        return replace(
            place,
            part=place.part + 1,
            added=place.added + added,
            removed=place.removed + removed,
            rejected=place.rejected + len(gone),
        )

    def _sweep(self, job: Job, name: ListId, place: _Place, parts: int) -> _Place:
        keep = self._keep(job.store, str(job.ask["upload"]), parts)
        removed, cursor = self.change.sweep(job.store, name, place.shard, place.cursor, keep)
        shard = place.shard + (cursor is None)
        return replace(place, shard=shard, cursor=cursor, removed=place.removed + removed)

    def _keep(self, store: StoreId, upload: str, parts: int) -> frozenset[VisitorId]:
        if upload not in self._wanted:
            self._wanted.clear()
            read = (self.uploads.read(store, upload, number) for number in range(parts))
            self._wanted[upload] = frozenset(VisitorId(who) for part in read for who in part)
        return self._wanted[upload]

    def _forget(self, job: Job) -> None:
        """Who was to be put on it: nobody reads that any more, nor would an erasure find it."""
        parts = _number(job.ask, "parts")
        if parts:
            self.uploads.drop(job.store, str(job.ask["upload"]), parts)

    def _finished(self, job: Job, row: VisitorList, place: _Place) -> Job:
        self._forget(job)
        if row.going:
            self.change.lists.delete(row.store, row.id)
        size = 0 if row.going else self.change.resized(row).size
        result: dict[str, Json] = {"added": place.added, "removed": place.removed, "size": size}
        if place.rejected:
            result["rejected"] = place.rejected
        return replace(job, state="done", percent=100, place={}, result=result)


def _item(store: StoreId, name: ListId, who: VisitorId, now: Instant, *, on: bool) -> EventItem:
    """As if a trait were set; null takes it away again."""
    said = hashlib.sha256(f"{name}\n{who}\n{on}\n{now}".encode()).hexdigest()[:32]
    traits: Mapping[str, Json] = {list_trait(name): True if on else None}
    event = Event(EventId(f"list:{said}"), "traits_changed", who, now, now, {"traits": traits}, trusted=True)
    return system_item(store, event)


def _number(of: Mapping[str, Json], name: str) -> int:
    value = of.get(name, 0)
    return value if isinstance(value, int) else 0


def _written(place: _Place) -> Mapping[str, Json]:
    return {
        "part": place.part,
        "shard": place.shard,
        "cursor": place.cursor,
        "added": place.added,
        "removed": place.removed,
        "rejected": place.rejected,
    }


def _read(stored: Mapping[str, Json]) -> _Place:
    cursor = stored.get("cursor")
    part, shard, *counts = (_number(stored, name) for name in ("part", "shard", "added", "removed", "rejected"))
    return _Place(part, shard, cursor if isinstance(cursor, str) else None, *counts)
