"""What sells: the daily counts that `tally` keeps, and the lists that are rolled up from them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.recommend.lists import Demand, Overview, TopList
from shopbell.domain.recommend.portions import Portion


class DemandCounters(Protocol):
    def positions(self, store: StoreId, sources: Collection[str]) -> Mapping[str, str]:
        """Up to which place each source is counted, strongly consistent; those that were counted at all."""

    def add(self, store: StoreId, portions: Sequence[Portion], moved: Mapping[str, tuple[str | None, str]]) -> bool:
        """All of it or nothing, with each source moved from its place to another; False: one had moved already."""

    def day(self, store: StoreId, day: int) -> Iterator[tuple[ProductId, Demand]]:
        """Of one UTC day, days since 1970. A product may come several times: its demand is the sum."""


class Tops(Protocol):
    def lists(self, store: StoreId, scopes: Collection[str]) -> Mapping[str, TopList]:
        """Those that there are."""

    def overview(self, store: StoreId) -> Overview:
        """Empty and made never, where nothing was rolled up yet."""

    def save(self, store: StoreId, lists: Sequence[TopList], overview: Overview) -> None:
        """The lists first: whoever sees the new `made_at` sees them."""

    def claim(self, store: StoreId, now: Instant, until: Instant) -> bool:
        """Leave to roll up until then; False: somebody else has it."""
