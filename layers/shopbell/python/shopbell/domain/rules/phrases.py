"""The phrases that sentences about rules are made of."""

from collections.abc import Mapping, Sequence
from typing import Final, assert_never

from shopbell.domain.clock import format_instant
from shopbell.domain.rules.amounts import Amount, Amounts, CountOp, Stat, StatName
from shopbell.domain.rules.conditions import Condition, Op, Value
from shopbell.domain.rules.deeds import deed_of
from shopbell.domain.rules.lengths import between, duration, last, span
from shopbell.domain.rules.windows import (
    Age,
    AgeOp,
    AgoWindow,
    BetweenWindow,
    LastWindow,
    SinceEventWindow,
    SinceWindow,
    StatAge,
    Window,
)

_IS: Final[Mapping[Op, str]] = {
    "eq": "is {}",
    "ne": "is not {}",
    "in": "is one of {}",
    "not_in": "is none of {}",
    "gt": "is more than {}",
    "gte": "is at least {}",
    "lt": "is less than {}",
    "lte": "is at most {}",
    "between": "is between {}",
    "contains": "contains {}",
    "starts_with": "starts with {}",
    "ends_with": "ends with {}",
    "exists": "is known",
    "not_exists": "is not known",
    "under": "is {} or below it",
    "matches": "matches {}",
}
OPPOSITE: Final[Mapping[Op, Op]] = {"ne": "eq", "not_in": "in", "not_exists": "exists"}
"""What stands behind "no" in place of a negative operator."""
ALONE: Final[Mapping[Op, Op]] = {"in": "eq", "not_in": "ne", "between": "eq"}
"""What an operator of several values says that got one, or the same one again."""
_EVER: Final = {("gte", 1), ("gt", 0), ("ne", 0)}
_OFTEN: Final[Mapping[CountOp, str]] = {
    "gte": "at least {}",
    "gt": "more than {}",
    "lte": "at most {}",
    "lt": "fewer than {}",
    "eq": "exactly {}",
    "ne": "any number of times but {}",
}
_AGES: Final[Mapping[AgeOp, str]] = {
    "gte": "at least {} ago",
    "gt": "more than {} ago",
    "lte": "at most {} ago",
    "lt": "less than {} ago",
}
_STATS: Final[Mapping[StatName, str]] = {
    "aov": "the average order value",
    "spend_p90": "the 90th percentile of spend",
    "repeat_gap_median": "the median gap between two orders",
    "long_gap": "a long gap between two orders",
}


def deed(event: str, where: Sequence[Condition], *, base: bool = False) -> str:
    """What was done: past tense, or the bare verb after "did not"."""
    words = deed_of(event)
    return f"{words.bare if base else words.past}{details(where)}"


def things(event: str, where: Sequence[Condition], span: Window | None) -> str:
    """`purchases (total is at least 5) in the last 30 days`."""
    return " ".join(part for part in (f"{deed_of(event).things}{details(where)}", window(span)) if part)


def details(where: Sequence[Condition]) -> str:
    """All conditions in brackets, with a space in front; nothing where there are none."""
    said = " and ".join(f"{row.field} {condition(row.op, row.value)}" for row in where)
    return f" ({said})" if said else ""


def condition(op: Op, value: Value | None) -> str:
    """`is at least 3`."""
    if not isinstance(value, tuple):
        return _IS[op].format(_said(value))
    said = [_said(each) for each in value]
    if len(set(said)) == 1:
        return _IS[ALONE[op]].format(said[0])
    return _IS[op].format((" and " if op == "between" else ", ").join(said))


def counted(op: CountOp, value: int | tuple[int, int]) -> str:
    """How often; once or more needs no words."""
    if isinstance(value, tuple):
        low, high = value
        if low == high:
            return counted("eq", low)
        return f"between {low} and {high} times" if low else counted("lte", high)
    if (op, value) in _EVER:
        return ""
    return _OFTEN[op].format("once" if value == 1 else f"{value} times")


def compared(op: CountOp, value: Amounts) -> str:
    """`is at least 3 times the average order value`."""
    if isinstance(value, tuple):
        if value[0] == value[1]:
            return compared("eq", value[0])
        return f"is between {amount(value[0])} and {amount(value[1])}"
    return _IS[op].format(amount(value))


def amount(value: Amount) -> str:
    """A number, or what statistic it is."""
    if not isinstance(value, Stat):
        return str(value)
    return _STATS[value.stat] if value.times == 1 else f"{value.times} times {_STATS[value.stat]}"


def window(looked_at: Window | None) -> str:
    """When."""
    match looked_at:
        case None:
            return ""
        case LastWindow(last=length):
            return last(length)
        case AgoWindow(from_=start, to=end):
            return f"{between(duration(start), duration(end))} ago" if end else f"between {span(start)} ago and now"
        case SinceWindow(since=start):
            return f"since {format_instant(start)}"
        case BetweenWindow(between=(start, end)):
            return f"between {format_instant(start)} and {format_instant(end)}"
        case SinceEventWindow(since_event=anchor):
            return f"since they last {deed(anchor.last, anchor.where)}"


def age(ago: Age | StatAge) -> str:
    """How long ago."""
    match ago.value:
        case (Stat() as low, Stat() as high):
            return f"{between(amount(low), amount(high))} ago"
        case (int(low), int(high)):
            return f"{between(duration(low) if low else 'now', duration(high))} ago"
        case Stat() as value:
            return _AGES[ago.op].format(amount(value))
        case int(value):
            return _AGES[ago.op].format(span(value))
        case _:
            assert_never(ago.value)


def quoted(text: str) -> str:
    """Between quotation marks, a closing one inside doubled, so that no text can end them early."""
    return f"“{text.replace('”', '””')}”"


def _said(value: Value | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else str(value)
