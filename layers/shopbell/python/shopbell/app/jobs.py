"""Long work: asked for, carried out step by step from checkpoints, watched and called off (ruling 26)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from shopbell.app.ends import Done, End, Later, Remaining
from shopbell.app.poison import reason
from shopbell.app.waking import MAX_DELAY
from shopbell.app.work import MAX_HOPS, JobWork, job_message
from shopbell.domain.clock import HOUR, MINUTE, SECOND, Clock, Duration
from shopbell.domain.errors import Conflict, NotFound, Unavailable
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.jobs import Job, JobError, JobId
from shopbell.domain.webhooks.alarm import Sound, silent
from shopbell.domain.webhooks.alarms import of_job
from shopbell.ports import Files, Jobs, Queue, RandomBytes

HOPS: Final = 10 * MAX_HOPS
"""How often a job may hand itself on: the largest file takes a few hundred invocations."""
RESERVE: Final[Duration] = 20 * SECOND
"""What must be left of an invocation to begin another step."""
STALLED: Final[Duration] = 6 * HOUR
"""No queue holds a message for so long without letting anybody work on it: it was given up."""
KEPT_UP: Final = frozenset({"erase_visitor"})
"""Jobs that nobody calls off: whom they are about is half gone."""
NAMES_SOMEBODY: Final = frozenset({"export_visitor"})
"""Jobs that forget whom they were about, however they end."""
LINK_LASTS: Final[Duration] = 15 * MINUTE


class Worker(Protocol):
    """Does one kind of job."""

    def step(self, job: Job) -> Job:
        """A few seconds of work: the job with its next checkpoint and percent, or ended. A step may come twice.

        Raises Unavailable for what may pass; anything else fails the job.
        """

    def drop(self, job: Job) -> None:
        """It is called off, or has failed: nothing stays of what it began. May come twice."""


@dataclass(frozen=True, slots=True)
class StartJob:
    """Write a job down and put it on the queue; if the latter fails, the caller hears of it and asks again."""

    jobs: Jobs
    queue: Queue
    random: RandomBytes
    now: Clock

    def __call__(
        self, store: StoreId, kind: str, ask: Mapping[str, Json], by: str | None = None, name: JobId | None = None
    ) -> Job:
        """`name`: one that was drawn before."""
        now = self.now()
        name = name or self.name()
        job = Job(store, name, kind, "queued", now, now, ask=dict(ask), created_by=by)
        if not self.jobs.save(job, expected=None):
            raise Conflict("chance gave an id twice")
        self.put(job)
        return job

    def put(self, job: Job) -> None:
        """On the queue, also once more."""
        self.queue.send([job_message(JobWork(job.store, job.id))])

    def name(self) -> JobId:
        return JobId(f"job-{self.random(8).hex()}")


@dataclass(frozen=True, slots=True)
class WatchJobs:
    """What their owners ask of jobs."""

    jobs: Jobs
    files: Files
    now: Clock

    def one(self, store: StoreId, name: JobId) -> tuple[Job, str | None]:
        """The job, and where its file can be fetched for the next 15 minutes.

        One on which nobody has worked for six hours has failed: its message was given up.
        """
        job = self.jobs.get(store, name)
        if job is None:
            raise NotFound(name)
        if not job.over and job.changed_at + STALLED <= self.now():
            job = self._given_up(job)
        if job.state != "done" or job.file is None:
            return job, None
        return job, self.files.url(job.file, job.file_name or job.id, LINK_LASTS)

    def _given_up(self, job: Job) -> Job:
        ended = replace(_failed(job, "nobody has worked on it for six hours"), revision=job.revision + 1)
        return ended if self.jobs.save(ended, expected=job.revision) else job

    def cancel(self, store: StoreId, name: JobId) -> Job:
        """Whoever works on it stops at its next step; one that is over stays as it ended."""
        while True:
            job, _ = self.one(store, name)
            if job.over:
                return job
            if job.kind in KEPT_UP:
                raise Conflict("An erasure cannot be called off.")
            called_off = replace(
                job, state="cancelled", ask=_told(job), revision=job.revision + 1, changed_at=self.now()
            )
            if self.jobs.save(called_off, expected=job.revision):
                return called_off


@dataclass(frozen=True, slots=True)
class RunJobs:
    """Queue `rebuild`, for the messages that name a job."""

    jobs: Jobs
    workers: Mapping[str, Worker]
    queue: Queue
    now: Clock
    sound: Sound = silent

    def __call__(self, work: JobWork, remaining: Remaining) -> End:
        """Raises Unavailable; whoever takes the message up again goes on from the last checkpoint."""
        job = self.jobs.get(work.store, work.job)
        if job is None:
            return Done({"job_gone": 1})
        counts: Counter[str] = Counter()
        while not job.over:
            if (wait := job.not_before - self.now()) > 0:
                return self._wait(work, wait, counts)
            if remaining() < RESERVE:
                return self._hand_on(work, job, counts)
            saved = self._step(job)
            if saved is None:
                return Later(MINUTE, "job_taken", {**counts})
            job = saved
            counts["job_steps"] += 1
        if job.state in {"cancelled", "failed"} and job.kind in self.workers:
            self.workers[job.kind].drop(job)
        self._tell(job)
        return Done({**counts, f"jobs_{job.state}": 1})

    def _tell(self, job: Job) -> None:
        """Whoever dies before it takes the message up again, and finds the job over."""
        if job.state == "failed":
            self.sound(job.store, of_job(job))

    def _step(self, job: Job) -> Job | None:
        """The job as it is stored now; None: someone else works on it."""
        made = self._made(job)
        made = replace(made, revision=job.revision + 1, changed_at=self.now())
        if self.jobs.save(made, expected=job.revision):
            return made
        stored = self.jobs.get(job.store, job.id)
        return stored if stored is not None and stored.state == "cancelled" else None

    def _made(self, job: Job) -> Job:
        worker = self.workers.get(job.kind)
        if worker is None:
            return _failed(job, "no worker for this kind")
        try:
            return worker.step(job)
        except Unavailable:
            raise
        except Exception as exc:  # noqa: BLE001 - whatever else a worker raises would come again with the message
            return _failed(job, reason(exc))

    def _wait(self, work: JobWork, wait: Duration, counts: Counter[str]) -> End:
        self.queue.send([job_message(work, min(MAX_DELAY, -(-wait // SECOND)))])
        return Done({**counts, "job_waits": 1})

    def _hand_on(self, work: JobWork, job: Job, counts: Counter[str]) -> End:
        if work.hops >= HOPS:
            failed = replace(
                _failed(job, "it went on for too long"), revision=job.revision + 1, changed_at=self.now()
            )
            if self.jobs.save(failed, expected=job.revision):
                self._tell(failed)
            return Done({**counts, "jobs_failed": 1})
        self.queue.send([job_message(replace(work, hops=work.hops + 1))])
        return Done({**counts, "job_handed_on": 1})


def _failed(job: Job, why: str) -> Job:
    return replace(job, state="failed", ask=_told(job), errors=(*job.errors, JobError(0, why)))


def _told(job: Job) -> Mapping[str, Json]:
    """What is kept of what was asked for."""
    return {} if job.kind in NAMES_SOMEBODY else job.ask
