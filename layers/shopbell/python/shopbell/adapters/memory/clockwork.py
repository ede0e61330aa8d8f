"""What falls due, in memory: wake-ups of visitors and candidates of scheduled scenarios."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shopbell.adapters import candidates
from shopbell.adapters.dynamo import keys
from shopbell.adapters.memory.world import MemoryWorld, page_of
from shopbell.domain.clock import Instant
from shopbell.domain.goods import timer_name
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.ports import Page


@dataclass(frozen=True, slots=True)
class MemoryDueIndex:
    world: MemoryWorld

    def due(self, shard: int, until: Instant) -> Iterator[tuple[StoreId, VisitorId, Instant]]:
        with self.world.lock:
            waiting = [
                (profile.wake_at, store, who)
                for (store, who), profile in self.world.profiles.items()
                if profile.wake_at is not None
            ]
            waiting += [
                (timer.due, timer.store, timer_name(timer.product, timer.scenario))
                for timer in self.world.timers.values()
                if timer.due is not None
            ]
        for at, store, who in sorted(waiting):
            if at <= until and keys.due_shard(store, who) == shard:
                yield store, who, at


@dataclass(frozen=True, slots=True)
class MemoryCandidates:
    world: MemoryWorld

    def stores(self, scenario: str, until: Instant) -> frozenset[StoreId]:
        with self.world.lock:
            rows = self.world.candidates.get(scenario, {})
            return frozenset(store for at, store, _ in rows if at <= until)

    def page(
        self, scenario: str, store: StoreId, shard: int, until: Instant, cursor: str | None, limit: int
    ) -> Page[tuple[VisitorId, Instant]]:
        candidates.after(cursor, store, shard, until)
        with self.world.lock:
            rows = [
                (who, at)
                for at, owner, who in self.world.candidates.get(scenario, {})
                if owner == store and at <= until and keys.candidate_shard(store, who) == shard
            ]
        return page_of(rows, lambda row: candidates.place(row[1], row[0]), cursor, limit)

    def remove(self, scenario: str, store: StoreId, taken: Sequence[tuple[VisitorId, Instant]]) -> None:
        with self.world.lock:
            rows = self.world.candidates.get(scenario, {})
            for who, at in taken:
                rows.pop((at, store, who), None)
