"""What the nightly pass needs: all stores, their statistics, what a walk leaves behind, and the model's fit."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.scores.buyers import Buyer
from shopbell.domain.scores.statistics import StoreStatistics
from shopbell.domain.scores.survival import Survival


class StoreList(Protocol):
    def every(self) -> Iterator[StoreId]:
        """All stores of the stage."""


class Statistics(Protocol):
    def get(self, store: StoreId) -> StoreStatistics | None: ...

    def save(self, statistics: StoreStatistics) -> bool:
        """With the next version of the live rules where `values` are not those that these compare with.

        One transaction; False: the rules changed meanwhile, nothing was written.
        """


class Surveys(Protocol):
    """Kept for a few days."""

    def put(self, store: StoreId, night: Instant, part: str, body: bytes) -> None:
        """Under the same part the later one stands."""

    def all(self, store: StoreId, night: Instant) -> Iterator[bytes]: ...


class Fitting(Protocol):
    def fit(self, buyers: Sequence[Buyer], now: Instant) -> Survival | None:
        """The parameters that make these pasts most likely; None where there are none."""
