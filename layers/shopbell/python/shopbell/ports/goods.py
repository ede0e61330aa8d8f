"""Who waits for which product, and how far scenarios are with its changes."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from shopbell.domain.goods import Timer
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.watchers import Watcher


class Watch(Protocol):
    def note(self, store: StoreId, seen: Sequence[Watcher]) -> None:
        """Each for 90 days; one that is newer stands."""

    def of(self, store: StoreId, shelf: str) -> Iterator[Watcher]:
        """Everybody who is interested in one of its variants, in no order."""


class Timers(Protocol):
    """Those that have an instant are among what falls due, under `timer_name`."""

    def get(self, store: StoreId, product: ProductId, scenario: str) -> Timer | None:
        """Strongly consistent."""

    def save(self, timer: Timer) -> bool:
        """Over the version that was read, 0 for none; False: somebody else was faster."""
