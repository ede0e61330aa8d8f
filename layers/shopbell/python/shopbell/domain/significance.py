"""Do groups differ, or is it chance: tests of shares and of means, and what many tests at once are held to."""

from collections.abc import Sequence
from itertools import accumulate
from math import erfc, exp, lgamma, sqrt
from typing import Final, NamedTuple

ALPHA: Final = 0.05
"""How often a difference may be seen where there is none."""
_EXPECTED: Final = 5
"""Fewest expected in a field of the table for which the normal distribution holds: Cochran, Some Methods for
Strengthening the Common χ² Tests, Biometrics 10 (1954), page 417."""


class Share(NamedTuple):
    """So many of so many."""

    hits: int
    of: int

    @property
    def rate(self) -> float:
        return self.hits / self.of if self.of else 0.0


class Amounts(NamedTuple):
    """What so many brought: the sum of it, and the sum of its squares."""

    total: int
    squares: int
    of: int

    @property
    def mean(self) -> float:
        return self.total / self.of if self.of else 0.0

    @property
    def error(self) -> float:
        """The standard error of the mean; 0 of fewer than two."""
        if self.of < 2:  # noqa: PLR2004 - one has no spread
            return 0.0
        spread = (self.squares - self.total * self.total / self.of) / (self.of - 1)
        return sqrt(max(0.0, spread) / self.of)


def shares_differ(one: Share, other: Share) -> float:
    """The two-sided p-value of two shares' being the same, by the pooled z-test: Fleiss, Levin and Paik, Statistical
    Methods for Rates and Proportions, 3rd edition (2003), chapter 3. 1.0 where too few are expected for it to hold.
    """
    both, of = one.hits + other.hits, one.of + other.of
    if not of or min(both, of - both) * min(one.of, other.of) < _EXPECTED * of:
        return 1.0
    pooled = both / of
    z = (one.rate - other.rate) / sqrt(pooled * (1 - pooled) * (1 / one.of + 1 / other.of))
    return two_sided(z)


def means_differ(one: Amounts, other: Amounts) -> float:
    """The two-sided p-value of two means' being the same, for groups of hundreds whose spreads may differ: Welch, The
    Generalization of 'Student's' Problem, Biometrika 34 (1947), page 28, with the normal distribution for Student's.
    """
    error = sqrt(one.error**2 + other.error**2)
    return two_sided((one.mean - other.mean) / error) if error else 1.0


def happens_more(one: Share, other: Share) -> float:
    """The one-sided p-value of the first share's being no greater, by the exact test, which holds for the rarest
    events: Fisher, On the Interpretation of χ² from Contingency Tables, and the Calculation of P, Journal of the
    Royal Statistical Society 85 (1922), page 87.
    """
    both, of = one.hits + other.hits, one.of + other.of
    whole = _ways(of, both)
    most = min(one.of, both)
    return min(1.0, sum(exp(_ways(one.of, k) + _ways(other.of, both - k) - whole) for k in range(one.hits, most + 1)))


def held_to(values: Sequence[float]) -> tuple[float, ...]:
    """The p-values of many tests, adjusted so that all together err no oftener than one may: Holm, A Simple
    Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6 (1979), page 65.
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    steps = (min(1.0, (len(values) - rank) * values[place]) for rank, place in enumerate(order))
    adjusted = dict(zip(order, accumulate(steps, max), strict=True))
    return tuple(adjusted[place] for place in range(len(values)))


def two_sided(z: float) -> float:
    """How often a standard normal number is that far from 0."""
    return erfc(abs(z) / sqrt(2))


def _ways(of: int, hits: int) -> float:
    """The logarithm of how many ways there are to choose so many; none for more than there are."""
    if not 0 <= hits <= of:
        return float("-inf")
    return lgamma(of + 1) - lgamma(hits + 1) - lgamma(of - hits + 1)
