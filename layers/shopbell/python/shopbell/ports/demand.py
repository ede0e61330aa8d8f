"""What sells: the daily counts that `tally` keeps, and the lists that are rolled up from them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, Protocol

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.recommend.bonds import Bonds, Subject
from shopbell.domain.recommend.lists import Demand, Overview, TopList
from shopbell.domain.recommend.named import ProductList
from shopbell.domain.recommend.portions import Addition, Place
from shopbell.domain.recommend.together import Note

MAX_LISTS: Final = 200
NOTES_KEPT: Final[Duration] = 21 * DAY


class DemandCounters(Protocol):
    def places(self, store: StoreId, sources: Collection[str]) -> Mapping[str, Place]:
        """Up to where each source is counted, strongly consistent; those that were counted at all."""

    def add(self, store: StoreId, addition: Addition) -> bool:
        """All of it or nothing; False: a source had moved already."""

    def day(self, store: StoreId, day: int) -> Iterator[tuple[ProductId, Demand]]:
        """Of one UTC day, days since 1970. A product may come several times: its demand is the sum."""

    def notes(self, store: StoreId, day: int) -> Iterator[Note]:
        """What was noted on a UTC day of what goes together, in no order; kept for NOTES_KEPT."""


class Tops(Protocol):
    def lists(self, store: StoreId, scopes: Collection[str]) -> Mapping[str, TopList]:
        """Those that there are."""

    def overview(self, store: StoreId) -> Overview:
        """Empty and made never, where nothing was rolled up yet."""

    def save(self, store: StoreId, lists: Sequence[TopList], overview: Overview) -> None:
        """The lists first: whoever sees the new `made_at` sees them."""

    def named(self, store: StoreId) -> Sequence[ProductList]:
        """The merchant's lists, by name; at most MAX_LISTS of them."""

    def put_named(self, given: ProductList) -> bool:
        """False: another write came first (`given.revision` is one more than what it read)."""

    def bonds(self, store: StoreId, subjects: Collection[Subject]) -> Mapping[Subject, Bonds]:
        """Those that there are, as of the day of their newest part: what is kept, and what was added since."""

    def kept_bonds(self, store: StoreId, subjects: Collection[Subject]) -> Mapping[Subject, Bonds]:
        """What is kept alone, strongly consistent."""

    def keep_bonds(self, store: StoreId, rows: Mapping[Subject, Bonds], through: int | None = None) -> None:
        """In place of what was kept of them. `through`: now all notes of the days up to it are in what is kept."""

    def renew_bonds(self, store: StoreId, rows: Mapping[Subject, Bonds]) -> None:
        """What the days since then add; it counts as long as nothing is kept of a day that is in it."""

    def kept_through(self, store: StoreId) -> int | None:
        """The last day that is in what is kept; None: nothing was ever kept."""

    def claim(self, store: StoreId, now: Instant, until: Instant) -> bool:
        """Leave to roll up until then; False: somebody else has it."""
