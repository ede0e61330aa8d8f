"""Try a scenario out on everybody, as a job: page by page into lines, then the lines into a file."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from shopbell.app.exporting import PART, cell
from shopbell.app.jobs import StartJob
from shopbell.app.scenarios import dryrun_place as places
from shopbell.app.scenarios.drawing import Outcome, Refusal
from shopbell.app.scenarios.drawing_all import GET, DrawAll, how_of, line
from shopbell.app.scenarios.dryrun import DryRun
from shopbell.app.scenarios.dryrun_place import Place
from shopbell.app.scenarios.judging import Message
from shopbell.app.scenarios.staging import supposed_in
from shopbell.domain.clock import Instant, format_instant
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.jobs import Job, JobError
from shopbell.domain.scenarios.rehearsal import Stage
from shopbell.domain.scenarios.tidings import Supposed
from shopbell.domain.store import Store
from shopbell.ports import Files, LineUploads

DRY_RUN: Final = "dry_run"
COLUMNS: Final = ("visitor_id", "outcome", "gate", "at", "step", "level", "products", "title", "put_off_by")
CHANGED: Final = "The settings were changed meanwhile: ask again."
BATCH: Final = 100
"""Visitors of one step: some seconds at the worst."""
_ASKING: Final = 95
"""Per cent that are done when everybody was asked."""


@dataclass(frozen=True, slots=True)
class StartDryRun:
    """POST /v1/scenarios/{name}/dry-run {"all": true}: the settings as they are saved now, and no others."""

    dry_run: DryRun
    start: StartJob

    def __call__(
        self, store: StoreId, name: str, as_of: Instant | None, by: str | None, supposed: Supposed | None = None
    ) -> Job:
        """NotFound, Conflict and Rejected as of `DryRun`."""
        until = self.dry_run.moment(as_of)
        _, stage = self.dry_run.prepared(store, name, until, supposed)
        total = self.dry_run.survey.size(store).value
        ask: Mapping[str, Json] = {
            "scenario": name,
            "as_of": until,
            "revision": stage.plan.revision,
            "total": total,
            "draws": True,
            **_supposed(supposed),
        }
        return self.start(store, DRY_RUN, ask, by)


@dataclass(frozen=True, slots=True)
class DryRunAll:
    """`ask`: scenario, as_of, revision of the settings, total (for the percent), whether it draws (not of old ones).

    A step asks one batch of visitors, or writes one part of the file. One that comes twice keeps the same lines
    under the same number.
    """

    dry_run: DryRun
    lines: LineUploads
    files: Files
    part: int = PART
    batch: int = BATCH

    def step(self, job: Job) -> Job:
        """It ends, and leaves no file, once the settings are others than those that were asked for."""
        store, stage = self._prepared(job)
        if stage.plan.revision != job.ask["revision"]:
            self.drop(job)
            return replace(job, state="failed", errors=(JobError(0, CHANGED),))
        place, draw = places.read(job.place), self._draw(job, store, stage)
        if place.shard < store.shards:
            place = self._asked(job, (store, stage), place, draw)
        elif draw is not None and len(place.lots) < store.shards:
            place = draw.shard(place)
        elif place.upload is None or place.read < place.kept:
            place = self._put(job, place, draw)
        else:
            return self._finished(job, stage, place)
        return replace(job, state="running", place=places.written(place), percent=_percent(place, job))

    def drop(self, job: Job) -> None:
        place = places.read(job.place)
        self.lines.drop(job.store, job.id, place.kept)
        if place.upload is not None:
            self.files.abort(_file(job), place.upload)

    def _prepared(self, job: Job) -> tuple[Store, Stage]:
        name, until = str(job.ask["scenario"]), places.number(job.ask["as_of"])
        return self.dry_run.prepared(job.store, name, until, supposed_in(job.ask))

    def _draw(self, job: Job, store: Store, stage: Stage) -> DrawAll | None:
        read = partial(self.lines.read, job.store, job.id)
        return DrawAll.of(stage, store, read) if job.ask.get("draws") else None

    def _asked(self, job: Job, on: tuple[Store, Stage], place: Place, draw: DrawAll | None) -> Place:
        survey, (store, stage) = self.dry_run.survey, on
        page = survey.visitors.walk(job.store, place.shard, place.cursor, self.batch)
        profiles = survey.persons(job.store, page.items)
        found = list(survey.side_by_side(lambda one: self.dry_run.outcome(stage, store, one), profiles))
        if found:
            texts = ["".join(map(line, _rows(one))) for one in found]
            self.lines.keep(job.store, job.id, place.kept, draw.kept(found, texts) if draw else texts)
        kept, ended = place.kept + bool(found), page.cursor is None
        return replace(
            place,
            shard=place.shard + ended,
            cursor=page.cursor,
            kept=kept,
            counts=dict(Counter(place.counts) + Counter(map(how_of, found))),
            ends=(*place.ends, kept) if ended else place.ends,
        )

    def _put(self, job: Job, place: Place, draw: DrawAll | None) -> Place:
        upload = place.upload or self.files.begin(_file(job), "text/csv; charset=utf-8")
        text = io.StringIO(newline="")
        if not place.marks:
            text.write(line(COLUMNS))
        read = place.read
        while read < place.kept and text.tell() < self.part:
            text.writelines(draw.lines(place, read) if draw else self.lines.read(job.store, job.id, read))
            read += 1
        mark = self.files.part(_file(job), upload, len(place.marks) + 1, text.getvalue().encode())
        return replace(place, upload=upload, read=read, marks=(*place.marks, mark))

    def _finished(self, job: Job, stage: Stage, place: Place) -> Job:
        self.files.finish(_file(job), place.upload or "", place.marks)
        self.lines.drop(job.store, job.id, place.kept)
        held = sorted(((gate, number) for gate, number in place.counts.items() if gate != GET), key=_most_first)
        result: Mapping[str, Json] = {
            "scenario": job.ask["scenario"],
            "as_of": format_instant(stage.until),
            "since": format_instant(stage.since),
            "visitors": place.asked,
            GET: place.counts.get(GET, 0),
            "would_not": dict(held),
        }
        name = f"dry-run-{job.ask['scenario']}.csv".replace(":", "-")
        return replace(job, state="done", percent=100, place={}, result=result, file=_file(job), file_name=name)


def _supposed(one: Supposed | None) -> Mapping[str, Json]:
    return {} if one is None else {"product_id": one.product, "price": one.price, "in_stock": one.in_stock}


def _most_first(row: tuple[str, int]) -> tuple[int, str]:
    return -row[1], row[0]


def _rows(one: Outcome) -> Sequence[Sequence[str]]:
    """A line for each message."""
    match one:
        case Refusal(visitor=who, gate=gate):
            return [(cell(who), "would_not", gate, "", "", "", "", "", "")]
        case messages:
            return [_row(message) for message in messages]


def _row(found: Message) -> Sequence[str]:
    return (
        cell(found.visitor),
        GET,
        "",
        format_instant(found.at),
        str(found.step),
        "" if found.level is None else str(found.level),
        cell(" ".join(pick.product.id for pick in found.picks)),
        cell(found.title),
        " ".join(gate.reason for gate in found.deferred),
    )


def _file(job: Job) -> str:
    return f"exports/{job.store}/{job.id}.csv"


def _percent(place: Place, job: Job) -> int:
    """Never back, and 100 only at the end."""
    total = places.number(job.ask["total"])
    return max(job.percent, min(place.asked * _ASKING // total if total else 0, _ASKING))
