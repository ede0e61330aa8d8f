"""Schedules of stores in memory; whoever drives the clock fires them."""

from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.ownschedule import OwnSchedule


@dataclass(frozen=True, slots=True)
class MemoryOwnSchedules:
    world: MemoryWorld

    def get(self, store: StoreId, scenario: str) -> OwnSchedule | None:
        with self.world.lock:
            return self.world.schedules.get((store, scenario))

    def put(self, schedule: OwnSchedule) -> None:
        with self.world.lock:
            self.world.schedules[schedule.store, schedule.scenario] = schedule

    def remove(self, store: StoreId, scenario: str) -> None:
        with self.world.lock:
            self.world.schedules.pop((store, scenario), None)
