"""One buyer's orders, reduced to the few numbers that scores and statistics need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant

YEAR: Final[Duration] = 365 * DAY


@dataclass(frozen=True, slots=True)
class Order:
    """`total` in minor units of the store's currency; an order in another currency has none, and counts as 0."""

    at: Instant
    total: int


@dataclass(frozen=True, slots=True)
class Buyer:
    """Days count from the epoch, in UTC. Orders of one day are one visit to the shop: the churn model counts days."""

    first_day: int
    last_day: int
    days: int
    """Distinct days with an order, at least 1."""
    orders: int
    spend: int
    year_orders: int
    """In (now - 365 days, now]."""
    year_spend: int
    last_at: Instant
    gaps: Mapping[int, int] = field(default_factory=dict)
    """Days between one day with an order and the next, to how often that was so."""

    @property
    def repeats(self) -> int:
        """Days with an order after the first: x of the churn model."""
        return self.days - 1

    @property
    def span(self) -> int:
        """Days from the first to the last: t_x."""
        return self.last_day - self.first_day

    def age(self, now: Instant) -> int:
        """Days from the first with an order to now: T."""
        return max(day_of(now) - self.first_day, self.span)

    def recency(self, now: Instant) -> int:
        """Days since the last day with an order."""
        return max(day_of(now) - self.last_day, 0)


def day_of(at: Instant) -> int:
    return at // DAY


def buyer(orders: Iterable[Order], now: Instant) -> Buyer | None:
    """None without an order up to now; later ones have not happened yet."""
    past = sorted((order for order in orders if order.at <= now), key=lambda order: order.at)
    if not past:
        return None
    days = sorted({day_of(order.at) for order in past})
    year = [order for order in past if order.at > now - YEAR]
    return Buyer(
        first_day=days[0],
        last_day=days[-1],
        days=len(days),
        orders=len(past),
        spend=sum(order.total for order in past),
        year_orders=len(year),
        year_spend=sum(order.total for order in year),
        last_at=past[-1].at,
        gaps=_gaps(days),
    )


def _gaps(days: Sequence[int]) -> Mapping[int, int]:
    gaps: dict[int, int] = {}
    for before, after in pairwise(days):
        gaps[after - before] = gaps.get(after - before, 0) + 1
    return gaps
