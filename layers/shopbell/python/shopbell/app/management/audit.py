"""Read who changed what of a store."""

from collections.abc import Mapping
from dataclasses import dataclass

from shopbell.app.management.keys import mark_of
from shopbell.domain.audit import KEPT, AuditLine
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import StoreId
from shopbell.ports import AuditTrail, Keys, Page

_READ: int = 500
"""Lines that one call looks through at most for those that are asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """None: whichever. `path`: what the path begins with."""

    since: Instant | None = None
    until: Instant | None = None
    key: str | None = None
    operation: str | None = None
    path: str | None = None

    def admits(self, line: AuditLine) -> bool:
        return (
            self.key in {None, line.key}
            and self.operation in {None, line.operation}
            and line.path.startswith(self.path or "")
        )


@dataclass(frozen=True, slots=True)
class ReadAudit:
    trail: AuditTrail
    keys: Keys
    now: Clock

    def __call__(self, store: StoreId, asked: Asked, cursor: str | None, limit: int) -> Page[AuditLine]:
        """Newest first. A page may be short and still not the last. Rejected where `to` is not after `from`."""
        now = self.now()
        since = max(asked.since or 0, now - KEPT)
        until = asked.until if asked.until is not None else now + 1
        if asked.since is not None and until <= asked.since:
            raise Rejected.at("to", "must be after `from`")
        found: list[AuditLine] = []
        for _ in range(max(1, _READ // limit)):
            page = self.trail.page(store, since, until, cursor, limit - len(found))
            found += [line for line in page.items if asked.admits(line)]
            cursor = page.cursor
            if cursor is None or len(found) == limit:
                break
        return Page(tuple(found), cursor)

    def names(self, store: StoreId) -> Mapping[str, str]:
        """What people call the keys that have a name, by their marks."""
        return {mark_of(key): key.name for key, _ in self.keys.keys(store) if key.name}
