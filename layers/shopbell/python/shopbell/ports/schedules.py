"""The schedules that a store has of its own, beside those of the template."""

from typing import Protocol

from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.ownschedule import OwnSchedule


class OwnSchedules(Protocol):
    """One for a store and scenario. Each raises Unavailable for what may pass."""

    def get(self, store: StoreId, scenario: str) -> OwnSchedule | None:
        """None also for one that was to fire once and has."""

    def put(self, schedule: OwnSchedule) -> None:
        """Made, or changed to this; again: it stays as it is."""

    def remove(self, store: StoreId, scenario: str) -> None:
        """No error if there is none."""
