"""A store's VAPID keys: how many subscriptions each still has, and a new one in the place of the active."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbell.app.founding import VapidPairs
from shopbell.app.paging import page_of
from shopbell.domain.clock import Clock
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import StoreId
from shopbell.domain.store import Store, VapidKey
from shopbell.domain.vapidkeys import UNUSED, KeyUse, VapidKeys, activated, asked_for, by_public, reserved
from shopbell.ports import KeyRow, KeyUses, Page, Secrets, Stores


@dataclass(frozen=True, slots=True)
class UsedKey:
    key: VapidKey
    use: KeyUse


@dataclass(frozen=True, slots=True)
class ReadVapidKeys:
    stores: Stores
    uses: KeyUses

    def page(self, store: StoreId, after: str | None, limit: int) -> Page[UsedKey]:
        """Oldest first."""
        return page_of(self(store), lambda one: f"{one.key.created_at:015d}#{one.key.id:>20}", after, limit)

    def __call__(self, store: StoreId) -> Sequence[UsedKey]:
        """Oldest first, each with exact counts."""
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        uses = self.uses.of(store)
        return [UsedKey(key, uses.get(key.id, UNUSED)) for key in row.vapid_keys]


@dataclass(frozen=True, slots=True)
class KeepVapidKey:
    """Brings a pair into a store. Its id is taken first, so that no two can write to one secret."""

    row: KeyRow
    secrets: Secrets
    now: Clock

    def __call__(self, store: StoreId, private: bytes, public: str) -> VapidKey:
        """It signs and is not given out; a public key that the store has already keeps its id and its state."""

        def with_it(known: VapidKeys) -> VapidKeys:
            return known if by_public(known, public) else reserved(known, public, self.now())

        key = _of(self.row.change(store, with_it), public)
        self.secrets.put(f"{store}/vapid/{key.id}", private)
        return key


@dataclass(frozen=True, slots=True)
class RotateVapidKey:
    read: ReadVapidKeys
    keep: KeepVapidKey
    pair: VapidPairs

    def __call__(self, store: StoreId, request: str | None) -> UsedKey:
        """The new key, given out from now on; all others go on signing for the subscriptions that they made.

        The same `request` again answers the key that it made the first time.
        """
        made = asked_for(tuple(one.key for one in self.read(store)), request)
        if made is None:
            private, public = self.pair()
            name = self.keep(store, private, public).id
            keys = self.keep.row.change(store, lambda known: activated(known, name, request)).vapid_keys
            made = asked_for(keys, request) or next(key for key in keys if key.id == name)
        wanted = made.id
        return next(one for one in self.read(store) if one.key.id == wanted)


def _of(row: Store, public: str) -> VapidKey:
    found = by_public(row.vapid_keys, public)
    if found is None:
        raise NotFound(row.id)
    return found
