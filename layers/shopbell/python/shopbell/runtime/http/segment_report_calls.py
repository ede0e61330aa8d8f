"""What members of a segment were worth, over HTTP."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.app.exporting import cell
from shopbell.app.management.segments.history import ReadHistory
from shopbell.app.reporting.segment_people import ReadPeople
from shopbell.app.reporting.segment_report import ReadSegmentReport
from shopbell.app.reporting.series import Span
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.management_ports import Ports
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.report_calls import SERIES, span_of
from shopbell.runtime.http.request import Request
from shopbell.runtime.http.segment_overlap_calls import OverlapCalls
from shopbell.runtime.http.segment_report_answers import SegmentDayOut, SegmentReportOut, segment_report

OPERATIONS: Final = (
    Operation(
        "getSegmentReport",
        "GET",
        "/v1/segments/{segment_id}/report",
        "What the members of a segment were worth",
        "Segments",
        Managed("viewer"),
        answer=SegmentReportOut,
        query={**SERIES, "by": {"type": "string", "enum": ["day", "hour"], "default": "day"}},
        table=True,
        description=(
            "Days of the store's zone, the last 30 by themselves and at most 366; `by=hour` is refused. An order "
            "counts if who ordered was a member then: one that makes somebody leave the segment does, one that makes "
            "them enter it does not. Exact up to 1,000 people; of more, 1,000 are looked at, drawn by their hashes."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class SegmentReportCalls:
    read: ReadSegmentReport
    overlap: OverlapCalls

    @classmethod
    def over(cls, ports: Ports) -> "SegmentReportCalls":
        history = ReadHistory(ports.stores, ports.segments, ports.counters, ports.now)
        told = ports.memberships, ports.counters, ports.visitors, ports.aliases, ports.events
        people = ReadPeople(*told, ports.side_by_side, ports.now)
        stored = ports.stores, ports.segments, ports.counters
        return cls(ReadSegmentReport(*stored, history, people, ports.now), OverlapCalls.over(ports))

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {"getSegmentReport": self._report, **self.overlap.handles}

    def _report(self, store: StoreId, request: Request) -> Answer:
        form = reading.one_of(request, "format", ("json", "csv"))
        name = SegmentId(request.params["segment_id"])
        said = segment_report(self.read(store, name, span_of(request) or Span()))
        return _table(said) if form == "csv" else answer(said)


def _table(said: SegmentReportOut) -> Answer:
    rows = list(_rows(said))
    columns = list(dict.fromkeys(name for _, _, numbers in rows for name in numbers))
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(["part", "name", *map(cell, columns)])
    lines.writerows([part, which, *(numbers.get(name, "") for name in columns)] for part, which, numbers in rows)
    headers = {"content-disposition": 'attachment; filename="segment-report.csv"', "cache-control": "no-store"}
    return Answer(200, text.getvalue(), "text/csv; charset=utf-8", headers=headers)


def _rows(said: SegmentReportOut) -> Iterator[tuple[str, str, Mapping[str, float]]]:
    per = {f"revenue_per_member:{name}": one.value for name, one in said.revenue_per_member.items()}
    share = {} if said.buyer_share is None else {"buyer_share": said.buyer_share.value}
    size = {"size": said.size.total, "reachable": said.size.reachable}
    people = {"members": said.members, "looked_at": said.looked_at, "buyers": said.buyers}
    yield "all", "", {**size, **people, **_numbers(said), **share, **per}
    for day in said.series:
        yield "at", day.at, {"size": day.size, **_numbers(day)}


def _numbers(told: SegmentReportOut | SegmentDayOut) -> Mapping[str, float]:
    money = {f"revenue:{name}": number for name, number in told.revenue.items()}
    back = {f"refunded:{name}": number for name, number in told.refunded.items()}
    moved = {"entered": told.entered, "exited": told.exited, "orders": told.orders}
    return {**moved, "refunded_orders": told.refunded_orders, "opt_outs": told.opt_outs, **money, **back}
