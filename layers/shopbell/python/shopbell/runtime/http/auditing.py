"""Behind each management call that writes or hands out a file: a line of who did it, with what stood before."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import orjson

from shopbell.domain.audit import AuditLine, FieldChange, changed
from shopbell.domain.clock import Clock
from shopbell.domain.errors import NotFound, ShopbellError, Unavailable
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.store import Principal
from shopbell.ports import AuditTrail, RandomBytes
from shopbell.runtime.http.answer import Answer
from shopbell.runtime.http.operation import Operation
from shopbell.runtime.http.request import Request
from shopbell.runtime.http.telling import changes

Handle = Callable[[StoreId, Request], Answer]
READS: Final = frozenset(
    {
        "estimateCampaign",
        "previewSegment",
        "weighEdit",
        "recommend",
        "openUpload",
        "dryRunScenario",
        "renderMessage",
    }
)
"""Calls with a body that change nothing."""
FETCHES: Final = frozenset({"exportVisitor", "getJob"})
"""Calls that read and by which something leaves as a file, beside all that have a `format`."""
LOST: Final = "audit_lost"
UNREAD: Final = "audit_unread"
"""What stood before or after could not be read, so that the line tells of the call alone."""
_REFUSED: Final = 400
_CREATED: Final = 201
_BEGUN: Final = 202
_UNSURE: Final = 503
_TOLD: Final = ("format", "from", "to", "state")
_VISITORS: Final = "/v1/visitors/"


@dataclass(frozen=True, slots=True)
class Auditing:
    """What stood before and after is what the calls that read say of it, so it is told in the words of the API."""

    trail: AuditTrail
    random: RandomBytes
    now: Clock

    def run(
        self, operation: Operation, handle: Handle, twin: Handle | None, caller: Principal, request: Request
    ) -> Answer:
        """`twin` reads what the call is about (`twin_of`). What is refused changes nothing and leaves no line."""
        before = _state(twin, caller.store, request)
        try:
            answer = handle(caller.store, request)
        except Unavailable:
            self._unsure(operation, twin, caller, request, before)
            raise
        if answer.status >= _REFUSED:
            return answer
        after = _state(twin, caller.store, request)
        if twin is not None and (before is None or after is None):
            answer = replace(answer, counts={**answer.counts, UNREAD: 1})
        return self._noted(operation, request, caller, answer, changes(operation, before, after, _read(answer)))

    def _unsure(
        self,
        operation: Operation,
        twin: Handle | None,
        caller: Principal,
        request: Request,
        before: Mapping[str, Json] | None,
    ) -> None:
        """Of a call that broke off nobody knows what it has written: the line tells what differs by now, if anything.

        The answer says 503 already, whether or not there is a line.
        """
        after = _state(twin, caller.store, request)
        found = () if after is None else changes(operation, before, after, after)
        with suppress(Unavailable):
            self.trail.add(self._line(operation, request, caller, _UNSURE, found))

    def fetch(self, operation: Operation, handle: Handle, caller: Principal, request: Request) -> Answer:
        """A call that reads: of a file that leaves there is a line, of anything else there is none."""
        answer = handle(caller.store, request)
        what = _leaving(operation, request, answer)
        return answer if what is None else self._noted(operation, request, caller, answer, changed({}, what))

    def _noted(
        self,
        operation: Operation,
        request: Request,
        caller: Principal,
        answer: Answer,
        found: tuple[FieldChange, ...],
    ) -> Answer:
        try:
            self.trail.add(self._line(operation, request, caller, answer.status, found))
        except Unavailable:
            # what was asked for is done, so that the caller must not be told otherwise
            return replace(answer, counts={**answer.counts, LOST: 1})
        return answer

    def _line(
        self,
        operation: Operation,
        request: Request,
        caller: Principal,
        status: int,
        found: tuple[FieldChange, ...],
    ) -> AuditLine:
        # a line outlives a visitor who is erased, so it must not name them
        path = operation.path if request.path.startswith(_VISITORS) else request.path
        return AuditLine(
            store=caller.store,
            id=self.random(6).hex(),
            at=self.now(),
            key=caller.key,
            role=caller.role,
            operation=operation.id,
            method=operation.method,
            path=path,
            status=status,
            changes=found,
        )


def writes(operation: Operation) -> bool:
    return operation.method != "GET" and operation.id not in READS


def fetches(operation: Operation) -> bool:
    """Whether something may leave by it as a file."""
    return operation.method == "GET" and (operation.id in FETCHES or "format" in operation.query)


def twin_of(operation: Operation, among: Sequence[Operation]) -> str | None:
    """The id of the call that reads one thing at this path, or at the path that this one goes on from."""
    if operation.path.endswith("/suppression"):
        return "getVisitor"
    if operation.status == _CREATED or operation.path.startswith(_VISITORS):
        return None
    paths = (operation.path, operation.path.rpartition("/")[0])
    found = {one.path: one for one in among if one.method == "GET" and not _is_list(one)}
    return next((found[path].id for path in paths if path in found), None)


def _leaving(operation: Operation, request: Request, answer: Answer) -> Mapping[str, Json] | None:
    """What the line tells of a file: the job that writes it or wrote it, or the table that was asked for."""
    if answer.status >= _REFUSED:
        return None
    if operation.id == "getJob":
        job = _read(answer)
        return {"kind": job["kind"], "fetched": True} if job.get("download_url") is not None else None
    if operation.id != "exportVisitor" and request.query.get("format") != "csv":
        return None
    asked: Mapping[str, Json] = {name: request.query[name] for name in _TOLD if name in request.query}
    return {**asked, **(_read(answer) if answer.status == _BEGUN else {})}


def _is_list(operation: Operation) -> bool:
    return operation.answer is None or "next_cursor" in operation.answer.model_fields


def _state(twin: Handle | None, store: StoreId, request: Request) -> Mapping[str, Json] | None:
    """{}: there is nothing there; None: nobody who could say."""
    if twin is None:
        return None
    try:
        return _read(twin(store, replace(request, method="GET", query={}, raw="")))
    except NotFound:
        return {}
    except ShopbellError:
        return None


def _read(answer: Answer) -> Mapping[str, Json]:
    found = orjson.loads(answer.text) if answer.text else {}
    return found if isinstance(found, dict) else {}
