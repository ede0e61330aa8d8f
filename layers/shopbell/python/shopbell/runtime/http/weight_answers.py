"""What is told of weights that follow what works, and how it looks on the wire."""

from typing import Final

from pydantic import BaseModel

from shopbell.app.management.campaigns.weighing import Learned
from shopbell.domain.clock import format_instant
from shopbell.domain.runs import Run
from shopbell.domain.thompson import ENOUGH
from shopbell.domain.winner import Metric, Weighed, Weight

_COUNTED: Final[dict[Metric, str]] = {"clicks": "clicks", "orders": "buyers", "revenue": "buyers"}


class VariantWeightOut(BaseModel):
    """One variant by what is known of it.

    `weight`: its share of the visitors, 0 to 1; together they are 1. `chance`: how likely it is that none of the
    others is better; null while there is too little to tell, and of what is `barred`. `successes` (clicks, or buyers)
    of `recipients`, the messages that were accepted; `rate` for each of them: a share, or revenue in minor units.
    `unsubscribed`: who left within a day of it; `barred`: more than after the others, by more than chance, so that
    nobody gets it.
    """

    variant: str
    weight: float
    chance: float | None
    recipients: int
    successes: int
    rate: float
    unsubscribed: int
    barred: bool


class WeightsOut(BaseModel):
    """`learned` false: the weights are the marketer's own, since too little is known. `at`: when it was weighed."""

    at: str
    metric: str
    learned: bool
    message: str
    variants: list[VariantWeightOut]


class RunWeightsOut(BaseModel):
    """The weights that a run was planned with, by variant; what is barred is not there."""

    at: str
    weights: dict[str, float]


class LearnedOut(BaseModel):
    """Of one message, `step` of a series: how a run of it would be weighed `now`, and how those that were made are,
    the latest first.
    """

    step: int
    now: WeightsOut
    runs: list[RunWeightsOut]


def weights(row: Weighed) -> WeightsOut:
    return WeightsOut(
        at=format_instant(row.at),
        metric=row.metric,
        learned=row.learned,
        message=_message(row),
        variants=[_variant(one) for one in row.variants],
    )


def learned(step: int, row: Learned) -> LearnedOut:
    return LearnedOut(step=step, now=weights(row.now), runs=[_of_run(run) for run in row.runs])


def _message(row: Weighed) -> str:
    wanted = ENOUGH[row.metric]
    if not row.learned:
        counted = _COUNTED[row.metric]
        return f"Not enough data: {row.found} {counted}, {wanted} wanted. The weights are those that were given."
    best = max(row.variants, key=lambda one: one.best or 0.0)
    chance = min(99, int(100 * (best.best or 0.0)))
    return f"{best.variant} is the best so far: the chance that none of the others is better is {chance} %."


def _variant(row: Weight) -> VariantWeightOut:
    return VariantWeightOut(
        variant=row.variant,
        weight=row.share,
        chance=row.best,
        recipients=row.recipients,
        successes=row.successes,
        rate=row.rate,
        unsubscribed=row.left,
        barred=row.barred,
    )


def _of_run(run: Run) -> RunWeightsOut:
    whole = sum(one.weight for one in run.variants)
    return RunWeightsOut(
        at=format_instant(run.scheduled_at), weights={one.name: one.weight / whole for one in run.variants}
    )
