"""What sending one step to one visitor needs: the guard that lets it go once."""

from collections.abc import Mapping
from typing import Protocol

from shopbell.domain.dispatch import Dispatch
from shopbell.domain.ids import StoreId, VisitorId


class Dispatches(Protocol):
    def get(self, store: StoreId, visitor: VisitorId, name: str) -> Dispatch | None:
        """Strongly consistent."""

    def save(self, dispatch: Dispatch, counts: Mapping[str, int] | None = None) -> bool:
        """Under the next version. False: another write came first.

        `counts` are added to the counters `now:<run>` in the same transaction, or not at all.
        """
