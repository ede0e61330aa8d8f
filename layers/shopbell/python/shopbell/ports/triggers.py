"""A marketer's own triggers (fly mode)."""

from collections.abc import Sequence
from typing import Protocol

from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.fly import OwnTrigger, TriggerId


class OwnTriggers(Protocol):
    def get(self, store: StoreId, trigger: TriggerId) -> OwnTrigger | None: ...

    def all(self, store: StoreId) -> Sequence[OwnTrigger]:
        """In the order of their ids."""

    def save(self, row: OwnTrigger, *, expected: int | None) -> bool:
        """`expected` is the revision that was read, None to create; False: someone else was faster."""

    def delete(self, store: StoreId, trigger: TriggerId, *, expected: int) -> bool:
        """`expected` is the revision that was read; False: someone else was faster, or it is gone."""
