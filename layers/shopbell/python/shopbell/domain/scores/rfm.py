"""Recency, frequency and money as scores from 1 to 5 (5 best), and the group that a buyer's three scores name."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

Edges = tuple[float, float, float, float]
"""The values above which scores 2, 3, 4 and 5 begin: a value at an edge has the lower score."""

MIN_CUSTOMERS: Final = 50
"""With fewer the quintiles of so few would mean nothing: fixed edges."""
FIXED_RECENCY: Final[Edges] = (-180, -90, -60, -30)
FIXED_FREQUENCY: Final[Edges] = (1, 2, 3, 5)
FIXED_MONEY: Final[Edges] = (0.5, 1, 2, 4)
"""Times the store's mean order."""


@dataclass(frozen=True, slots=True)
class RfmEdges:
    """Recency is counted as negative days, so that more is better in all three."""

    recency: Edges = FIXED_RECENCY
    frequency: Edges = FIXED_FREQUENCY
    money: Edges = FIXED_MONEY


@dataclass(frozen=True, slots=True)
class Rfm:
    r: int
    f: int
    m: int

    @property
    def group(self) -> str:
        """The first of GROUPS that fits; every combination has one."""
        return next(name for name, fits in GROUPS if fits(self))


GROUPS: Final[tuple[tuple[str, Callable[[Rfm], bool]], ...]] = (
    ("champions", lambda s: s.r == 5 and s.f >= 4 and s.m >= 4),  # noqa: PLR2004 - the table of named groups
    ("cannot_lose", lambda s: s.r <= 2 and s.f >= 4 and s.m >= 4),  # noqa: PLR2004
    ("loyal", lambda s: s.r >= 3 and s.f >= 4),  # noqa: PLR2004
    ("potential_loyalist", lambda s: s.r >= 4 and 2 <= s.f <= 3),  # noqa: PLR2004
    ("new", lambda s: s.r == 5 and s.f == 1),  # noqa: PLR2004
    ("promising", lambda s: s.r == 4 and s.f == 1),  # noqa: PLR2004
    ("needs_attention", lambda s: s.r == 3 and 2 <= s.f <= 3),  # noqa: PLR2004
    ("at_risk", lambda s: s.r <= 2 and s.f >= 3),  # noqa: PLR2004
    ("about_to_sleep", lambda s: s.r == 3 and s.f == 1),  # noqa: PLR2004
    ("hibernating", lambda s: s.r == 2 and s.f <= 2),  # noqa: PLR2004
    ("lost", lambda s: s.r == 1 and s.f <= 2),  # noqa: PLR2004
)
"""First match wins."""


def edges(recencies: Sequence[int], frequencies: Sequence[int], spends: Sequence[int], aov: float) -> RfmEdges:
    """From one number of each kind for every buyer: days since the last order, orders, spend. Few buyers: fixed."""
    if len(recencies) < MIN_CUSTOMERS:
        first, second, third, fourth = FIXED_MONEY
        return RfmEdges(money=(first * aov, second * aov, third * aov, fourth * aov))
    return RfmEdges(quintiles([-days for days in recencies]), quintiles(frequencies), quintiles(spends))


def quintiles(values: Sequence[float]) -> Edges:
    """By nearest rank: each edge is some buyer's value. ValueError without values."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values to divide")
    first, second, third, fourth = (ordered[math.ceil(part * len(ordered) / 5) - 1] for part in range(1, 5))
    return first, second, third, fourth


def rfm(edges: RfmEdges, recency: int, frequency: int, spend: int) -> Rfm:
    """Recency in days, spend in minor units."""
    return Rfm(_score(-recency, edges.recency), _score(frequency, edges.frequency), _score(spend, edges.money))


def _score(value: float, edges: Edges) -> int:
    return 1 + sum(value > edge for edge in edges)
