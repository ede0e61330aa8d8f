"""The trail of what a store's people changed."""

from typing import Protocol

from shopbell.domain.audit import AuditLine
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId
from shopbell.ports.paging import Page


class AuditTrail(Protocol):
    """Lines are only ever added, and expire after `domain.audit.KEPT`."""

    def add(self, line: AuditLine) -> None: ...

    def page(self, store: StoreId, since: Instant, until: Instant, cursor: str | None, limit: int) -> Page[AuditLine]:
        """From `since` on and before `until`, newest first."""
