"""After a full feed: what it did not name is taken out of sale, unless so much is missing that the feed must be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.catalogue.seen import Seen
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
class Sweep:
    """First all are counted, then those that are missing are taken out: a feed cut short takes out nothing."""

    assortment: Assortment
    stock: StockUp
    now: Callable[[], Instant]

    def __call__(self, job: Job, seen: Seen, until: Instant) -> Job:
        """One step: until that instant, or to the end of the catalogue."""
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
            return replace(job, state="done", percent=100, place={}, result=result_of(place))
        why = _too_little(job, place)
        if why is not None:
            errors = (*job.errors, JobError(0, f"{why}: none was taken out of sale"))
            return replace(job, state="failed", errors=errors, result=result_of(place), place={})
        return replace(job, state="running", place={**place, "phase": "sweep"}, percent=_ALMOST)


def _too_little(job: Job, place: Mapping[str, Json]) -> str | None:
    """Why what is missing may not be what is gone; None: it is."""
    active, missing, unnamed = (_number(place, name) for name in ("active", "missing", "unnamed"))
    least = _number(job.ask, "least_percent")
    if (active - missing) * _PER_CENT < active * least:
        return f"the feed names {active - missing} of {active} active products, which is less than {least} %"
    if missing and unnamed:
        return f"{unnamed} lines do not say which product they are of, and {missing} active products are missing"
    return None


COUNTS: Final = (
    "read",
    "rejected",
    "created",
    "changed",
    "unchanged",
    "kept",
    "price_changed",
    "stock_changed",
    "deactivated",
)


def result_of(place: Mapping[str, Json]) -> Mapping[str, Json]:
    """What a job tells of how far it came. `kept`: left as they were changed after the feed was given."""
    return {name: _number(place, name) for name in COUNTS}


def _out_of_sale(since: Instant) -> Wish:
    """Unless somebody changed it after the feed was given."""

    def wish(before: Shelved | None, now: Instant, _: Version | None) -> Change | None:
        if before is None or not before.product.active or before.as_of >= since:
            return None
        return change_to(replace(before.product, active=False), before, "feed", now, said=since)

    return wish


def _number(of: Mapping[str, Json], name: str) -> int:
    value = of.get(name, 0)
    return value if isinstance(value, int) else 0
