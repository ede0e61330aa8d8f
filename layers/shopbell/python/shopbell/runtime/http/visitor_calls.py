"""One visitor over HTTP: timeline, export, erasure, suppression."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from shopbell.app.jobs import StartJob
from shopbell.app.management.suppress import SuppressVisitor
from shopbell.app.management.timeline import KINDS, Moment, ReadTimeline
from shopbell.app.privacy.asking import StartErasure, StartExport
from shopbell.app.privacy.people import FindPerson
from shopbell.domain.clock import format_instant
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.incoming.suppression import SuppressionIn
from shopbell.runtime.http import reading, store_shapes
from shopbell.runtime.http import visitor_answers as out
from shopbell.runtime.http.answer import Answer, answer, nothing
from shopbell.runtime.http.life_answers import JobStartedOut
from shopbell.runtime.http.management_ports import Ports
from shopbell.runtime.http.request import Request
from shopbell.runtime.http.shapes import json_of


@dataclass(frozen=True, slots=True)
class VisitorCalls:
    timeline: ReadTimeline
    export: StartExport
    erase: StartErasure
    suppress: SuppressVisitor

    @classmethod
    def over(cls, ports: Ports) -> "VisitorCalls":
        find = FindPerson(ports.visitors, ports.aliases, ports.events)
        start = StartJob(ports.work.jobs, ports.queues.rebuild, ports.random, ports.now)
        known = find, ports.visitors, ports.events, ports.memberships, ports.segments
        return cls(
            ReadTimeline(*known, ports.messages.sends, ports.coupons.holders),
            StartExport(find, ports.work.tombstones, start),
            StartErasure(find, ports.work.tombstones, start),
            SuppressVisitor(ports.visitors, ports.events, ports.now),
        )

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listTimeline": self._timeline,
            "exportVisitor": lambda store, request: _begun(self.export, store, request),
            "eraseVisitor": lambda store, request: _begun(self.erase, store, request),
            "suppressVisitor": self._suppress,
            "unsuppressVisitor": self._unsuppress,
        }

    def _timeline(self, store: StoreId, request: Request) -> Answer:
        kind = reading.one_of(request, "kind", KINDS)
        return reading.listed_by_place(request, partial(self.timeline, store, _id(request), kind), _moment)

    def _suppress(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(SuppressionIn, request)
        said = self.suppress(store, _id(request), given.reason, suppressed=given.suppressed)
        shown = out.SuppressedOut(visitor_id=_id(request), suppression=store_shapes.suppression(said))
        return answer(shown, headers={"cache-control": "no-store"})

    def _unsuppress(self, store: StoreId, request: Request) -> Answer:
        self.suppress(store, _id(request), None, suppressed=False)
        return nothing()


def _begun(ask: StartExport | StartErasure, store: StoreId, request: Request) -> Answer:
    return answer(JobStartedOut(job_id=ask(store, _id(request), reading.caller(request))), 202)


def _moment(one: Moment) -> out.MomentOut:
    said = {name: json_of(value) for name, value in one.said.items()}
    return out.MomentOut(at=format_instant(one.at), kind=one.kind, said=said)


def _id(request: Request) -> VisitorId:
    return VisitorId(request.params["visitor_id"])
