"""Whose a visitor is, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.profile import Alias, Profile


@dataclass(frozen=True, slots=True)
class MemoryAliases:
    world: MemoryWorld

    def link(self, store: StoreId, visitor: VisitorId, alias: Alias) -> Alias:
        with self.world.lock:
            profile = self.world.profiles.get((store, visitor)) or Profile(store, visitor)
            if profile.alias is not None:
                return profile.alias
            self.world.profiles[store, visitor] = replace(profile, version=profile.version + 1, alias=alias)
            self.world.aliases.setdefault((store, alias.customer), set()).add(visitor)
        return alias

    def of(self, store: StoreId, customer: VisitorId) -> Sequence[VisitorId]:
        with self.world.lock:
            return sorted(self.world.aliases.get((store, customer), ()), key=lambda who: who.encode())

    def of_many(self, store: StoreId, customers: Sequence[VisitorId]) -> Mapping[VisitorId, Sequence[VisitorId]]:
        return {customer: self.of(store, customer) for customer in customers}
