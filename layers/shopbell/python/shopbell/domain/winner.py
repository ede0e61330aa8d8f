"""Which variant of a message more people get, once it is known of some what it brought, and why."""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.ids import StoreId, VisitorId

Metric = Literal["clicks", "orders", "revenue"]
Otherwise = Literal["keep_split", "best", "stop"]
Reason = Literal["won", "not_enough_data", "no_difference", "opt_outs", "ended", "not_approved"]
FEWEST: Final = 100
"""Clicks, or buyers where it is about orders or revenue, of all variants together, below which nothing is decided."""
_SHARES: Final = 1 << 32


@dataclass(frozen=True, slots=True)
class WinnerTest:
    """A part of a campaign's audience gets all variants; after a while the rest gets the one that did better."""

    metric: Metric
    percent: int
    """Of the audience, 1 to 99."""
    after: Duration
    """How long after the test began it is decided."""
    otherwise: Otherwise = "keep_split"
    """What the rest gets if none won: all of them, the one with the highest rate, or nothing."""


@dataclass(frozen=True, slots=True)
class Phase:
    """Whom one of the two runs of such a campaign is for: those who try its variants, or the rest."""

    percent: int
    rest: bool = False

    def takes(self, store: StoreId, source_id: str, visitor: VisitorId) -> bool:
        """Everybody is in one of the two, always in the same, whichever variant is theirs and whoever is held out."""
        digest = hashlib.sha256(f"winner\n{store}\n{source_id}\n{visitor}".encode()).digest()
        tries = int.from_bytes(digest[:4], "big") * 100 < self.percent * _SHARES
        return tries != self.rest

    def of(self, number: int) -> int:
        """Their part of so many: both parts together are all of them."""
        tries = -(-number * self.percent // 100)
        return number - tries if self.rest else tries


@dataclass(frozen=True, slots=True)
class Arm:
    """What came of one variant: `left` and `buyers` are of the `recipients`, money is in the store's currency."""

    variant: str
    recipients: int
    clicks: int = 0
    buyers: int = 0
    revenue: int = 0
    squares: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """One variant as it stood when it was decided."""

    variant: str
    recipients: int
    successes: int
    rate: float
    """Successes for each recipient; of revenue, minor units for each."""
    low: float
    high: float
    """Of its 95 % interval."""
    p: float | None
    """Of its being no different from the best; of the best itself, from whatever comes nearest. None: unknown."""
    left: int = 0
    barred: bool = False
    """More left after it than after the others, by more than chance."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Made once, and never changed."""

    at: Instant
    metric: Metric
    reason: Reason
    winner: str | None = None
    sends: tuple[str, ...] = ()
    """The variants that the rest gets; none: nothing is sent to it."""
    found: int = 0
    """Successes of all together."""
    variants: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class Weighing:
    """Of what is sent again and again, each run draws the variants with weights that follow what they brought."""

    metric: Metric


@dataclass(frozen=True, slots=True)
class Weight:
    """One variant as it stood when a run was weighed."""

    variant: str
    recipients: int
    successes: int
    rate: float
    """Successes for each recipient; of revenue, minor units for each."""
    share: float
    """Of the visitors, 0 to 1; all of a run's together are 1."""
    best: float | None = None
    """How likely it is that none of the others is better. None: there is too little to tell, or it is barred."""
    left: int = 0
    barred: bool = False
    """More left after it than after the others, by more than chance."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Of one run: made when it was planned, and never changed."""

    at: Instant
    metric: Metric
    learned: bool
    """False: the weights are the marketer's own, for there is too little to tell."""
    found: int = 0
    """Successes of all together."""
    variants: tuple[Weight, ...] = ()
