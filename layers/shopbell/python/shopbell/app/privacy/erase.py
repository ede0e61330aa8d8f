"""Erase a person, everywhere and for good: step by step from checkpoints, and once more when all is quiet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.privacy.exported import Exported
from shopbell.app.privacy.people import FindPerson
from shopbell.domain.clock import MINUTE, Clock
from shopbell.domain.erasure import SETTLED, Person, Tombstone
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId, VisitorId
from shopbell.domain.jobs import Job
from shopbell.domain.segments.leaving import leave
from shopbell.ports import Holdings, Segments, Tombstones, Visitors

ERASE_VISITOR: Final = "erase_visitor"
AT_ONCE: Final = ("profile", "subscriptions")
"""So that nothing is sent any more."""
PASSES: Final = 30
"""Tries at what is still in use, such as the checkpoint of a campaign that is being planned."""
_TRIES: Final = 1_000
_ALMOST: Final = 99


@dataclass(frozen=True, slots=True)
class _Place:
    """`turn` 0: nobody knew of the tombstones yet. `found`: rows that this turn has found."""

    turn: int = 0
    kind: int = 0
    found: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class EraseVisitor:
    """`ask`: ids. One step lets one kind of thing go.

    First the tombstones, the profile and the devices. Seven minutes later nobody writes any more who does not know
    of the tombstones; then everything goes, and again a minute later, until a whole turn has found nothing.
    """

    tombstones: Tombstones
    holdings: Holdings
    find: FindPerson
    visitors: Visitors
    segments: Segments
    exported: Exported
    now: Clock

    def step(self, job: Job) -> Job:
        """Raises Unavailable."""
        place, person = _read(job.place), Person(job.store, _ids(job))
        kinds = [*AT_ONCE] if not place.turn else [*self.holdings.kinds]
        if place.kind == 0:
            person = self._named(job, person)
            job = replace(job, ask={"ids": [*person.ids]})
            self.exported.remove(person)
        if place.kind == len(kinds):
            return self._turned(job, place, person)
        if kinds[place.kind] == AT_ONCE[0]:
            self._leave(person)
        found = self.holdings.let_go(person, kinds[place.kind])
        moved = replace(place, kind=place.kind + 1, found=place.found + found, removed=place.removed + found)
        percent = max(job.percent, min(_ALMOST, 10 + 80 * place.kind // len(kinds) if place.turn else 5))
        return replace(job, state="running", place=_written(moved), percent=percent)

    def drop(self, job: Job) -> None:
        """Nobody calls an erasure off."""

    def _named(self, job: Job, person: Person) -> Person:
        ids = self.find.ids(person.store, person.ids)
        self.tombstones.lay(person.store, ids, Tombstone(job.id, job.created_at))
        return replace(person, ids=ids)

    def _turned(self, job: Job, place: _Place, person: Person) -> Job:
        """A turn is over. The job forgets whom it was about as it ends."""
        if place.turn and (not place.found or place.turn >= PASSES):
            self.exported.forget(person)
            result = {"removed": place.removed, "left": place.found}
            return replace(job, state="done", percent=100, ask={}, place={}, result=result)
        wait = SETTLED if not place.turn else MINUTE
        again = replace(place, turn=place.turn + 1, kind=0, found=0)
        return replace(job, state="running", place=_written(again), not_before=self.now() + wait)

    def _leave(self, person: Person) -> None:
        versions: Mapping[SegmentId, int] = {row.id: row.version for row in self.segments.all(person.store)}
        for who in person.ids:
            self._leave_one(person.store, who, versions)

    def _leave_one(self, store: StoreId, who: VisitorId, versions: Mapping[SegmentId, int]) -> None:
        for _ in range(_TRIES):
            profile = self.visitors.load(store, who)
            commit = leave(profile, versions, self.now()) if profile.version else None
            if commit is None:
                return
            self.visitors.commit(commit)
        raise Unavailable("the profile kept changing")


def _ids(job: Job) -> tuple[VisitorId, ...]:
    ids = job.ask.get("ids")
    return tuple(VisitorId(str(one)) for one in ids) if isinstance(ids, list | tuple) else ()


def _written(place: _Place) -> Mapping[str, Json]:
    return {"turn": place.turn, "kind": place.kind, "found": place.found, "removed": place.removed}


def _read(stored: Mapping[str, Json]) -> _Place:
    match stored:
        case {"turn": int(turn), "kind": int(kind), "found": int(found), "removed": int(removed)}:
            return _Place(turn, kind, found, removed)
        case _:
            return _Place()
