"""Fill a pool with codes that the shop has made, or with codes made here: at once, or as a job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.coupons.pools import found
from shopbell.app.jobs import StartJob
from shopbell.domain.codes import csv_lines, made_from, read_codes
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import PoolId, StoreId
from shopbell.domain.incoming.coupons import CodesIn
from shopbell.domain.jobs import MAX_ERRORS, Job, JobError
from shopbell.ports import CouponCodes, CouponPools, LineUploads, RandomBytes

FILL_POOL: Final = "fill_coupon_pool"
AT_ONCE: Final = 1_000
"""Codes that are taken in while the caller waits; more become a job (ruling 26)."""
PART: Final = 2_000
_WRONG: Final = "is no code: 1 to 64 letters, digits and . + - _"
_ALMOST: Final = 99


@dataclass(frozen=True, slots=True)
class FilledPool:
    """`duplicates` were given twice, or were in the pool. With a `job`, it says how many were added."""

    accepted: int
    rejected: int
    duplicates: int
    errors: tuple[JobError, ...]
    added: int = 0
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class AddCodes:
    pools: CouponPools
    codes: CouponCodes
    uploads: LineUploads
    start: StartJob
    random: RandomBytes

    def __call__(self, store: StoreId, name: PoolId, given: CodesIn) -> FilledPool:
        """Right lines are taken, wrong ones named by their number, and none is repeated in an answer."""
        pool = found(self.pools, store, name)
        codes, taken = self._read(given)
        upload = self.random(8).hex()
        if len(codes) > AT_ONCE:
            return replace(taken, job=self._later(store, pool.id, upload, codes))
        added = self.codes.add(store, pool.id, upload, codes)
        return replace(taken, added=added, duplicates=taken.duplicates + len(codes) - added)

    def _read(self, given: CodesIn) -> tuple[Sequence[str], FilledPool]:
        if given.generate is not None:
            made = made_from(given.generate.pattern, given.generate.count, self.random)
            return made, FilledPool(len(made), 0, 0, ())
        read = read_codes(csv_lines(given.csv) if given.csv is not None else given.codes or ())
        if not read.codes and not read.wrong:
            raise Rejected.at("codes", "must have at least one code")
        errors = tuple(JobError(number, _WRONG) for number in read.wrong[:MAX_ERRORS])
        return read.codes, FilledPool(len(read.codes), len(read.wrong), read.repeated, errors)

    def _later(self, store: StoreId, pool: PoolId, upload: str, codes: Sequence[str]) -> Job:
        parts = [codes[start : start + PART] for start in range(0, len(codes), PART)]
        for number, part in enumerate(parts):
            self.uploads.keep(store, upload, number, part)
        ask: Mapping[str, Json] = {"pool": pool, "upload": upload, "parts": len(parts), "codes": len(codes)}
        return self.start(store, FILL_POOL, ask)


@dataclass(frozen=True, slots=True)
class FillPool:
    """`ask`: pool, upload, parts, codes. One step takes one part; one that comes twice adds and says the same."""

    codes: CouponCodes
    uploads: LineUploads

    def step(self, job: Job) -> Job:
        done, added = _number(job.place.get("part")), _number(job.place.get("added"))
        parts = _number(job.ask.get("parts"))
        if done >= parts:
            duplicates = _number(job.ask.get("codes")) - added
            return replace(
                job, state="done", percent=100, place={}, result={"added": added, "duplicates": duplicates}
            )
        pool, upload = PoolId(str(job.ask["pool"])), str(job.ask["upload"])
        added += self.codes.add(job.store, pool, upload, self.uploads.read(job.store, upload, done))
        percent = max(job.percent, min(_ALMOST, (done + 1) * 100 // parts))
        return replace(job, state="running", place={"part": done + 1, "added": added}, percent=percent)

    def drop(self, job: Job) -> None:
        """What was added by then stays."""


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
