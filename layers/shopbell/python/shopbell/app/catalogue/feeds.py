"""Feed files: put somewhere, taken in by a job, and, where asked for, everything else taken out of sale."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Final, cast

from shopbell.app.catalogue.stocking import StockUp
from shopbell.app.catalogue.sweeping import Seen, Sweep, result_of
from shopbell.app.jobs import StartJob
from shopbell.domain.clock import MINUTE, SECOND, Clock, Duration
from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.events import Json
from shopbell.domain.feeds.entries import Entry, FeedBrokenError, FeedFormat
from shopbell.domain.feeds.reading import FORMATS
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.feeds import FeedIn
from shopbell.domain.jobs import MAX_ERRORS, Job, JobError
from shopbell.ports import RandomBytes, Stores, Uploads

LOAD_FEED: Final = "load_feed"
AT_ONCE: Final = 500
"""Products that are compared with what stands there by one round of reads."""
SLICE: Final[Duration] = 5 * SECOND
URL_LASTS: Final[Duration] = 15 * MINUTE
MAX_BYTES: Final = 1024**3
_ALMOST: Final = 99


def upload_name(store: StoreId, upload: str) -> str:
    return f"uploads/{store}/{upload}"


@dataclass(frozen=True, slots=True)
class OpenUpload:
    uploads: Uploads
    random: RandomBytes

    def __call__(self, store: StoreId) -> tuple[str, str]:
        """A name for what is going to be put there, and where it may be PUT within 15 minutes."""
        upload = self.random(16).hex()
        return upload, self.uploads.url(upload_name(store, upload), URL_LASTS)


@dataclass(frozen=True, slots=True)
class StartFeed:
    stores: Stores
    uploads: Uploads
    start: StartJob

    def __call__(self, store: StoreId, given: FeedIn, by: str | None = None) -> Job:
        """NotFound for an upload to which nothing was put yet."""
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        upload = given.upload_id or self._kept(store, given.data or "")
        size = self.uploads.size(upload_name(store, upload))
        if size is None:
            raise NotFound(upload)
        if size > MAX_BYTES:
            raise Conflict(f"A feed may have {MAX_BYTES} bytes, this one has {size}.", status=413)
        asked: Mapping[str, Json] = {
            "upload": upload,
            "format": given.format,
            "mode": given.mode,
            "least_percent": given.least_percent,
            "currency": row.currency,
            "bytes": size,
        }
        return self.start(store, LOAD_FEED, asked, by)

    def _kept(self, store: StoreId, data: str) -> str:
        sent = data.encode()
        upload = hashlib.sha256(sent).hexdigest()[:32]
        self.uploads.put(upload_name(store, upload), sent)
        return upload


@dataclass(frozen=True, slots=True)
class LoadFeed:
    """`ask`: upload, format, mode, least_percent, currency, bytes. A step goes on for a few seconds."""

    uploads: Uploads
    stock: StockUp
    sweep: Sweep
    now: Clock
    lasts: Duration = SLICE

    def step(self, job: Job) -> Job:
        try:
            if job.place.get("phase", "read") == "read":
                return self._read(job)
            return self.sweep(job, self._seen(job), self.now() + self.lasts)
        except FeedBrokenError as exc:
            errors = (*job.errors, JobError(exc.line, exc.message))
            return replace(job, state="failed", errors=errors, result=result_of(job.place))

    def drop(self, job: Job) -> None:
        """What was stored stays, as it is said in the file."""

    def _read(self, job: Job) -> Job:
        until, place, errors = self.now() + self.lasts, job.place, job.errors
        passed = _Passed()
        entries = self._entries(job, passed)
        done = _number(place, "done")
        for _ in islice(entries, done):
            pass
        while batch := list(islice(entries, AT_ONCE)):
            place, errors = self._take(job.store, batch, place, errors)
            if self.now() >= until:
                percent = min(_ALMOST, passed.size * 100 // max(_number(job.ask, "bytes"), 1))
                return replace(job, state="running", place=place, errors=errors, percent=max(job.percent, percent))
        if job.ask["mode"] == "full":
            return replace(job, state="running", place={**place, "phase": "weigh"}, errors=errors)
        return replace(job, state="done", percent=100, place={}, errors=errors, result=result_of(place))

    def _take(
        self, store: StoreId, batch: Sequence[Entry], place: Mapping[str, Json], errors: tuple[JobError, ...]
    ) -> tuple[Mapping[str, Json], tuple[JobError, ...]]:
        """Of two of one id the later one stands."""
        good = {entry.product.id: entry.product for entry in batch if entry.product is not None}
        bad = [entry for entry in batch if entry.product is None]
        stocked = self.stock(store, list(good.values()), "feed")
        counted = {"read": len(batch), "rejected": len(bad), **asdict(stocked), "done": len(batch)}
        told = [JobError(entry.line, entry.fault) for entry in bad[: max(0, MAX_ERRORS - len(errors))]]
        return {**place, **{name: _number(place, name) + more for name, more in counted.items()}}, (*errors, *told)

    def _seen(self, job: Job) -> Callable[[], Seen]:
        def seen() -> Seen:
            named = (entry.id for entry in self._entries(job, _Passed()) if entry.id is not None)
            return Seen.of(named)

        return seen

    def _entries(self, job: Job, passed: "_Passed") -> Iterator[Entry]:
        read = FORMATS[cast("FeedFormat", job.ask["format"])]
        pieces = self.uploads.read(upload_name(job.store, str(job.ask["upload"])))
        return read(passed.through(pieces), str(job.ask["currency"]))


@dataclass(slots=True)
class _Passed:
    """How much of a file was read."""

    size: int = 0

    def through(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.size += len(piece)
            yield piece


def _number(of: Mapping[str, Json], name: str) -> int:
    value = of.get(name, 0)
    return value if isinstance(value, int) else 0
