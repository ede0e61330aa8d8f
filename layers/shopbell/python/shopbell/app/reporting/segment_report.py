"""What the members of a segment were worth to the shop, beside how many there were day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.management.segments.history import ReadHistory
from shopbell.app.reporting.segment_people import Person, ReadPeople
from shopbell.app.reporting.series import By, Span, begins, bounds
from shopbell.domain.clock import Clock
from shopbell.domain.errors import NotFound, Rejected
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.segments.history import Day, DayCount, day_of, later
from shopbell.domain.segments.worth import Measures, Worth, added_up, did
from shopbell.ports import Counters, Segments, Stores

MAX_DAYS: Final[Mapping[By, int]] = {"day": 366, "hour": 14}


@dataclass(frozen=True, slots=True)
class SegmentReport:
    """Of the days from `first` to `last`, up to now; `total` and `reachable` of this moment."""

    segment: SegmentId
    first: Day
    last: Day
    total: int
    reachable: int
    days: Sequence[DayCount]
    worth: Worth

    def moved(self, change: str) -> int:
        """How often somebody came, or went."""
        return sum(one.moved("entered" if change == "entered" else "exited") for one in self.days)

    def on(self, day: Day) -> Measures:
        return self.worth.by_day.get(day, {})


@dataclass(frozen=True, slots=True)
class ReadSegmentReport:
    stores: Stores
    segments: Segments
    counters: Counters
    history: ReadHistory
    people: ReadPeople
    now: Clock

    def __call__(self, store: StoreId, name: SegmentId, span: Span) -> SegmentReport:
        """In days of the store's clock. NotFound; Rejected for a range that is none, too long, or tells too much."""
        row = self.stores.get(store)
        if row is None or self.segments.get(store, name) is None:
            raise NotFound(name)
        if span.by == "hour":
            raise Rejected.at("by", "must be day: who came and went is counted by the day")
        first, last = bounds(row, span, self.now(), MAX_DAYS)
        today = day_of(self.now(), row.time_zone)
        days = self.history(store, name, first, min(last, today)) if first <= today else ()
        ends = begins(first, row), begins(later(last, 1), row)
        crowd = self.people(row, name, *ends)

        def one(person: Person) -> Mapping[Day, Measures]:
            return did(self.people.told(store, person), person.stays, ends, row)

        every = list(self.people.side_by_side(one, crowd.people))
        size = self.counters.total(store, f"segment:{name}")
        worth = added_up(every, crowd.of)
        return SegmentReport(name, first, last, size.get("total", 0), size.get("reachable", 0), days, worth)
