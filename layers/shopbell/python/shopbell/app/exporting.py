"""Members of a segment as a CSV file, page by page into parts of an upload."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.domain.clock import format_instant
from shopbell.domain.errors import NotFound
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId
from shopbell.domain.jobs import Job
from shopbell.domain.membership import Member
from shopbell.ports import Files, Memberships, Stores

EXPORT_MEMBERS: Final = "export_members"
COLUMNS: Final = ("visitor_id", "entered_at", "reachable", "version")
PAGE: Final = 1_000
PART: Final = 5 * 1024 * 1024
"""The least that a part but the last may have."""
_ALMOST: Final = 99
_FORMULA: Final = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the next part begins."""

    upload: str
    shard: int
    cursor: str | None
    marks: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class ExportMembers:
    """`ask`: segment, total (its size, for the percent). One step writes one part."""

    stores: Stores
    memberships: Memberships
    files: Files
    part: int = PART

    def step(self, job: Job) -> Job:
        name = f"exports/{job.store}/{job.id}.csv"
        place = _read(job.place) or _Place(self.files.begin(name, "text/csv; charset=utf-8"), 0, None, (), 0)
        store = self.stores.get(job.store)
        if store is None:
            raise NotFound(job.store)
        if place.shard >= store.shards:
            return self._finished(job, name, place)
        text = io.StringIO(newline="")
        lines = csv.writer(text)
        if not place.marks:
            lines.writerow(COLUMNS)
        while place.shard < store.shards and text.tell() < self.part:
            page = self.memberships.page(
                job.store, SegmentId(str(job.ask["segment"])), place.shard, place.cursor, PAGE
            )
            lines.writerows(_rows(page.items))
            shard = place.shard + (page.cursor is None)
            place = replace(place, shard=shard, cursor=page.cursor, rows=place.rows + len(page.items))
        mark = self.files.part(name, place.upload, len(place.marks) + 1, text.getvalue().encode())
        place = replace(place, marks=(*place.marks, mark))
        # the last part is noted before the file is put together: an upload that is finished takes no part again
        return replace(job, state="running", place=_written(place), percent=_percent(place.rows, job))

    def drop(self, job: Job) -> None:
        place = _read(job.place)
        if place is not None:
            self.files.abort(f"exports/{job.store}/{job.id}.csv", place.upload)

    def _finished(self, job: Job, name: str, place: _Place) -> Job:
        self.files.finish(name, place.upload, place.marks)
        return replace(
            job,
            state="done",
            percent=100,
            place={},
            result={"rows": place.rows},
            file=name,
            file_name=f"{job.ask['segment']}.csv",
        )


def _rows(members: Sequence[Member]) -> Iterator[tuple[str, str, str, int]]:
    for row in members:
        yield cell(row.visitor), format_instant(row.entered_at), "true" if row.reachable else "false", row.version


def cell(text: str) -> str:
    """As a spreadsheet shows it: it would run a formula, and an id may be anything that a browser sent."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _percent(rows: int, job: Job) -> int:
    """Never back, and 100 only at the end: members come and go meanwhile."""
    total = job.ask.get("total")
    share = rows * 100 // total if isinstance(total, int) and total else 0
    return max(job.percent, min(share, _ALMOST))


def _written(place: _Place) -> Mapping[str, Json]:
    return {
        "upload": place.upload,
        "shard": place.shard,
        "cursor": place.cursor,
        "marks": list(place.marks),
        "rows": place.rows,
    }


def _read(stored: Mapping[str, Json]) -> _Place | None:
    match stored:
        case {"upload": str(upload), "shard": int(shard), "cursor": cursor, "marks": [*marks], "rows": int(rows)}:
            return _Place(
                upload, shard, None if cursor is None else str(cursor), tuple(str(mark) for mark in marks), rows
            )
        case _:
            return None
