"""Daily counts of what sells and the lists rolled up from them, in memory."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.recommend.bonds import Bonds, Subject, united
from shopbell.domain.recommend.lists import NEVER, NOTHING, Demand, Overview, TopList
from shopbell.domain.recommend.named import ProductList
from shopbell.domain.recommend.portions import Addition, Place
from shopbell.domain.recommend.together import Note


@dataclass(frozen=True, slots=True)
class MemoryDemandCounters:
    world: MemoryWorld

    def places(self, store: StoreId, sources: Collection[str]) -> Mapping[str, Place]:
        with self.world.lock:
            return {
                one: self.world.demand_places[store, one]
                for one in sources
                if (store, one) in self.world.demand_places
            }

    def add(self, store: StoreId, addition: Addition) -> bool:
        places = self.world.demand_places
        with self.world.lock:
            for source, (before, _) in addition.moved.items():
                stands = places.get((store, source))
                if (None if stands is None else stands.at) != before:
                    return False
            places.update({(store, source): after for source, (_, after) in addition.moved.items()})
            mine = self.world.demand.setdefault(store, {})
            for portion in addition.portions:
                for row, demand in portion.rows.items():
                    mine[row] = mine.get(row, NOTHING) + demand
                self.world.notes.setdefault((store, addition.day), []).extend(portion.notes)
        return True

    def notes(self, store: StoreId, day: int) -> Iterator[Note]:
        with self.world.lock:
            return iter(list(self.world.notes.get((store, day), ())))

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

    def named(self, store: StoreId) -> Sequence[ProductList]:
        with self.world.lock:
            return [one for (of, _), one in sorted(self.world.named_lists.items()) if of == store]

    def put_named(self, given: ProductList) -> bool:
        with self.world.lock:
            stands = self.world.named_lists.get((given.store, given.name))
            if (0 if stands is None else stands.revision) != given.revision - 1:
                return False
            self.world.named_lists[given.store, given.name] = given
        return True

    def bonds(self, store: StoreId, subjects: Collection[Subject]) -> Mapping[Subject, Bonds]:
        with self.world.lock:
            kept, new = self.world.kept_bonds, self.world.new_bonds
            found = {one: united(kept.get((store, one)), new.get((store, one))) for one in subjects}
        return {one: bonds for one, bonds in found.items() if bonds is not None}

    def kept_bonds(self, store: StoreId, subjects: Collection[Subject]) -> Mapping[Subject, Bonds]:
        with self.world.lock:
            return {
                one: self.world.kept_bonds[store, one] for one in subjects if (store, one) in self.world.kept_bonds
            }

    def keep_bonds(self, store: StoreId, rows: Mapping[Subject, Bonds], through: int | None = None) -> None:
        with self.world.lock:
            self.world.kept_bonds.update({(store, one): bonds for one, bonds in rows.items()})
            if through is not None:
                self.world.kept_through[store] = through

    def renew_bonds(self, store: StoreId, rows: Mapping[Subject, Bonds]) -> None:
        with self.world.lock:
            self.world.new_bonds.update({(store, one): bonds for one, bonds in rows.items()})

    def kept_through(self, store: StoreId) -> int | None:
        with self.world.lock:
            return self.world.kept_through.get(store)

    def claim(self, store: StoreId, now: Instant, until: Instant) -> bool:
        with self.world.lock:
            if self.world.roll_ups.get(store, NEVER) > now:
                return False
            self.world.roll_ups[store] = until
        return True
