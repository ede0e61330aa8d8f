"""What messages brought, hour by hour or day by day of the store's clock."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from shopbell.domain.attribution.brought import Brought, brought, measured
from shopbell.domain.attribution.cells import hour_of
from shopbell.domain.clock import HOUR, Clock, Instant, format_instant
from shopbell.domain.errors import NotFound, Rejected
from shopbell.domain.ids import StoreId
from shopbell.domain.segments.history import Day, between, day_of, later
from shopbell.domain.segments.zones import midnight, named
from shopbell.domain.store import Store
from shopbell.ports import Stores
from shopbell.ports.attribution import ReportCounts

By = Literal["hour", "day"]
MAX_DAYS: Final[Mapping[By, int]] = {"day": 400, "hour": 14}
SHOWN_DAYS: Final[Mapping[By, int]] = {"day": 30, "hour": 2}


@dataclass(frozen=True, slots=True)
class Span:
    """Days of the store's calendar, both included; None: up to today, and as far back as is shown by itself."""

    by: By = "day"
    first: Day | None = None
    last: Day | None = None


@dataclass(frozen=True, slots=True)
class Point:
    at: str
    """A date, or the instant at which the hour began."""
    brought: Brought


@dataclass(frozen=True, slots=True)
class ReadSeries:
    stores: Stores
    counts: ReportCounts
    now: Clock

    def __call__(self, store: StoreId, sources: Iterable[str], span: Span) -> Sequence[Point]:
        """Oldest first, without gaps up to now. Rejected at `from` for a range that is none, or too long."""
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        first, last = self._bounds(row, span)
        start, end = _midnight(first, row), _midnight(later(last, 1), row)
        found: dict[str, Counter[str]] = {at: Counter() for at in self._labels(row, span.by, first, last)}
        for source in sources:
            for at, counts in self.counts.hours(store, source, start, end):
                label = day_of(at, row.time_zone) if span.by == "day" else format_instant(at)
                found.setdefault(label, Counter()).update(measured([counts]))
        return [Point(at, brought(found[at])) for at in sorted(found)]

    def _bounds(self, row: Store, span: Span) -> tuple[Day, Day]:
        last = span.last or day_of(self.now(), row.time_zone)
        first = span.first or later(last, 1 - SHOWN_DAYS[span.by])
        if first > last:
            raise Rejected.at("from", "must not be after `to`")
        if later(first, MAX_DAYS[span.by]) <= last:
            raise Rejected.at("from", f"must be less than {MAX_DAYS[span.by]} days before `to` by the {span.by}")
        return first, last

    def _labels(self, row: Store, by: By, first: Day, last: Day) -> Iterable[str]:
        now = self.now()
        if by == "day":
            return between(first, min(last, max(first, day_of(now, row.time_zone))))
        start, end = _midnight(first, row), min(_midnight(later(last, 1), row), now)
        return {format_instant(hour_of(at, row.time_zone)) for at in range(start, end, HOUR // 2)}


def _midnight(day: Day, row: Store) -> Instant:
    return midnight(date.fromisoformat(day).toordinal(), named(row.time_zone))
