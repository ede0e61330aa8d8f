"""What is held of a person in whatever table, and who may not come back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from shopbell.domain.clock import Instant
from shopbell.domain.erasure import Person, Tombstone
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId, VisitorId


class Holdings(Protocol):
    """Every kind of thing that is held of a person. The leads to others come last: the log, and whose is whose."""

    @property
    def kinds(self) -> Sequence[str]:
        """In the order in which they are to be let go."""

    def held(self, person: Person, kind: str) -> Iterator[Mapping[str, Json]]:
        """As the person may read it; no credentials."""

    def let_go(self, person: Person, kind: str) -> int:
        """Remove it; how many rows there were, also of those that cannot go yet. Again: none."""


class Tombstones(Protocol):
    def lay(self, store: StoreId, visitors: Collection[VisitorId], stone: Tombstone) -> None:
        """One for each; an older one stands. Whoever asks for `latest` from now on hears of it."""

    def get(self, store: StoreId, visitor: VisitorId) -> Tombstone | None:
        """Strongly consistent."""

    def among(self, store: StoreId, visitors: Collection[VisitorId]) -> frozenset[VisitorId]:
        """Those who have one."""

    def latest(self, store: StoreId) -> Instant | None:
        """When the store last erased somebody; None: nobody whose tombstone is left."""

    def drop(self, store: StoreId, items: Sequence[tuple[VisitorId, str]]) -> None:
        """Items of the event log that came too late: whose, and the sort key."""
