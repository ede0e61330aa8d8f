"""The codes of a pool as a CSV file, for the shop that is to take them."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.coupons.pools import found
from shopbell.app.exporting import PART, cell
from shopbell.app.jobs import StartJob
from shopbell.domain.clock import Instant, format_instant
from shopbell.domain.codes import Code
from shopbell.domain.coupons import Stock, counted
from shopbell.domain.events import Json
from shopbell.domain.ids import PoolId, StoreId
from shopbell.domain.jobs import Job
from shopbell.ports import Counters, CouponCodes, CouponPools, Files

EXPORT_CODES: Final = "export_coupon_codes"
COLUMNS: Final = ("code", "state", "visitor_id", "assigned_at", "expires_at", "order_id")
PAGE: Final = 1_000
_ALMOST: Final = 99


@dataclass(frozen=True, slots=True)
class StartCodeExport:
    """All codes of a pool; `state`: only those that are free, assigned or redeemed."""

    pools: CouponPools
    counters: Counters
    start: StartJob

    def __call__(self, store: StoreId, name: PoolId, state: str | None, by: str | None = None) -> Job:
        pool = found(self.pools, store, name)
        total = Stock.of(self.counters.total(store, counted(pool.id))).codes
        return self.start(store, EXPORT_CODES, {"pool": pool.id, "state": state, "total": total}, by)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the next part begins."""

    upload: str
    cursor: str | None = None
    ended: bool = False
    marks: tuple[str, ...] = ()
    read: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class ExportCodes:
    """`ask`: pool, state, total. One step writes one part."""

    codes: CouponCodes
    files: Files
    part: int = PART

    def step(self, job: Job) -> Job:
        name = f"exports/{job.store}/{job.id}.csv"
        place = _read(job.place) or _Place(self.files.begin(name, "text/csv; charset=utf-8"))
        if place.ended:
            self.files.finish(name, place.upload, place.marks)
            ended = {"percent": 100, "place": {}, "result": {"rows": place.rows}}
            return replace(job, state="done", file=name, file_name=f"{job.ask['pool']}.csv", **ended)  # type: ignore[arg-type]
        text, place = self._part(job, place)
        mark = self.files.part(name, place.upload, len(place.marks) + 1, text.encode())
        place = replace(place, marks=(*place.marks, mark))
        return replace(job, state="running", place=_written(place), percent=_percent(place.read, job))

    def drop(self, job: Job) -> None:
        place = _read(job.place)
        if place is not None:
            self.files.abort(f"exports/{job.store}/{job.id}.csv", place.upload)

    def _part(self, job: Job, place: _Place) -> tuple[str, _Place]:
        text = io.StringIO(newline="")
        lines = csv.writer(text)
        if not place.marks:
            lines.writerow(COLUMNS)
        while not place.ended and text.tell() < self.part:
            page = self.codes.page(job.store, PoolId(str(job.ask["pool"])), place.cursor, PAGE)
            rows = [one for one in page.items if job.ask.get("state") in {None, one.state}]
            lines.writerows(_rows(rows))
            place = replace(
                place,
                cursor=page.cursor,
                ended=page.cursor is None,
                read=place.read + len(page.items),
                rows=place.rows + len(rows),
            )
        return text.getvalue(), place


def _rows(codes: Sequence[Code]) -> Iterator[tuple[str, ...]]:
    for one in codes:
        yield (
            one.code,
            one.state,
            cell(one.visitor or ""),
            _instant(one.assigned_at),
            _instant(one.expires_at),
            cell(one.order or ""),
        )


def _instant(at: Instant | None) -> str:
    return "" if at is None else format_instant(at)


def _percent(read: int, job: Job) -> int:
    total = job.ask.get("total")
    share = read * 100 // total if isinstance(total, int) and total else 0
    return max(job.percent, min(share, _ALMOST))


def _written(place: _Place) -> Mapping[str, Json]:
    return {
        "upload": place.upload,
        "cursor": place.cursor,
        "ended": place.ended,
        "marks": list(place.marks),
        "read": place.read,
        "rows": place.rows,
    }


def _read(stored: Mapping[str, Json]) -> _Place | None:
    match stored:
        case {
            "upload": str(upload),
            "cursor": cursor,
            "ended": bool(ended),
            "marks": [*marks],
            "read": int(read),
            "rows": int(rows),
        }:
            after = None if cursor is None else str(cursor)
            return _Place(upload, after, ended, tuple(str(mark) for mark in marks), read, rows)
        case _:
            return None
