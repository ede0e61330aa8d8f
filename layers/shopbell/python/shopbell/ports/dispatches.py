"""What sending one step to one visitor needs: the guard that lets it go once."""

from collections.abc import Mapping
from typing import Protocol

from shopbell.domain.clock import Instant
from shopbell.domain.dispatch import Dispatch
from shopbell.domain.ids import RunId, StoreId, VisitorId
from shopbell.domain.quarters import Quarters


class Dispatches(Protocol):
    def get(self, store: StoreId, visitor: VisitorId, name: str) -> Dispatch | None:
        """Strongly consistent."""

    def save(self, dispatch: Dispatch, counts: Mapping[str, int] | None = None, at: Instant = 0) -> bool:
        """Under the next version. False: another write came first.

        `counts` are added to the counters `now:<run>` in the same transaction, or not at all; those of them that
        were accepted also to the quarter of an hour of `at`.
        """

    def accepted(self, store: StoreId, run: RunId) -> Quarters:
        """When the steps of a run were; of those that an earlier release counted it is not known."""
