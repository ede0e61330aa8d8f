"""How far two groups are apart: intervals of shares and of means, and how many people it takes to find it."""

from collections.abc import Callable
from math import exp, inf, lgamma, log, log1p, sqrt
from statistics import NormalDist
from typing import Final

from shopbell.domain.sampling import wilson
from shopbell.domain.significance import Amounts, Share

_NORMAL: Final = NormalDist()
Z95: Final = _NORMAL.inv_cdf(0.975)
Z80: Final = _NORMAL.inv_cdf(0.8)
_TINY: Final = 1e-300
_PRECISE: Final = 1e-15
_ROUNDS: Final = 300
Interval = tuple[float, float]


def mean_of(one: Share) -> Amounts:
    """The same as the mean of ones and zeros."""
    return Amounts(one.hits, one.hits, one.of)


def variance(one: Amounts) -> float:
    """Unbiased; of fewer than two 0. The difference is taken in whole numbers, where nothing cancels."""
    return (one.of * one.squares - one.total**2) / (one.of * (one.of - 1)) if one.of > 1 else 0.0


def newcombe(one: Share, other: Share) -> Interval:
    """The 95 % interval of `one` less `other`: hybrid score (Newcombe, Interval Estimation for the Difference Between
    Independent Proportions, Statistics in Medicine 17 (1998), page 876, method 10).
    """
    (low, high), (lower, higher) = wilson(one.hits, one.of), wilson(other.hits, other.of)
    apart = one.rate - other.rate
    down = sqrt((one.rate - low) ** 2 + (higher - other.rate) ** 2)
    up = sqrt((high - one.rate) ** 2 + (other.rate - lower) ** 2)
    return apart - down, apart + up


def freedom(one: Amounts, other: Amounts) -> float:
    """Degrees of freedom (Welch, The Generalization of "Student's" Problem, Biometrika 34 (1947), page 32)."""
    parts = sum(_error(mine) ** 2 / (mine.of - 1) for mine in (one, other) if mine.of > 1)
    return (_error(one) + _error(other)) ** 2 / parts if parts else inf


def welch(one: Amounts, other: Amounts) -> Interval:
    """The 95 % interval of `one` less `other`, whose variances may differ (Welch, as above)."""
    apart, error = one.mean - other.mean, sqrt(_error(one) + _error(other))
    reach = error * t_quantile(0.975, freedom(one, other))
    return apart - reach, apart + reach


def two_means(one: Amounts, other: Amounts) -> float:
    """The two-sided p-value of equal means (Welch, as above)."""
    error = sqrt(_error(one) + _error(other))
    if not error:
        return 1.0 if one.mean == other.mean else 0.0
    return 2 * t_below(-abs(one.mean - other.mean) / error, freedom(one, other))


def ratio(one: Amounts, other: Amounts) -> Interval:
    """The 95 % interval of `one / other - 1`: the delta method on logarithms; of shares it is that of Katz and others
    (Obtaining Confidence Intervals for the Risk Ratio, Biometrics 34 (1978), page 469). Both values are above 0.
    """
    middle = log(one.mean / other.mean)
    reach = Z95 * sqrt(_error(one) / one.mean**2 + _error(other) / other.mean**2)
    return exp(middle - reach) - 1, exp(middle + reach) - 1


def needed_people(one: Amounts, other: Amounts) -> int | None:
    """Of both groups together, in the proportion that they have: to find the difference that was seen with a power of
    0.8 at 5 %, two-sided (Chow, Shao and Wang, Sample Size Calculations in Clinical Research, section 3.2.1).

    None: there is no difference to be found.
    """
    apart, share = one.mean - other.mean, one.of / (one.of + other.of)
    if not apart:
        return None
    spread = variance(one) / share + variance(other) / (1 - share)
    return int((Z95 + Z80) ** 2 * spread / apart**2) + 1


def _error(one: Amounts) -> float:
    """The squared standard error."""
    return variance(one) / one.of


def t_below(value: float, degrees: float) -> float:
    """Student's distribution function (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.1)."""
    if degrees == inf:
        return _NORMAL.cdf(value)
    tail = beta_below(degrees / 2, 0.5, degrees / (degrees + value * value)) / 2
    return tail if value < 0 else 1 - tail


def t_quantile(share: float, degrees: float) -> float:
    """Where that share lies below, for more than half."""
    high = 1.0
    while t_below(high, degrees) < share:
        high *= 2
    return _bisected(lambda value: t_below(value, degrees) < share, high)


def beta_below(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function (Handbook, as above, 26.5.8, as a continued fraction by Lentz)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(b, a, 1 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    d = 1 / _away(1 - (a + b) * x / (a + 1))
    c, found = 1.0, d
    for m in range(1, _ROUNDS):
        before = found
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d, c = 1 / _away(1 + term * d), _away(1 + term / c)
            found *= d * c
        if abs(found - before) < _PRECISE * abs(found):
            break
    return front * found


def _away(value: float) -> float:
    """From zero, by which nothing can be divided."""
    return value if abs(value) > _TINY else _TINY


def _bisected(below: Callable[[float], bool], high: float) -> float:
    low = 0.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2
