"""Which calls were made by the names that their callers gave them."""

from typing import Protocol

from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.once import Once


class OnceCalls(Protocol):
    def begin(self, store: StoreId, name: str, call: Once, now: Instant) -> Once | None:
        """None: nobody had begun it, and now it is begun. Otherwise how it stands; of two at once one begins it."""

    def end(self, store: StoreId, name: str, call: Once) -> bool:
        """What was answered; with an `until` that is over, it came to nothing and may be made again.

        False: it was answered before, and that answer stays.
        """
