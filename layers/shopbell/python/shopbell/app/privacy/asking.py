"""Ask for all that is held of a person, or that they be forgotten: each is a job."""

from dataclasses import dataclass, replace

from shopbell.app.jobs import StartJob
from shopbell.app.privacy.erase import ERASE_VISITOR
from shopbell.app.privacy.export import EXPORT_VISITOR
from shopbell.app.privacy.people import FindPerson
from shopbell.domain.erasure import Tombstone
from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.jobs import Job, JobId
from shopbell.ports import Tombstones


@dataclass(frozen=True, slots=True)
class StartExport:
    find: FindPerson
    tombstones: Tombstones
    start: StartJob

    def __call__(self, store: StoreId, visitor: VisitorId, by: str | None = None) -> JobId:
        """NotFound: nothing is known of them, or they are being erased."""
        person = self.find(store, visitor)
        if person is None or self.tombstones.among(store, {visitor, *person.ids}):
            raise NotFound(visitor)
        return self.start(store, EXPORT_VISITOR, {"visitor": visitor}, by).id


@dataclass(frozen=True, slots=True)
class StartErasure:
    """The tombstones come first, each with the name of its job: whoever asks again goes on with the same one."""

    find: FindPerson
    tombstones: Tombstones
    start: StartJob

    def __call__(self, store: StoreId, visitor: VisitorId, by: str | None = None) -> JobId:
        """NotFound: nothing is known of them, nor was within the last 30 days."""
        person = self.find(store, visitor)
        stone = self.tombstones.get(store, visitor)
        if person is None and stone is None:
            raise NotFound(visitor)
        ids = person.ids if person else (visitor,)
        if stone is None:
            stone = Tombstone(self.start.name(), self.start.now())
            self.tombstones.lay(store, ids, stone)
            stone = self.tombstones.get(store, visitor) or stone
        job = self.start.jobs.get(store, stone.job)
        if job is None:
            return self._begin(store, ids, by, stone.job)
        if job.state in {"failed", "cancelled"} or (job.over and person is not None):
            self._again(job, ids)
        return job.id

    def _begin(self, store: StoreId, ids: tuple[VisitorId, ...], by: str | None, name: JobId) -> JobId:
        try:
            return self.start(store, ERASE_VISITOR, {"ids": [*ids]}, by, name).id
        except Conflict:
            return name

    def _again(self, job: Job, ids: tuple[VisitorId, ...]) -> None:
        fresh = replace(
            job,
            state="queued",
            ask={"ids": [*ids]},
            place={},
            errors=(),
            result=None,
            not_before=0,
            revision=job.revision + 1,
            changed_at=self.start.now(),
        )
        if self.start.jobs.save(fresh, expected=job.revision):
            self.start.put(fresh)
