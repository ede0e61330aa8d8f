"""What came in of late."""

from collections.abc import Sequence
from typing import Protocol

from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.lately import Lately


class LatelyNoted(Protocol):
    """Kept for a day (`domain.lately.KEPT`)."""

    def watch(self, store: StoreId, until: Instant) -> None:
        """Somebody looks: note what comes in until then."""

    def watched_until(self, store: StoreId) -> Instant:
        """0: nobody has looked of late."""

    def add(self, store: StoreId, name: str, events: Sequence[Lately]) -> None:
        """What one call brought, under a name of its own; all have one instant."""

    def newest(self, store: StoreId, limit: int) -> Sequence[Lately]:
        """Newest first."""
