"""The life of a segment over HTTP, and jobs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from shopbell.app.jobs import WatchJobs
from shopbell.app.management.segments.history import ReadHistory, check_day
from shopbell.app.management.segments.lines import CAUSES
from shopbell.app.management.segments.members import ReadMembers, StartExport
from shopbell.app.management.segments.past import ReadPast, RestoreVersion
from shopbell.app.management.segments.read import ReadSegments
from shopbell.app.paging import page_of
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.incoming.segments import RestoreIn
from shopbell.domain.jobs import JobId
from shopbell.domain.segments.changes import ChangeKind
from shopbell.ports import Page
from shopbell.runtime.http import life_shapes, reading, shapes
from shopbell.runtime.http.answer import Answer, answer, nothing
from shopbell.runtime.http.job_roles import check_role
from shopbell.runtime.http.life_answers import JobStartedOut
from shopbell.runtime.http.request import Request

_KINDS: Final = ("membership", "definition", "state")


@dataclass(frozen=True, slots=True)
class LifeCalls:
    read: ReadSegments
    members: ReadMembers
    export: StartExport
    past: ReadPast
    restore: RestoreVersion
    history: ReadHistory
    jobs: WatchJobs

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listMembers": self._members,
            "listLog": self._log,
            "listVersions": self._versions,
            "restoreVersion": self._restore,
            "getUsage": self._usage,
            "getHistory": self._history,
            "getJob": self._job,
            "cancelJob": self._cancel,
        }

    def _members(self, store: StoreId, request: Request) -> Answer:
        if reading.one_of(request, "format", ("json", "csv")) == "csv":
            job = self.export(store, _id(request), reading.caller(request))
            return answer(JobStartedOut(job_id=job.id), 202)
        why = reading.one_of(request, "why", ("true", "false")) == "true"
        cursor, limit = reading.cursor_of(request), reading.limit_of(request)
        page = self.members(store, _id(request), cursor, limit, why=why)
        return reading.listed(request, page, life_shapes.member)

    def _log(self, store: StoreId, request: Request) -> Answer:
        kind = reading.one_of(request, "kind", _KINDS) or "membership"
        cause = reading.one_of(request, "cause", CAUSES)
        cursor, limit = reading.cursor_of(request), reading.limit_of(request)
        if kind == "membership":
            return reading.listed(request, self.read.log(store, _id(request), cursor, limit, cause), shapes.log_line)
        if cause is not None:
            raise Rejected.at("cause", "is for kind=membership only")
        wanted = cast("ChangeKind", kind)
        page = self.past.changes(store, _id(request), wanted, cursor, limit)
        return reading.listed(request, page, lambda row: life_shapes.change(row, wanted))

    def _versions(self, store: StoreId, request: Request) -> Answer:
        cursor, limit = reading.cursor_of(request), reading.limit_of(request)
        return reading.listed(request, self.past.versions(store, _id(request), cursor, limit), life_shapes.version)

    def _restore(self, store: StoreId, request: Request) -> Answer:
        given, name = reading.body(RestoreIn, request), _id(request)
        expected, by = reading.expected_revision(request), reading.caller(request)
        self.restore(store, name, given.version, expected, by)
        view = self.read.one(store, name)
        return reading.tagged(shapes.segment(view), view.segment.revision, 202)

    def _usage(self, store: StoreId, request: Request) -> Answer:
        after, limit = reading.place_of(request), reading.limit_of(request)
        view = self.read.one(store, _id(request))
        page = reading.placed(page_of(view.users, lambda one: f"{one.kind}#{one.id}", after, limit))
        return answer(life_shapes.usage(view, page.items, reading.next_cursor(request, page.cursor)))

    def _history(self, store: StoreId, request: Request) -> Answer:
        first, last = (check_day(name, request.query.get(name)) for name in ("from", "to"))
        days = Page(self.history(store, _id(request), first, last))
        return reading.listed(request, days, life_shapes.day)

    def _job(self, store: StoreId, request: Request) -> Answer:
        job, url = self.jobs.one(store, _job_id(request))
        check_role(job, reading.role(request))
        return answer(life_shapes.job(job, url), headers={"cache-control": "no-store"})

    def _cancel(self, store: StoreId, request: Request) -> Answer:
        job, _ = self.jobs.one(store, _job_id(request))
        check_role(job, reading.role(request))
        self.jobs.cancel(store, job.id)
        return nothing()


def _id(request: Request) -> SegmentId:
    return SegmentId(request.params["segment_id"])


def _job_id(request: Request) -> JobId:
    return JobId(request.params["job_id"])
