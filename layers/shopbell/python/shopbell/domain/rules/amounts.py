"""Numbers that a leaf compares with: written down, or a statistic of the store, many times over."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Final, Literal, get_args

from pydantic import Field, StrictFloat, StrictInt

from shopbell.domain.rules.model import Model

CountOp = Literal["gte", "gt", "lte", "lt", "eq", "ne", "between"]
"""How numbers compare; `between` includes both ends."""
Number = StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]
StatName = Literal["aov", "spend_p90", "repeat_gap_median", "long_gap"]
STATS: Final[tuple[StatName, ...]] = get_args(StatName)
GAPS: Final[tuple[StatName, ...]] = ("repeat_gap_median", "long_gap")
"""The statistics that are durations."""
Statistics = Mapping[str, float]
"""Name to value: money in minor units, durations in milliseconds. What the store cannot say yet is absent."""


class Stat(Model):
    """`{"stat": "aov", "times": 3}`: three times the store's average order value (ruling 15)."""

    stat: StatName
    times: Annotated[int | float, Field(gt=0, le=1_000, allow_inf_nan=False)] = 1


Amount = Number | Stat
Amounts = Amount | tuple[Amount, Amount]


def check_amounts(op: CountOp, value: Amounts) -> None:
    """ValueError if `between` has not its two numbers in order, or another operator not its one."""
    if isinstance(value, tuple) != (op == "between"):
        raise ValueError("`between` takes two numbers, the others one")
    if isinstance(value, tuple):
        low, high = value
        if _comparable(low, high) and _size(low) > _size(high):
            raise ValueError("must begin before it ends")


def check_no_length(value: Amounts) -> None:
    """ValueError for the statistic that is a duration beside money."""
    if any(isinstance(one, Stat) and one.stat in GAPS for one in (value if isinstance(value, tuple) else (value,))):
        others = " and ".join(name for name in STATS if name not in GAPS)
        raise ValueError(f"a gap is a length of time: only {others} compare with money")


def check_no_statistic(value: Amounts) -> None:
    """ValueError for a statistic where pieces are counted: each of them is money or a length of time."""
    if any(isinstance(one, Stat) for one in (value if isinstance(value, tuple) else (value,))):
        raise ValueError("must be a number: a statistic of the store is money or a length of time, and this counts")


def exact(number: float | Fraction) -> int | Fraction:
    """As it is written in decimals: two fifths are 0.4, which no binary fraction is."""
    return Fraction(repr(number)) if isinstance(number, float) else number


def resolved(amount: Amount, statistics: Statistics) -> float | Fraction | None:
    """The number that is meant; None while the store has no such statistic."""
    if not isinstance(amount, Stat):
        return exact(amount)
    known = statistics.get(amount.stat)
    return None if known is None else known * amount.times


def _comparable(low: Amount, high: Amount) -> bool:
    if isinstance(low, Stat) and isinstance(high, Stat):
        return low.stat == high.stat
    return not isinstance(low, Stat) and not isinstance(high, Stat)


def _size(amount: Amount) -> float:
    return amount.times if isinstance(amount, Stat) else amount
