"""How likely each of several variants is to be the best, and the weights that follow from it (Thompson sampling).

Thompson, On the Likelihood that One Unknown Probability Exceeds Another in View of the Evidence of Two Samples,
Biometrika 25 (1933), page 285; for many people at once: Scott, A Modern Bayesian Look at the Multi-Armed Bandit,
Applied Stochastic Models in Business and Industry 26 (2010), page 639; that it does well where clicks come late:
Chapelle and Li, An Empirical Evaluation of Thompson Sampling, Advances in Neural Information Processing Systems 24
(2011). The chances are integrals, which are added up over cells: nothing is drawn, and the same counts give the same
weights.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from math import exp, inf, log, prod, sqrt
from typing import Final, NamedTuple

from shopbell.domain.clock import Instant
from shopbell.domain.content import Variant
from shopbell.domain.significance import Amounts
from shopbell.domain.winner import FEWEST, Arm, Metric, Weighed, Weight
from shopbell.domain.winning import amounts_of, barred, rate_of, share_of, successes_of

ENOUGH: Final[Mapping[Metric, int]] = {"clicks": 20, "orders": 20, "revenue": FEWEST}
"""Successes of all together below which the weights are the marketer's own; a mean of money takes more to settle."""
FLOOR: Final = 0.05
"""The least share of a variant: what does badly by chance, or for a season, can show that it does not."""
GUARD: Final = 0.01
"""How often a variant is barred though people leave no more after it: stricter than where it is asked but once."""
_WHOLE: Final = 10_000
_CELLS: Final = 512
_REACH: Final = 10.0
"""Standard deviations on both sides of the mean, beyond which hardly anything lies."""


class _Belief(NamedTuple):
    """What a rate may be: so likely to lie in each of the cells of equal width from `low` on."""

    low: float
    width: float
    masses: Sequence[float]
    below: Sequence[float]
    """How likely it is to lie before each cell; one more than there are cells."""

    def under(self, rate: float) -> float:
        """How likely it is to be less."""
        place = (rate - self.low) / self.width
        if place <= 0.0:
            return 0.0
        if place >= len(self.masses):
            return 1.0
        cell = int(place)
        return self.below[cell] + self.masses[cell] * (place - cell)

    def beats(self, others: Sequence["_Belief"]) -> float:
        """How likely it is to be greater than each of the others."""
        rates = (self.low + (cell + 0.5) * self.width for cell in range(len(self.masses)))
        pairs = zip(self.masses, rates, strict=True)
        return sum(mass * prod(other.under(rate) for other in others) for mass, rate in pairs)


def weighed(metric: Metric, arms: Sequence[Arm], own: Mapping[str, int], at: Instant) -> Weighed:
    """`own`: the marketer's weights by variant. Whatever makes more people leave than the others gets no share."""
    out = barred(arms, GUARD)
    staying = [arm for arm in arms if arm.variant not in out]
    found = sum(successes_of(metric, arm) for arm in arms)
    learned = found >= ENOUGH[metric] and any(successes_of(metric, arm) for arm in staying)
    names = [arm.variant for arm in staying]
    best = dict(zip(names, chances(metric, staying), strict=True)) if learned else {}
    whole = sum(own[name] for name in names)
    shares = {name: _floored(best[name], len(names)) if learned else own[name] / whole for name in names}
    rows = tuple(_weight(metric, arm, shares.get(arm.variant, 0.0), best.get(arm.variant)) for arm in arms)
    return Weighed(at, metric, learned, found, tuple(replace(row, barred=row.variant in out) for row in rows))


def drawn_by(variants: Sequence[Variant], found: Weighed) -> tuple[Variant, ...]:
    """Those that have a share, with the weights by which they are drawn."""
    shares = {row.variant: row.share for row in found.variants}
    those = (one for one in variants if shares[one.name])
    return tuple(replace(one, weight=round(shares[one.name] * _WHOLE)) if found.learned else one for one in those)


def chances(metric: Metric, arms: Sequence[Arm]) -> Sequence[float]:
    """How likely each is to be the best of them; together 1."""
    beliefs = _of_money(arms) if metric == "revenue" else _of_shares(metric, arms)
    found = [one.beats([*beliefs[:place], *beliefs[place + 1 :]]) for place, one in enumerate(beliefs)]
    return [chance / sum(found) for chance in found]


def _floored(chance: float, number: int) -> float:
    """Of ten variants each has two floors' worth together, so that half follows what works even then."""
    return FLOOR + (1 - number * FLOOR) * chance


def _weight(metric: Metric, arm: Arm, share: float, best: float | None) -> Weight:
    successes, rate = successes_of(metric, arm), rate_of(metric, arm)
    return Weight(arm.variant, arm.recipients, successes, rate, share, best, arm.left)


def _of_shares(metric: Metric, arms: Sequence[Arm]) -> Sequence[_Belief]:
    """Beta distributions. What is believed before is worth one success at the rate of all together: with a uniform
    one whatever is new would look like the best of messages that one in thirty clicks. It is uniform from a half on.
    """
    shares = [share_of(metric, arm) for arm in arms]
    rate = (sum(one.hits for one in shares) + 1) / (sum(one.of for one in shares) + 2)
    return [_beta(1 + one.hits, max(1.0, 1 / rate - 1) + one.of - one.hits) for one in shares]


def _of_money(arms: Sequence[Arm]) -> Sequence[_Belief]:
    """Normal distributions of the means, since so many are added up. What is believed before is worth one message at
    the mean of all. The spread is that of all, or a variant's own if that is wider: few who spent alike prove little.
    """
    amounts = [amounts_of(arm) for arm in arms]
    every = Amounts(*(sum(column) for column in zip(*amounts, strict=True)))
    common = max(1.0, _spread(every))
    beliefs = []
    for one in amounts:
        mean = (one.total + every.mean) / (one.of + 1)
        beliefs.append(_normal(mean, sqrt(max(common, _spread(one)) / (one.of + 1))))
    return beliefs


def _spread(amounts: Amounts) -> float:
    """The variance of what one brings."""
    return amounts.error**2 * amounts.of


def _beta(hits: float, misses: float) -> _Belief:
    of = hits + misses
    mean, deviation = hits / of, sqrt(hits * misses / (of + 1)) / of
    low, high = max(0.0, mean - _REACH * deviation), min(1.0, mean + _REACH * deviation)
    return _belief(low, high, lambda rate: (hits - 1) * log(rate) + (misses - 1) * log(1 - rate))


def _normal(mean: float, deviation: float) -> _Belief:
    low, high = mean - _REACH * deviation, mean + _REACH * deviation
    return _belief(low, high, lambda rate: -(((rate - mean) / deviation) ** 2) / 2)


def _belief(low: float, high: float, density: Callable[[float], float]) -> _Belief:
    """`density`: its logarithm, but for what is added to all of it."""
    width = (high - low) / _CELLS
    logs = [density(low + (cell + 0.5) * width) for cell in range(_CELLS)]
    highest = max(logs, default=-inf)
    raw = [exp(one - highest) for one in logs]
    whole = sum(raw)
    masses = [one / whole for one in raw]
    return _Belief(low, width, masses, [0.0, *accumulate(masses)])
