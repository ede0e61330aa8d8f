"""Decide which of a message's variants did better, if any did by more than chance."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.sampling import wilson
from shopbell.domain.significance import (
    ALPHA,
    Amounts,
    Share,
    happens_more,
    held_to,
    means_differ,
    shares_differ,
)
from shopbell.domain.winner import FEWEST, Arm, Decision, Metric, Otherwise, Reason, Standing, WinnerTest

_Z: Final = 1.959963984540054
"""Of the normal distribution: 95 % lie within."""


def decided(test: WinnerTest, arms: Sequence[Arm], at: Instant) -> Decision:
    """The variant of the highest rate wins if it differs from each of the others by more than chance (all pairs
    tested, together at 5 %), and does not make more people leave than they do.
    """
    barred, rates = _barred(arms), {arm.variant: _rate(test.metric, arm) for arm in arms}
    best = _best(rates)
    values = _values(best, _compared(test.metric, arms), rates)
    found = sum(_successes(test.metric, arm) for arm in arms)
    reason: Reason = "won"
    if found < FEWEST:
        reason = "not_enough_data"
    elif best is None or values[best] > ALPHA:
        reason = "no_difference"
    elif best in barred:
        reason = "opt_outs"
    winner = best if reason == "won" else None
    return Decision(
        at,
        test.metric,
        reason,
        winner,
        _otherwise(test.otherwise, rates, barred) if winner is None else (winner,),
        found,
        tuple(_standing(test.metric, arm, values.get(arm.variant), barred) for arm in arms),
    )


def _values(best: str | None, pairs: Mapping[frozenset[str], float], names: Iterable[str]) -> Mapping[str, float]:
    """Of each its p-value against the best, and of the best the greatest of them; none where there is no best."""
    if best is None:
        return {}
    against = {name: pairs[frozenset((best, name))] for name in names if name != best}
    return {**against, best: max(against.values(), default=1.0)}


def _otherwise(wanted: Otherwise, rates: Mapping[str, float], barred: frozenset[str]) -> tuple[str, ...]:
    """Of several that are equally good none is picked: the split is kept."""
    if wanted == "stop":
        return ()
    best = _best({name: rate for name, rate in rates.items() if name not in barred}) if wanted == "best" else None
    return tuple(rates) if best is None else (best,)


def _best(rates: Mapping[str, float]) -> str | None:
    """None: there is no single one."""
    highest = max(rates.values(), default=0.0)
    first = [name for name, rate in rates.items() if rate == highest]
    return first[0] if len(first) == 1 else None


def _compared(metric: Metric, arms: Sequence[Arm]) -> Mapping[frozenset[str], float]:
    """The p-value of each pair, adjusted for there being many."""
    pairs = list(combinations(arms, 2))
    values = held_to([_differ(metric, *pair) for pair in pairs])
    return {frozenset((one.variant, other.variant)): p for (one, other), p in zip(pairs, values, strict=True)}


def _differ(metric: Metric, one: Arm, other: Arm) -> float:
    if metric == "revenue":
        return means_differ(_amounts(one), _amounts(other))
    return shares_differ(_share(metric, one), _share(metric, other))


def _barred(arms: Sequence[Arm]) -> frozenset[str]:
    people, left = sum(arm.recipients for arm in arms), sum(arm.left for arm in arms)
    found = set()
    for arm in arms:
        mine = Share(min(arm.left, arm.recipients), arm.recipients)
        others = people - arm.recipients
        if mine.hits and happens_more(mine, Share(min(left - arm.left, others), others)) <= ALPHA:
            found.add(arm.variant)
    return frozenset(found)


def _standing(metric: Metric, arm: Arm, p: float | None, barred: frozenset[str]) -> Standing:
    if metric == "revenue":
        mean, half = _amounts(arm).mean, _Z * _amounts(arm).error
        low, high = mean - half, mean + half
    else:
        low, high = wilson(*_share(metric, arm))
    left, successes = arm.left, _successes(metric, arm)
    rate = _rate(metric, arm)
    return Standing(arm.variant, arm.recipients, successes, rate, low, high, p, left, arm.variant in barred)


def _rate(metric: Metric, arm: Arm) -> float:
    return _amounts(arm).mean if metric == "revenue" else _share(metric, arm).rate


def _successes(metric: Metric, arm: Arm) -> int:
    """A receipt may come of a message that its push service never said to have taken."""
    return min(arm.clicks if metric == "clicks" else arm.buyers, arm.recipients)


def _share(metric: Metric, arm: Arm) -> Share:
    return Share(_successes(metric, arm), arm.recipients)


def _amounts(arm: Arm) -> Amounts:
    return Amounts(arm.revenue, arm.squares, arm.recipients)
