"""Daily counts of what sells and the lists rolled up from them, in memory."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.recommend.lists import NEVER, NOTHING, Demand, Overview, TopList
from shopbell.domain.recommend.portions import Portion


@dataclass(frozen=True, slots=True)
class MemoryDemandCounters:
    world: MemoryWorld

    def positions(self, store: StoreId, sources: Collection[str]) -> Mapping[str, str]:
        with self.world.lock:
            return {
                one: self.world.demand_places[store, one]
                for one in sources
                if (store, one) in self.world.demand_places
            }

    def add(self, store: StoreId, portions: Sequence[Portion], moved: Mapping[str, tuple[str | None, str]]) -> bool:
        with self.world.lock:
            if any(self.world.demand_places.get((store, source)) != before for source, (before, _) in moved.items()):
                return False
            for source, (_, after) in moved.items():
                self.world.demand_places[store, source] = after
            mine = self.world.demand.setdefault(store, {})
            for portion in portions:
                for row, demand in portion.rows.items():
                    mine[row] = mine.get(row, NOTHING) + demand
        return True

    def day(self, store: StoreId, day: int) -> Iterator[tuple[ProductId, Demand]]:
        with self.world.lock:
            rows = self.world.demand.get(store, {})
            return iter([(product, demand) for (on, product), demand in sorted(rows.items()) if on == day])


@dataclass(frozen=True, slots=True)
class MemoryTops:
    world: MemoryWorld

    def lists(self, store: StoreId, scopes: Collection[str]) -> Mapping[str, TopList]:
        with self.world.lock:
            return {
                scope: self.world.top_lists[store, scope]
                for scope in scopes
                if (store, scope) in self.world.top_lists
            }

    def overview(self, store: StoreId) -> Overview:
        with self.world.lock:
            return self.world.overviews.get(store, Overview())

    def save(self, store: StoreId, lists: Sequence[TopList], overview: Overview) -> None:
        with self.world.lock:
            self.world.top_lists.update({(store, top.scope): top for top in lists})
            self.world.overviews[store] = overview

    def claim(self, store: StoreId, now: Instant, until: Instant) -> bool:
        with self.world.lock:
            if self.world.roll_ups.get(store, NEVER) > now:
                return False
            self.world.roll_ups[store] = until
        return True
