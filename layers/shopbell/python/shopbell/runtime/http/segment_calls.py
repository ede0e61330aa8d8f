"""Segments over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast, get_args

from shopbell.app.management.segments.read import ReadSegments, SegmentQuery, SortKey
from shopbell.app.management.segments.switch import ActivateSegment, PauseSegment
from shopbell.app.management.segments.write import ArchiveSegment, CreateSegment, EditSegment
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.incoming.segments import SegmentIn, SegmentPatchIn
from shopbell.domain.segments.definition import SegmentState
from shopbell.runtime.http import reading, shapes
from shopbell.runtime.http.answer import Answer, nothing
from shopbell.runtime.http.reading import idempotency_key
from shopbell.runtime.http.request import Request

_STATES: Final = ("draft", "building", "active", "paused", "archived")
_SORTS: Final = get_args(SortKey)


@dataclass(frozen=True, slots=True)
class SegmentCalls:
    read: ReadSegments
    create: CreateSegment
    edit: EditSegment
    archive: ArchiveSegment
    activate: ActivateSegment
    pause: PauseSegment

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listSegments": self._list,
            "createSegment": self._create,
            "getSegment": lambda store, request: self._show(store, _id(request)),
            "editSegment": self._edit,
            "archiveSegment": self._archive,
            "activateSegment": self._activate,
            "pauseSegment": self._pause,
        }

    def _show(self, store: StoreId, name: SegmentId, status: int = 200) -> Answer:
        view = self.read.one(store, name)
        return reading.tagged(shapes.segment(view), view.segment.revision, status)

    def _list(self, store: StoreId, request: Request) -> Answer:
        used = reading.one_of(request, "used", ("true", "false"))
        query = SegmentQuery(
            q=request.query.get("q", ""),
            state=cast("SegmentState | None", reading.one_of(request, "state", _STATES)),
            used=None if used is None else used == "true",
            tag=request.query.get("tag"),
            by=request.query.get("by"),
            sort=cast("SortKey", reading.one_of(request, "sort", _SORTS) or "name"),
            cursor=reading.cursor_of(request),
            limit=reading.limit_of(request),
        )
        return reading.listed(request, self.read.list(store, query), shapes.segment)

    def _create(self, store: StoreId, request: Request) -> Answer:
        made = self.create(store, reading.body(SegmentIn, request), idempotency_key(request), reading.caller(request))
        return self._show(store, made.id, 201)

    def _edit(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(SegmentPatchIn, request)
        edited = self.edit(store, _id(request), given, reading.expected_revision(request), reading.caller(request))
        return self._show(store, edited.id)

    def _archive(self, store: StoreId, request: Request) -> Answer:
        self.archive(store, _id(request), reading.expected_revision(request), reading.caller(request))
        return nothing()

    def _activate(self, store: StoreId, request: Request) -> Answer:
        self.activate(store, _id(request), reading.expected_revision(request), reading.caller(request))
        return self._show(store, _id(request), 202)

    def _pause(self, store: StoreId, request: Request) -> Answer:
        self.pause(store, _id(request), reading.expected_revision(request), reading.caller(request))
        return self._show(store, _id(request), 202)


def _id(request: Request) -> SegmentId:
    return SegmentId(request.params["segment_id"])
