"""The VAPID keys of stores, and the subscriptions that were made with each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId, SubscriptionId, VapidKeyId
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import Subscription
from shopbell.domain.vapidkeys import KeyUse, VapidKeys


class KeyRow(Protocol):
    """The keys of a store's row. `Stores.save` never changes those of a store that is there."""

    def change(self, store: StoreId, change: Callable[[VapidKeys], VapidKeys]) -> Store:
        """What the change makes of the keys as they stand; it may be asked again if others were faster.

        Answers the store as it is then. NotFound if there is none.
        """


class KeyUses(Protocol):
    """How many subscriptions a store's keys have, exactly, and what push services said of them."""

    def of(self, store: StoreId) -> Mapping[VapidKeyId, KeyUse]:
        """Of keys that have or had any."""

    def move(self, row: Subscription, key: VapidKeyId, refused_at: Instant | None) -> bool:
        """The subscription belongs to that key, and is parked from `refused_at` on, or not at all.

        False: it has another endpoint, visitor or key by now. What else has changed of it stays.
        """

    def refused(self, store: StoreId, key: VapidKeyId, times: int, at: Instant) -> None:
        """Push services have said so often that a subscription was made with another key."""


class SubscriptionRegister(Protocol):
    """Subscriptions that come from elsewhere, many at once."""

    def standing(
        self, store: StoreId, wanted: Sequence[SubscriptionId]
    ) -> tuple[Mapping[SubscriptionId, Subscription], frozenset[SubscriptionId]]:
        """Those that are there, and those that have ended within the last 30 days."""

    def add(self, rows: Sequence[Subscription]) -> Sequence[bool]:
        """For each whether it is new: what is there stays as it is. No subscription twice."""
