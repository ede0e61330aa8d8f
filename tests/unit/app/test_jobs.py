"""Jobs go on from their checkpoints whoever dies, end once, and never leave half a file."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from shopbell.adapters.memory.jobs import MemoryFiles, MemoryJobs
from shopbell.app.ends import Done, Later
from shopbell.app.exporting import EXPORT_MEMBERS, ExportMembers
from shopbell.app.jobs import HOPS, STALLED, RunJobs, StartJob, WatchJobs
from shopbell.app.work import JobWork, read_rebuild
from shopbell.domain.errors import NotFound, Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.jobs import Job, JobId

from tests.unit.app.shop import STORE, Shop

CROWD = 60


@dataclass
class Office:
    """A store with members in four shards, and whoever works on its jobs."""

    shop: Shop = field(default_factory=lambda: Shop(shards=4))

    def __post_init__(self) -> None:
        self.shop.segment("visited", {"event": "page_view"})
        for number in range(CROWD):
            self.shop.visit(f"v{number:02}")
        self.shop.rebuild_queue.take()
        self.jobs, self.files = MemoryJobs(self.shop.world), MemoryFiles(self.shop.world)
        worker = ExportMembers(self.shop.stores, self.shop.memberships, self.files, part=200)
        self.run = RunJobs(self.jobs, {EXPORT_MEMBERS: worker}, self.shop.rebuild_queue, self.shop.clock)
        self.start = StartJob(self.jobs, self.shop.rebuild_queue, bytes, self.shop.clock)
        self.watch = WatchJobs(self.jobs, self.files, self.shop.clock)

    def begin(self) -> JobWork:
        self.start(STORE, EXPORT_MEMBERS, {"segment": "visited", "total": CROWD})
        return self.taken()

    def taken(self) -> JobWork:
        (message,) = self.shop.rebuild_queue.take()
        work = read_rebuild(message.body)
        assert isinstance(work, JobWork)
        return work

    def job(self) -> Job:
        return self.watch.one(STORE, JobId("job-" + "00" * 8))[0]

    def rows(self) -> list[str]:
        (data,) = self.shop.world.files.values()
        return data.decode().splitlines()


class KilledError(BaseException):
    """The worker is gone."""


def whole(office: Office) -> None:
    header, *rows = office.rows()
    assert header == "visitor_id,entered_at,reachable,version"
    assert sorted(row.partition(",")[0] for row in rows) == [f"v{number:02}" for number in range(CROWD)]
    assert office.job().result == {"rows": CROWD}


@pytest.mark.parametrize("moment", range(1, 14))
@pytest.mark.parametrize("after", [False, True], ids=["before the checkpoint", "after the checkpoint"])
def test_a_file_is_the_same_wherever_its_worker_is_killed(moment: int, after: bool) -> None:
    office = Office()
    work, saves = office.begin(), 0

    class Dying(MemoryJobs):
        def save(self, job: Job, *, expected: int | None) -> bool:
            nonlocal saves
            saves += 1
            if saves == moment and not after:
                raise KilledError
            saved = super().save(job, expected=expected)
            if saves == moment:
                raise KilledError
            return saved

    dying = replace(office.run, jobs=Dying(office.shop.world))
    percents = []
    for _ in range(3):
        try:
            dying(work, lambda: 60_000)
        except KilledError:
            percents.append(office.job().percent)
    percents.append(office.job().percent)
    assert percents == sorted(percents)
    whole(office)


def test_a_worker_without_time_hands_on() -> None:
    office = Office()
    work = office.begin()
    ticks = iter([60_000, 60_000, 0])
    assert office.run(work, lambda: next(ticks)).counts["job_handed_on"] == 1
    assert office.job().state == "running"
    assert 0 < office.job().percent < 100
    assert office.run(office.taken(), lambda: 60_000).counts["jobs_done"] == 1
    whole(office)


def test_a_message_that_comes_again_does_nothing_again() -> None:
    office = Office()
    work = office.begin()
    office.run(work, lambda: 60_000)
    assert office.run(work, lambda: 60_000) == Done({"jobs_done": 1})


def test_two_workers_do_not_write_over_each_other() -> None:
    office = Office()
    work = office.begin()

    class Slow(MemoryJobs):
        def save(self, job: Job, *, expected: int | None) -> bool:
            office.run(work, lambda: 60_000)
            return super().save(job, expected=expected)

    assert isinstance(replace(office.run, jobs=Slow(office.shop.world))(work, lambda: 60_000), Later)
    whole(office)


def test_a_job_that_is_called_off_meanwhile_stops_and_leaves_nothing() -> None:
    office = Office()
    work = office.begin()
    ticks = iter([60_000, 60_000, 0])
    office.run(work, lambda: next(ticks))
    assert office.shop.world.uploads
    office.watch.cancel(STORE, work.job)
    assert office.run(office.taken(), lambda: 60_000) == Done({"jobs_cancelled": 1})
    assert (office.shop.world.uploads, office.shop.world.files) == ({}, {})
    assert office.watch.cancel(STORE, work.job).state == "cancelled"


def _no_worker(job: Job) -> Job:
    return replace(job, kind="unheard_of")


def _no_segment(job: Job) -> Job:
    return replace(job, ask={})


@pytest.mark.parametrize("spoil", [_no_worker, _no_segment])
def test_what_can_never_be_done_fails_and_says_so(spoil: Callable[[Job], Job]) -> None:
    office = Office()
    work = office.begin()
    office.shop.world.jobs[STORE, work.job] = spoil(office.job())
    assert office.run(work, lambda: 60_000).counts["jobs_failed"] == 1
    assert office.job().state == "failed"
    assert [error.line for error in office.job().errors] == [0]


def test_what_may_pass_is_tried_again() -> None:
    office = Office()
    work = office.begin()

    class Away(MemoryFiles):
        def begin(self, name: str, media: str) -> str:
            raise Unavailable(f"{name} {media}")

    worker = ExportMembers(office.shop.stores, office.shop.memberships, Away(office.shop.world))
    with pytest.raises(Unavailable):
        replace(office.run, workers={EXPORT_MEMBERS: worker})(work, lambda: 60_000)
    assert office.job().state == "queued"
    office.run(work, lambda: 60_000)
    whole(office)


def test_a_job_that_goes_round_in_circles_fails() -> None:
    office = Office()
    work = replace(office.begin(), hops=HOPS)
    assert office.run(work, lambda: 0).counts["jobs_failed"] == 1
    assert office.job().state == "failed"


def test_whatever_else_a_worker_raises_fails_the_job() -> None:
    office = Office()
    work = office.begin()

    class Strange(MemoryFiles):
        def begin(self, name: str, media: str) -> str:
            raise csv.Error(f"{name} {media}")

    worker = ExportMembers(office.shop.stores, office.shop.memberships, Strange(office.shop.world))
    assert replace(office.run, workers={EXPORT_MEMBERS: worker})(work, lambda: 60_000).counts["jobs_failed"] == 1
    assert office.job().errors[0].message.startswith("Error in begin:")


def test_a_job_on_which_nobody_works_any_more_has_failed() -> None:
    office = Office()
    work = office.begin()
    office.shop.clock.now += STALLED - 1
    assert office.job().state == "queued"
    office.shop.clock.now += 1
    assert (office.job().state, office.job().errors[0].message) == ("failed", "nobody has worked on it for six hours")
    assert office.run(work, lambda: 60_000) == Done({"jobs_failed": 1})


def test_a_job_of_nobody_is_no_work() -> None:
    office = Office()
    assert office.run(JobWork(StoreId("elsewhere0"), JobId("x")), lambda: 60_000) == Done({"job_gone": 1})
    with pytest.raises(NotFound):
        office.watch.one(STORE, JobId("x"))
