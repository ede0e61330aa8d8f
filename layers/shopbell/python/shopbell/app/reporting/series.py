"""How many messages were accepted and what they brought, hour by hour or day by day of the store's clock."""

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
from shopbell.domain.quarters import Quarters
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
    accepted: int = 0


@dataclass(frozen=True, slots=True)
class ReadSeries:
    stores: Stores
    counts: ReportCounts
    now: Clock

    def __call__(self, store: StoreId, sources: Iterable[str], span: Span, accepted: Quarters) -> Sequence[Point]:
        """Oldest first, without gaps up to now. Rejected at `from` for a range that is none, or too long."""
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        first, last = bounds(row, span, self.now(), MAX_DAYS)
        start, end = begins(first, row), begins(later(last, 1), row)
        found: dict[str, Counter[str]] = {at: Counter() for at in labels(row, span.by, first, last, self.now())}
        for source in sources:
            for at, counts in self.counts.hours(store, source, start, end):
                found.setdefault(label_of(at, row, span.by), Counter()).update(measured([counts]))
        sent: Counter[str] = Counter()
        for when, number in accepted.items():
            if start <= when < end:
                sent[label_of(hour_of(when, row.time_zone), row, span.by)] += number
        return [Point(at, brought(found.get(at, {})), sent[at]) for at in sorted({*found, *sent})]


def bounds(row: Store, span: Span, now: Instant, most: Mapping[By, int]) -> tuple[Day, Day]:
    """First and last day. Rejected at `from` for a range that is none, or of more than `most` days."""
    last = span.last or day_of(now, row.time_zone)
    first = span.first or later(last, 1 - SHOWN_DAYS[span.by])
    if first > last:
        raise Rejected.at("from", "must not be after `to`")
    if later(first, most[span.by]) <= last:
        raise Rejected.at("from", f"must be less than {most[span.by]} days before `to` by the {span.by}")
    return first, last


def labels(row: Store, by: By, first: Day, last: Day, now: Instant) -> Iterable[str]:
    """Of every day or hour up to now, each once."""
    if by == "day":
        return between(first, min(last, max(first, day_of(now, row.time_zone))))
    start, end = begins(first, row), min(begins(later(last, 1), row), now)
    return {format_instant(hour_of(at, row.time_zone)) for at in range(start, end, HOUR // 2)}


def label_of(hour: Instant, row: Store, by: By) -> str:
    return day_of(hour, row.time_zone) if by == "day" else format_instant(hour)


def begins(day: Day, row: Store) -> Instant:
    """When it begins by the store's clock."""
    return midnight(date.fromisoformat(day).toordinal(), named(row.time_zone))
