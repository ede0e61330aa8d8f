"""Work an import off: read, check, store, and tell the fold of each subscriber; a step goes on for a few seconds."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from shopbell.app.catalogue.feeds import upload_name
from shopbell.app.privacy.erased import NOBODY, TAKE_ANOTHER, Erased
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.subscribe import subscribed
from shopbell.domain.clock import SECOND, Clock, Duration
from shopbell.domain.errors import Rejected
from shopbell.domain.events import EventItem, Json
from shopbell.domain.ids import VapidKeyId
from shopbell.domain.imports.records import FileBrokenError, Header, Mark, Raw, header, parsed, records
from shopbell.domain.imports.rows import ImportedRow, fault, imported, tells_endpoint
from shopbell.domain.jobs import MAX_ERRORS, Job, JobError
from shopbell.domain.push.endpoints import AllowedHosts
from shopbell.domain.subscriptions import Subscription
from shopbell.ports import Events, SubscriptionRegister, Uploads

AT_ONCE: Final = 200
"""Lines between two looks at the clock."""
SLICE: Final[Duration] = 5 * SECOND
RESULTS: Final = ("read", "added", "known", "duplicates", "ended", "rejected")
"""`known`: the store has that subscription already; `ended`: it has had it until less than 30 days ago."""
_ALMOST: Final = 99
_ERASED: Final = Rejected((TAKE_ANOTHER,))


@dataclass(slots=True)
class _Part:
    """What came of some lines."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: list[JobError] = field(default_factory=list)
    good: dict[str, tuple[int, ImportedRow]] = field(default_factory=dict)
    """By id, with the line."""


