"""Keep who was erased from coming back, at no read more for a store that has erased nobody lately."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.app.kept import Kept
from shopbell.app.poison import Unreadable
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.erasure import KNOWN, LIFE
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.events import EventItem
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.ports import Tombstones

NOBODY: Final[frozenset[VisitorId]] = frozenset()
TAKE_ANOTHER: Final = Problem("visitor_id", "was erased: take a new id")
"""What whoever still uses such an id is answered; the storefront does so by itself."""
GONE: Final = Problem("customer_id", TAKE_ANOTHER.message)
"""The same to who names a customer."""


@dataclass(frozen=True, slots=True)
class Erased:
    """Goes by what it read of a store up to a minute ago: an erasure waits until everybody knows of it."""

    tombstones: Tombstones
    now: Clock
    _latest: Kept[StoreId, Instant] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_latest", Kept[StoreId, Instant](KNOWN, self.now))

    def among(self, store: StoreId, visitors: Collection[VisitorId]) -> frozenset[VisitorId]:
        """Raises Unavailable."""
        latest = self._latest.many([store], self._read).get(store)
        if latest is None or latest + LIFE < self.now() or not visitors:
            return NOBODY
        return self.tombstones.among(store, visitors)

    def check(self, store: StoreId, *visitors: VisitorId) -> None:
        """Raises Rejected for who was erased, and Unavailable."""
        if self.among(store, visitors):
            raise Rejected((TAKE_ANOTHER,))

    def check_pair(self, store: StoreId, visitor: VisitorId, whose: VisitorId) -> None:
        """The same of a visitor and the customer that they are said to be: each under its own name."""
        gone = self.among(store, (visitor, whose))
        if gone:
            raise Rejected(tuple(fault for who, fault in ((visitor, TAKE_ANOTHER), (whose, GONE)) if who in gone))

    def drop(self, items: Sequence[EventItem | Unreadable]) -> None:
        """Take what came too late out of the log again. Raises Unavailable."""
        by_store: dict[StoreId, list[tuple[VisitorId, str]]] = {}
        for item in items:
            by_store.setdefault(item.store, []).append((item.visitor, item.name))
        for store, gone in by_store.items():
            self.tombstones.drop(store, gone)

    def _read(self, stores: list[StoreId]) -> Mapping[StoreId, Instant]:
        found = {store: self.tombstones.latest(store) for store in stores}
        return {store: at for store, at in found.items() if at is not None}
