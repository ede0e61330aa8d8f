"""A segment's daily history, and the warning when it loses unusually many."""

from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Clock, check_year
from shopbell.domain.errors import NotFound, Rejected
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.segments.dips import MEASURED_DAYS, Dip, dip, since_the_first
from shopbell.domain.segments.history import (
    MAX_DAYS,
    SHOWN_DAYS,
    Day,
    DayCount,
    between,
    day_counts,
    day_of,
    later,
    subject,
)
from shopbell.ports import Counters, Segments, Stores

_END: Final = "~"
"""Sorts after every date."""


@dataclass(frozen=True, slots=True)
class ReadHistory:
    stores: Stores
    segments: Segments
    counters: Counters
    now: Clock

    def __call__(
        self, store: StoreId, name: SegmentId, first: Day | None = None, last: Day | None = None
    ) -> tuple[DayCount, ...]:
        """Oldest first, in days of the store's zone; without bounds the last 30 of them. 422 for a wrong range."""
        if self.segments.get(store, name) is None:
            raise NotFound(name)
        last = last or self.today(store)
        first = first or later(last, 1 - SHOWN_DAYS)
        if first > last:
            raise Rejected.at("from", "must not be after `to`")
        if later(first, MAX_DAYS) <= last:
            raise Rejected.at("from", f"must be at most {MAX_DAYS} days before `to`")
        return tuple(self._days(store, name, first, last))

    def warning(self, store: StoreId, name: SegmentId, today: Day) -> Dip | None:
        """The dip of today so far, else that of yesterday."""
        days = since_the_first(self._days(store, name, later(today, -1 - MEASURED_DAYS), today))
        return dip(days) or dip(days[:-1])

    def today(self, store: StoreId) -> Day:
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        return day_of(self.now(), row.time_zone)

    def _days(self, store: StoreId, name: SegmentId, first: Day, last: Day) -> list[DayCount]:
        size = self.counters.total(store, f"segment:{name}").get("total", 0)
        rows = self.counters.by_source(store, subject(name), first, _END)
        return list(day_counts(rows, size, first, last))


def check_day(path: str, text: str | None) -> Day | None:
    """A date as it stands in a query; 422 at `path` if it is none."""
    if text is None:
        return None
    try:
        (day,) = between(text, text)
    except ValueError:
        day = ""
    if day != text:
        raise Rejected.at(path, "must be a date such as 2026-03-02")
    try:
        check_year(int(day[:4]))
    except ValueError as exc:
        raise Rejected.at(path, str(exc)) from None
    return day
