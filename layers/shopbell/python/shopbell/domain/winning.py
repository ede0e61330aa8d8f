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
    out, rates = barred(arms), {arm.variant: rate_of(test.metric, arm) for arm in arms}
    best = _best(rates)
    values = _values(best, _compared(test.metric, arms), rates)
    found = sum(successes_of(test.metric, arm) for arm in arms)
    reason: Reason = "won"
    if found < FEWEST:
        reason = "not_enough_data"
    elif best is None or values[best] > ALPHA:
        reason = "no_difference"
    elif best in out:
        reason = "opt_outs"
    winner = best if reason == "won" else None
    return Decision(
        at,
        test.metric,
        reason,
        winner,
        _otherwise(test.otherwise, rates, out) if winner is None else (winner,),
        found,
        tuple(_standing(test.metric, arm, values.get(arm.variant), out) for arm in arms),
    )


def _values(best: str | None, pairs: Mapping[frozenset[str], float], names: Iterable[str]) -> Mapping[str, float]:
    """Of each its p-value against the best, and of the best the greatest of them; none where there is no best."""
    if best is None:
        return {}
    against = {name: pairs[frozenset((best, name))] for name in names if name != best}
    return {**against, best: max(against.values(), default=1.0)}


def _otherwise(wanted: Otherwise, rates: Mapping[str, float], out: frozenset[str]) -> tuple[str, ...]:
    """Of several that are equally good none is picked: the split is kept."""
    if wanted == "stop":
        return ()
    best = _best({name: rate for name, rate in rates.items() if name not in out}) if wanted == "best" else None
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
        return means_differ(amounts_of(one), amounts_of(other))
    return shares_differ(share_of(metric, one), share_of(metric, other))


def barred(arms: Sequence[Arm], alpha: float = ALPHA) -> frozenset[str]:
    """Those after which more people left than after the others, by more than chance; never all of them."""
    people, left = sum(arm.recipients for arm in arms), sum(arm.left for arm in arms)
    found = set()
    for arm in arms:
        mine = Share(min(arm.left, arm.recipients), arm.recipients)
        others = people - arm.recipients
        if mine.hits and happens_more(mine, Share(min(left - arm.left, others), others)) <= alpha:
            found.add(arm.variant)
    return frozenset(found)


def _standing(metric: Metric, arm: Arm, p: float | None, out: frozenset[str]) -> Standing:
    if metric == "revenue":
        mean, half = amounts_of(arm).mean, _Z * amounts_of(arm).error
        low, high = mean - half, mean + half
    else:
        low, high = wilson(*share_of(metric, arm))
    left, successes = arm.left, successes_of(metric, arm)
    rate = rate_of(metric, arm)
    return Standing(arm.variant, arm.recipients, successes, rate, low, high, p, left, arm.variant in out)


def rate_of(metric: Metric, arm: Arm) -> float:
    """Successes for each recipient; of revenue, minor units for each."""
    return amounts_of(arm).mean if metric == "revenue" else share_of(metric, arm).rate


def successes_of(metric: Metric, arm: Arm) -> int:
    """A receipt may come of a message that its push service never said to have taken."""
    return min(arm.clicks if metric == "clicks" else arm.buyers, arm.recipients)


def share_of(metric: Metric, arm: Arm) -> Share:
    """How many of its recipients did what counts."""
    return Share(successes_of(metric, arm), arm.recipients)


def amounts_of(arm: Arm) -> Amounts:
    """What its recipients spent."""
    return Amounts(arm.revenue, arm.squares, arm.recipients)
