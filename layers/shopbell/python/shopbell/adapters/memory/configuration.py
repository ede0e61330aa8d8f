"""Stores, keys, secrets, campaigns and scenario settings in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from shopbell.adapters.memory.world import MemoryWorld, page_of
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import Instant
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.store import Key, Store
from shopbell.domain.vapidkeys import VapidKeys
from shopbell.ports import Page


@dataclass(frozen=True, slots=True)
class MemoryStores:
    world: MemoryWorld

    def get(self, store: StoreId) -> Store | None:
        with self.world.lock:
            return self.world.stores.get(store)

    def save(self, store: Store, *, expected: Store | None) -> bool:
        with self.world.lock:
            known = self.world.stores.get(store.id)
            if known is None or expected is None:
                if known is not None or expected is not None:
                    return False
                self.world.stores[store.id] = store
                return True
            if replace(known, day=None) != replace(expected, day=None):
                return False
            self.world.stores[store.id] = replace(store, vapid_keys=known.vapid_keys, day=known.day)
        return True

    def change(self, store: StoreId, change: Callable[[VapidKeys], VapidKeys]) -> Store:
        with self.world.lock:
            known = self.world.stores.get(store)
            if known is None:
                raise NotFound(store)
            changed = self.world.stores[store] = replace(known, vapid_keys=change(known.vapid_keys))
        return changed

    def key(self, store: StoreId, digest: str) -> Key | None:
        with self.world.lock:
            return self.world.keys.get((store, digest))

    def add_key(self, key: Key) -> None:
        with self.world.lock:
            self.world.keys.setdefault((key.store, key.digest), key)

    def turn(self, store: StoreId) -> int:
        with self.world.lock:
            return self.world.key_turns.get(store, 0)

    def turned(self, store: StoreId, turn: int, changes: Sequence[tuple[Key | None, Key]]) -> bool:
        with self.world.lock:
            same = all(self.world.keys.get((store, after.digest)) == before for before, after in changes)
            if not same or self.world.key_turns.get(store, 0) != turn:
                return False
            self.world.key_turns[store] = turn + 1
            self.world.keys.update({(store, after.digest): after for _, after in changes})
        return True

    def keys(self, store: StoreId) -> Sequence[tuple[Key, Instant | None]]:
        with self.world.lock:
            mine = [(key, self.world.key_uses.get(name)) for name, key in self.world.keys.items() if name[0] == store]
        return sorted(mine, key=lambda row: (row[0].created_at, row[0].digest))

    def used(self, key: Key, at: Instant) -> None:
        with self.world.lock:
            self.world.key_uses[key.store, key.digest] = at


@dataclass(frozen=True, slots=True)
class MemorySecrets:
    world: MemoryWorld

    def get(self, name: str, *, fresh: bool = False) -> bytes:  # noqa: ARG002 - it remembers nothing beside
        with self.world.lock:
            value = self.world.secrets.get(name)
        if value is None:
            raise NotFound(name)
        return value

    def put(self, name: str, value: bytes) -> None:
        with self.world.lock:
            self.world.secrets[name] = value

    def delete(self, name: str) -> None:
        with self.world.lock:
            self.world.secrets.pop(name, None)


@dataclass(frozen=True, slots=True)
class MemoryCampaigns:
    world: MemoryWorld

    def get(self, store: StoreId, campaign: CampaignId) -> Campaign | None:
        with self.world.lock:
            return self.world.campaigns.get((store, campaign))

    def page(self, store: StoreId, cursor: str | None, limit: int) -> Page[Campaign]:
        with self.world.lock:
            mine = [row for (owner, _), row in self.world.campaigns.items() if owner == store]
        return page_of(mine, lambda row: row.id, cursor, limit, newest_first=True)

    def save(self, campaign: Campaign, *, expected: int | None) -> bool:
        key = (campaign.store, campaign.id)
        with self.world.lock:
            stored = self.world.campaigns.get(key)
            if (stored.revision if stored else None) != expected:
                return False
            self.world.campaigns[key] = campaign
        return True

    def scheduled(self) -> Iterator[tuple[StoreId, CampaignId]]:
        with self.world.lock:
            found = [key for key, row in self.world.campaigns.items() if row.watched]
        yield from found


@dataclass(frozen=True, slots=True)
class MemoryScenarios:
    world: MemoryWorld

    def get(self, store: StoreId, scenario: str) -> ScenarioSettings | None:
        with self.world.lock:
            return self.world.scenarios.get((store, scenario))

    def save(self, settings: ScenarioSettings, *, expected: int | None = None) -> bool:
        with self.world.lock:
            stored = self.world.scenarios.get((settings.store, settings.name))
            if expected is not None and expected != (stored.revision if stored else 0):
                return False
            self.world.scenarios[settings.store, settings.name] = settings
        return True

    def enabled(self, scenario: str) -> Iterator[StoreId]:
        with self.world.lock:
            on = [
                store
                for (store, name), settings in self.world.scenarios.items()
                if name == scenario and settings.enabled
            ]
        return iter(sorted(on))
