"""Take a feed in: step by step, each from where the last one ended, and then, where asked for, sweep."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice
from typing import Final, cast

from shopbell.app.catalogue.checkpoints import checkpoint, first_bytes, mark_of, number_of, parts_of, percent_of
from shopbell.app.catalogue.feeds import upload_name
from shopbell.app.catalogue.seen import Naming, NewestFull, SeenFiles
from shopbell.app.catalogue.stocking import StockUp, Wish
from shopbell.app.catalogue.sweeping import Sweep, result_of
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import SECOND, Clock, Duration, Instant
from shopbell.domain.events import Json
from shopbell.domain.feeds.entries import Entry, FeedBrokenError, FeedFormat
from shopbell.domain.feeds.reading import FORMATS
from shopbell.domain.ids import ProductId
from shopbell.domain.jobs import MAX_ERRORS, Job, JobError
from shopbell.domain.versions import Change, Shelved, Version, change_to
from shopbell.ports import Uploads

AT_ONCE: Final = 500
"""Products that are compared with what stands there by one round of reads."""
SLICE: Final[Duration] = 5 * SECOND
_TWICE: Final = "names a product of which an earlier line told: that one stands"
_LATE: Final = "a full feed that was given later is being taken in: this one ended here"


@dataclass(frozen=True, slots=True)
class LoadFeed:
    """`ask`: upload, format, mode, least_percent, currency, bytes. A step goes on for a few seconds."""

    uploads: Uploads
    stock: StockUp
    sweep: Sweep
    now: Clock
    seen: SeenFiles
    newest: NewestFull
    lasts: Duration = SLICE

    @classmethod
    def of(cls, uploads: Uploads, stock: StockUp, sweep: Sweep, now: Clock, lasts: Duration = SLICE) -> "LoadFeed":
        return cls(uploads, stock, sweep, now, SeenFiles(uploads), NewestFull(uploads), lasts)

    def step(self, job: Job) -> Job:
        if self.newest.newest(job.store) > job.created_at:
            return _failed(job, job.place, (*job.errors, JobError(0, _LATE)))
        if job.place.get("phase", "read") == "read":
            return self._read(job)
        return self.sweep(job, self.seen.read(job, parts_of(job.place)), self.now() + self.lasts)

    def drop(self, job: Job) -> None:
        """What was stored stays, as it is said in the file."""

    def _read(self, job: Job) -> Job:
        """The clock runs from where the last step ended."""
        place, errors, parts = job.place, job.errors, parts_of(job.place)
        named, entries = Naming(self.seen.read(job, parts)), self._entries(job)
        until = self.now() + self.lasts
        while True:
            batch, broken = _batch(entries)
            if batch:
                place, errors = self._take(job, batch, named, (place, errors))
            if broken is not None:
                return _failed(job, place, (*errors, JobError(broken.line, broken.message)))
            if len(batch) < AT_ONCE:
                errors = (*errors, *_warnings(place))
            if len(batch) < AT_ONCE and job.ask["mode"] != "full":
                return replace(job, state="done", percent=100, place={}, errors=errors, result=result_of(place))
            if len(batch) < AT_ONCE or self.now() >= until:
                parts = self.seen.keep(job, parts, named, number_of(place, "read"))
                phase = "weigh" if len(batch) < AT_ONCE else "read"
                place = {**place, "parts": list(parts), "phase": phase}
                percent = max(job.percent, percent_of(job, place))
                return replace(job, state="running", place=place, errors=errors, percent=percent)

    def _take(
        self, job: Job, batch: Sequence[Entry], named: Naming, so_far: tuple[Mapping[str, Json], tuple[JobError, ...]]
    ) -> tuple[Mapping[str, Json], tuple[JobError, ...]]:
        place, errors = so_far
        good, bad = _sorted(batch, named)
        if good and job.ask["mode"] == "full" and "begun" not in place:
            self.newest.begun(job)
            place = {**place, "begun": 1}
        kept: set[ProductId] = set()
        wishes: Mapping[ProductId, Wish] = {one.id: _wish(one, job.created_at, kept) for one in good}
        stocked = self.stock.change(job.store, wishes)
        counted = {
            "read": len(batch),
            "rejected": len(bad),
            "unnamed": sum(one.id is None for one in bad),
            "kept": len(kept),
            "minor": sum(one.minor is True for one in batch),
            "whole": sum(one.minor is False for one in batch),
            **asdict(replace(stocked, unchanged=stocked.unchanged - len(kept))),
        }
        told = [JobError(one.line, one.fault) for one in bad[: max(0, MAX_ERRORS - len(errors))]]
        place = {**place, **{name: number_of(place, name) + more for name, more in counted.items()}}
        return {**place, **checkpoint(batch, place)}, (*errors, *told)

    def _entries(self, job: Job) -> Iterator[Entry]:
        """From the checkpoint on."""
        mark, name = mark_of(job.place), upload_name(job.store, str(job.ask["upload"]))
        head = first_bytes(self.uploads.read(name), mark.head) if mark.head else iter(())
        pieces = chain(head, self.uploads.read(name, mark.offset))
        read = FORMATS[cast("FeedFormat", job.ask["format"])]
        entries = read(pieces, str(job.ask["currency"]), mark, self.now())
        for _ in islice(entries, number_of(job.place, "skip")):
            pass
        return entries


def _warnings(place: Mapping[str, Json]) -> tuple[JobError, ...]:
    """A spreadsheet that saved 50.00 as 50 made it a hundredth; nobody can tell it from what was meant."""
    minor, whole = number_of(place, "minor"), number_of(place, "whole")
    if not minor or not whole:
        return ()
    return (JobError(0, f"{minor} prices are bare numbers, so in minor units, and {whole} others in whole ones"),)


def _batch(entries: Iterator[Entry]) -> tuple[list[Entry], FeedBrokenError | None]:
    """What was whole before the file broke off is taken, too."""
    batch: list[Entry] = []
    try:
        batch.extend(islice(entries, AT_ONCE))
    except FeedBrokenError as exc:
        return batch, exc
    return batch, None


def _sorted(batch: Sequence[Entry], named: Naming) -> tuple[list[Product], list[Entry]]:
    """Of two right lines of one product the first stands: else each load would change it twice."""
    good: list[Product] = []
    bad: list[Entry] = []
    for entry in batch:
        if entry.product is None:
            bad.append(entry)
            if entry.id is not None:
                named.wrong(entry.id)
        elif named.first(entry.product.id):
            good.append(entry.product)
        else:
            bad.append(replace(entry, product=None, fault=_TWICE))
    return good, bad


def _wish(product: Product, since: Instant, kept: set[ProductId]) -> Wish:
    """What the shop changed or deleted after the feed was given stays as it is."""

    def wish(before: Shelved | None, now: Instant, gone: Version | None) -> Change | None:
        later = gone is not None and gone.until > since if before is None else _later(before, since)
        if later:
            kept.add(product.id)
            return None
        return change_to(product, before, "feed", now, gone, said=since)

    return wish


def _later(before: Shelved, since: Instant) -> bool:
    return before.source != "learned" and before.as_of > since


def _failed(job: Job, place: Mapping[str, Json], errors: tuple[JobError, ...]) -> Job:
    return replace(job, state="failed", errors=errors, result=result_of(place))
