"""How often each key has called."""

from typing import Protocol

from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId


class CallCounts(Protocol):
    """Exact over all instances of a function; a count that had to be repeated after a timeout may be one too high."""

    def count(self, store: StoreId, key: str, window: Instant, until: Instant) -> int:
        """One call more in the window that began then: which one of it this was, from 1. Kept until `until`.

        Unavailable if nobody could count.
        """
