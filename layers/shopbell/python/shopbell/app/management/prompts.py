"""What became of the permission prompt, day by day or hour by hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.app.reporting.series import By, Span, bounds, label_of, labels
from shopbell.domain.clock import Clock
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import StoreId
from shopbell.domain.prompts.counting import SUBJECT, PromptPoint, days, hours, summed
from shopbell.domain.segments.history import Day
from shopbell.ports import Counters, Stores

MAX_DAYS: Final[Mapping[By, int]] = {"day": 92, "hour": 14}
"""A row is read for each visitor and day that saw the prompt."""
DEFAULT: Final = "soft"
_END: Final = "~"
"""Sorts after every date."""


@dataclass(frozen=True, slots=True)
class PromptReport:
    prompt: str
    by: By
    first: Day
    last: Day
    total: PromptPoint
    series: tuple[PromptPoint, ...]


@dataclass(frozen=True, slots=True)
class ReadPromptReport:
    stores: Stores
    counters: Counters
    now: Clock

    def __call__(self, store: StoreId, prompt: str | None, span: Span) -> PromptReport:
        """In days or hours of the store's zone; without a name its own prompt. 422: a bad range."""
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        now = self.now()
        first, last = bounds(row, span, now, MAX_DAYS)
        name = prompt or str(row.prompt.get("id", DEFAULT))
        counted = tuple(self.counters.by_source(store, SUBJECT, first, last + _END))
        found = days(counted, name, first, last)
        if span.by == "day":
            return PromptReport(name, "day", first, last, summed(found), found)
        every = sorted(labels(row, "hour", first, last, now))
        of_hours = hours(counted, name, every, lambda hour: label_of(hour, row, "hour"))
        return PromptReport(name, "hour", first, last, summed(found), of_hours)
