"""After a full feed: what it did not name is taken out of sale, unless so much is missing that the feed must be."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.app.catalogue.stocking import StockUp, Wish
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import ProductId
from shopbell.domain.jobs import Job, JobError
from shopbell.domain.versions import Change, Shelved, Version, change_to
from shopbell.ports import Assortment

PAGE: Final = 500
_PER_CENT: Final = 100
_ALMOST: Final = 99


@dataclass(frozen=True, slots=True)
class Seen:
    """Which products a feed named: 8 bytes of each."""

    marks: frozenset[int]

    @classmethod
    def of(cls, names: Iterable[ProductId]) -> "Seen":
        return cls(frozenset(map(_mark, names)))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and _mark(name) in self.marks


@dataclass(frozen=True, slots=True)
class Sweep:
    """First all are counted, then those that are missing are taken out: a feed cut short takes out nothing."""

    assortment: Assortment
    stock: StockUp
    now: Callable[[], Instant]
    _known: dict[str, Seen] = field(default_factory=dict)

    def __call__(self, job: Job, read: Callable[[], Seen], until: Instant) -> Job:
        """One step: until that instant, or to the end of the catalogue."""
        seen = self._seen(job, read)
        place = job.place
        while True:
            cursor = place.get("cursor")
            page = self.assortment.page(job.store, cursor if isinstance(cursor, str) else None, PAGE)
            missing = [one for one in page.items if one.active and one.id not in seen]
            place = self._passed(job, place, page.items, missing)
            place = {**place, "cursor": page.cursor}
            if page.cursor is None:
                return self._ended(job, place)
            if self.now() >= until:
                return replace(job, state="running", place=place, percent=_ALMOST)

    def _passed(
        self, job: Job, place: Mapping[str, Json], found: Sequence[Product], missing: Sequence[Product]
    ) -> Mapping[str, Json]:
        if place["phase"] == "weigh":
            counted = {"active": sum(one.active for one in found), "missing": len(missing)}
            return {**place, **{name: _number(place, name) + more for name, more in counted.items()}}
        wishes: Mapping[ProductId, Wish] = {one.id: _out_of_sale(job.created_at) for one in missing}
        gone = self.stock.change(job.store, wishes).changed if wishes else 0
        return {**place, "deactivated": _number(place, "deactivated") + gone}

    def _ended(self, job: Job, place: Mapping[str, Json]) -> Job:
        if place["phase"] == "sweep":
            self._known.clear()
            return replace(job, state="done", percent=100, place={}, result=result_of(place))
        active, missing = _number(place, "active"), _number(place, "missing")
        least = _number(job.ask, "least_percent")
        if (active - missing) * _PER_CENT < active * least:
            why = (
                f"the feed names {active - missing} of {active} active products, which is less than {least} %: "
                "none was taken out of sale"
            )
            errors = (*job.errors, JobError(0, why))
            return replace(job, state="failed", errors=errors, result=result_of(place), place={})
        return replace(job, state="running", place={**place, "phase": "sweep"}, percent=_ALMOST)

    def _seen(self, job: Job, read: Callable[[], Seen]) -> Seen:
        """Read once for all steps of a job that one worker takes."""
        if job.id not in self._known:
            self._known.clear()
            self._known[job.id] = read()
        return self._known[job.id]


COUNTS: Final = (
    "read",
    "rejected",
    "created",
    "changed",
    "unchanged",
    "price_changed",
    "stock_changed",
    "deactivated",
)


def result_of(place: Mapping[str, Json]) -> Mapping[str, Json]:
    """What a job tells of how far it came."""
    return {name: _number(place, name) for name in COUNTS}


def _out_of_sale(since: Instant) -> Wish:
    """Unless somebody changed it after the feed was given."""

    def wish(before: Shelved | None, now: Instant, _: Version | None) -> Change | None:
        if before is None or not before.product.active or before.as_of >= since:
            return None
        return change_to(replace(before.product, active=False), before, "feed", now, said=since)

    return wish


def _mark(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")


def _number(of: Mapping[str, Json], name: str) -> int:
    value = of.get(name, 0)
    return value if isinstance(value, int) else 0
