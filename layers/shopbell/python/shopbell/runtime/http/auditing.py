"""Behind each management call that writes: a line of who did it, with what stood there before and after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import orjson

from shopbell.domain.audit import AuditLine, FieldChange, changed
from shopbell.domain.clock import Clock
from shopbell.domain.errors import ShopbellError, Unavailable
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.store import Principal
from shopbell.ports import AuditTrail, RandomBytes
from shopbell.runtime.http.answer import Answer
from shopbell.runtime.http.operation import Operation
from shopbell.runtime.http.request import Request

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
LOST: Final = "audit_lost"
_REFUSED: Final = 400
_CREATED: Final = 201
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
        answer = handle(caller.store, request)
        if answer.status >= _REFUSED:
            return answer
        after = _read(answer) if operation.status == _CREATED else _state(twin, caller.store, request)
        changes = changed(before, after) if before or operation.status == _CREATED else ()
        try:
            self.trail.add(self._line(operation, request, caller, answer.status, changes))
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
        changes: tuple[FieldChange, ...],
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
            changes=changes,
        )


def writes(operation: Operation) -> bool:
    return operation.method != "GET" and operation.id not in READS


def twin_of(operation: Operation, among: Sequence[Operation]) -> str | None:
    """The id of the call that reads one thing at this path, or at the path that this one goes on from."""
    if operation.status == _CREATED or operation.path.startswith(_VISITORS):
        return None
    paths = (operation.path, operation.path.rpartition("/")[0])
    found = {one.path: one for one in among if one.method == "GET" and not _is_list(one)}
    return next((found[path].id for path in paths if path in found), None)


def _is_list(operation: Operation) -> bool:
    return operation.answer is None or "next_cursor" in operation.answer.model_fields


def _state(twin: Handle | None, store: StoreId, request: Request) -> Mapping[str, Json]:
    """{}: there is nothing there, or nobody who could say."""
    if twin is None:
        return {}
    try:
        return _read(twin(store, replace(request, method="GET", query={}, raw="")))
    except ShopbellError:
        return {}


def _read(answer: Answer) -> Mapping[str, Json]:
    found = orjson.loads(answer.text) if answer.text else {}
    return found if isinstance(found, dict) else {}