@dataclass(frozen=True, slots=True)
class LoadImport:
    """`ask`: upload, format, vapid_key_id, bytes. Lines of which a killed worker has not told come once more."""

    uploads: Uploads
    register: SubscriptionRegister
    events: Events
    allowed: AllowedHosts
    now: Clock
    lasts: Duration = SLICE
    at_once: int = AT_ONCE
    erased: Erased | None = None

    def step(self, job: Job) -> Job:
        try:
            return self._on(job)
        except FileBrokenError as exc:
            return replace(job, state="failed", errors=(*job.errors, JobError(1, str(exc))))

    def drop(self, job: Job) -> None:
        """Who was brought by then stays."""

    def _on(self, job: Job) -> Job:
        until, place, errors = self.now() + self.lasts, job.place, job.errors
        columns, lines = self._open(job)
        while some := list(islice(lines, self.at_once)):
            part = self._take(job, some, columns)
            errors = (*errors, *part.errors[: MAX_ERRORS - len(errors)])
            place = {**place, **_header_kept(columns), "at": some[-1].end.at, "line": some[-1].end.line}
            place |= {name: _number(place, name) + part.counts[name] for name in RESULTS}
            if self.now() >= until:
                percent = min(_ALMOST, some[-1].end.at * 100 // max(_number(job.ask, "bytes"), 1))
                return replace(job, state="running", place=place, errors=errors, percent=max(job.percent, percent))
        result = {**{name: _number(place, name) for name in RESULTS}, "vapid_key_id": job.ask["vapid_key_id"]}
        return replace(job, state="done", percent=100, place={}, errors=errors, result=result)

    def _open(self, job: Job) -> tuple[Header | None, Iterator[Raw]]:
        since, quoted = Mark(_number(job.place, "at"), _number(job.place, "line")), job.ask["format"] == "csv"
        pieces = self.uploads.read(upload_name(job.store, str(job.ask["upload"])), since.at)
        lines = records(pieces, since, quoted=quoted)
        if not quoted:
            return None, lines
        columns = _header_of(job.place) or header(next(lines, None))
        if not tells_endpoint(columns.names):
            raise FileBrokenError("the first line must name the columns, endpoint among them")
        return columns, lines

    def _take(self, job: Job, lines: Sequence[Raw], columns: Header | None) -> _Part:
        part = _Part(Counter(read=len(lines)))
        for line in lines:
            self._read(job, line, columns, part)
        self._living(job, part)
        there, ended = self.register.standing(job.store, [row.id for _, row in part.good.values()])
        told = [one for one in there.values() if one.source is not None and one.vapid_key == _key(job)]
        new = []
        for number, row in part.good.values():
            known = there.get(row.id)
            if known is not None:
                part.counts[_again(known, job, number)] += 1
            elif row.id in ended:
                part.counts["ended"] += 1
            else:
                new.append(_subscription(job, number, row))
        for made, is_new in zip(new, self.register.add(new), strict=True):
            part.counts["added" if is_new else "known"] += 1
            told += [made] if is_new else []
        # also of those who are there: a worker that died may have stored them and told nobody
        self.events.append([_told(job, row) for row in told])
        return part

    def _living(self, job: Job, part: _Part) -> None:
        """Without those who were erased: their browser would be sent to, and nobody would know whose it is."""
        good = part.good
        gone = self.erased.among(job.store, {row.visitor for _, row in good.values()}) if self.erased else NOBODY
        part.errors += [JobError(line, fault(_ERASED)) for line, row in good.values() if row.visitor in gone]
        part.counts["rejected"] += sum(row.visitor in gone for _, row in good.values())
        part.good = {name: found for name, found in good.items() if found[1].visitor not in gone}

    def _read(self, job: Job, line: Raw, columns: Header | None, part: _Part) -> None:
        try:
            row = imported(parsed(line, columns), self.allowed, job.created_at)
        except Rejected as exc:
            part.errors.append(JobError(line.line, fault(exc)))
        except ValueError as exc:
            part.errors.append(JobError(line.line, str(exc)))
        else:
            if row.id in part.good:
                part.counts["duplicates"] += 1
            else:
                part.good[row.id] = (line.line, row)
            return
        part.counts["rejected"] += 1


def _again(known: Subscription, job: Job, line: int) -> str:
    """What a line counts as whose subscription is there: the same line may have brought it before it was killed."""
    if known.source == _source(job, line):
        return "added"
    mine = known.source is not None and known.source.startswith(f"{job.id}:")
    return "duplicates" if mine else "known"


def _subscription(job: Job, line: int, row: ImportedRow) -> Subscription:
    return Subscription(
        store=job.store,
        visitor=row.visitor,
        id=row.id,
        service=row.endpoint.service,
        endpoint=row.endpoint.url,
        p256dh=row.keys.p256dh,
        auth=row.keys.auth,
        vapid_key=_key(job),
        created_at=job.created_at if row.subscribed_at is None else min(row.subscribed_at, job.created_at),
        seen_at=job.created_at,
        time_zone=row.time_zone,
        language=row.language,
        topics=row.topics,
        source=_source(job, line),
    )


def _told(job: Job, row: Subscription) -> EventItem:
    """History: segments follow, and nothing is sent because of it. Named by the subscription, so stored once."""
    event = subscribed(row, row.created_at)
    return system_item(row.store, replace(event, received_at=job.created_at, backfill=True))


def _source(job: Job, line: int) -> str:
    return f"{job.id}:{line}"


def _key(job: Job) -> VapidKeyId:
    return VapidKeyId(str(job.ask["vapid_key_id"]))


def _header_kept(columns: Header | None) -> Mapping[str, Json]:
    return {} if columns is None else {"header": list(columns.names), "delimiter": columns.delimiter}


def _header_of(place: Mapping[str, Json]) -> Header | None:
    names, delimiter = place.get("header"), place.get("delimiter")
    if not isinstance(names, Sequence) or not isinstance(delimiter, str):
        return None
    return Header(tuple(str(name) for name in names), delimiter)


def _number(of: Mapping[str, Json], name: str) -> int:
    value = of.get(name, 0)
    return value if isinstance(value, int) else 0
