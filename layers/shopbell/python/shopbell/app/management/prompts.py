"""What became of the permission prompt, day by day."""

from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Clock
from shopbell.domain.errors import NotFound, Rejected
from shopbell.domain.ids import StoreId
from shopbell.domain.prompts.counting import SUBJECT, PromptDay, days, summed
from shopbell.domain.segments.history import SHOWN_DAYS, Day, day_of, later
from shopbell.ports import Counters, Stores

MAX_DAYS: Final = 92
"""A row is read for each visitor and day that saw the prompt."""
DEFAULT: Final = "soft"
_END: Final = "~"
"""Sorts after every date."""


@dataclass(frozen=True, slots=True)
class PromptReport:
    prompt: str
    first: Day
    last: Day
    total: PromptDay
    days: tuple[PromptDay, ...]


@dataclass(frozen=True, slots=True)
class ReadPromptReport:
    stores: Stores
    counters: Counters
    now: Clock

    def __call__(
        self, store: StoreId, prompt: str | None = None, first: Day | None = None, last: Day | None = None
    ) -> PromptReport:
        """In days of the store's zone; without bounds the last 30; without a name its own. 422: a bad range."""
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        last = last or day_of(self.now(), row.time_zone)
        first = first or later(last, 1 - SHOWN_DAYS)
        if first > last:
            raise Rejected.at("from", "must not be after `to`")
        if later(first, MAX_DAYS) <= last:
            raise Rejected.at("from", f"must be at most {MAX_DAYS} days before `to`")
        name = prompt or str(row.prompt.get("id", DEFAULT))
        counted = self.counters.by_source(store, SUBJECT, first, last + _END)
        found = days(counted, name, first, last)
        return PromptReport(name, first, last, summed(found), found)
