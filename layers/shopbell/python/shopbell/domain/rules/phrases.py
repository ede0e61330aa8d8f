"""The phrases that sentences about rules are made of."""

from collections.abc import Mapping, Sequence
from typing import Final

from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND, Duration, format_instant
from shopbell.domain.rules.amounts import Amount, Amounts, CountOp, Stat, StatName
from shopbell.domain.rules.conditions import Condition, Op, Value
from shopbell.domain.rules.deeds import deed_of
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
    "between": "between {} and {} ago",
}
_STATS: Final[Mapping[StatName, str]] = {
    "aov": "the average order value",
    "spend_p90": "the 90th percentile of spend",
    "repeat_gap_median": "the median gap between two orders",
}
_UNITS: Final = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second"))


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
    if op == "between" and isinstance(value, tuple):
        return _IS[op].format(" and ".join(map(_said, value)))
    if isinstance(value, tuple):
        return _IS[op].format(", ".join(map(_said, value)))
    return _IS[op].format(_said(value))


def counted(op: CountOp, value: int | tuple[int, int]) -> str:
    """How often; once or more needs no words."""
    if isinstance(value, tuple):
        return f"between {value[0]} and {value[1]} times"
    if op == "gte" and value == 1:
        return ""
    return _OFTEN[op].format("once" if value == 1 else f"{value} times")


def compared(op: CountOp, value: Amounts) -> str:
    """`is at least 3 times the average order value`."""
    if isinstance(value, tuple):
        return f"is between {amount(value[0])} and {amount(value[1])}"
    return _IS[op].format(amount(value))


def amount(value: Amount) -> str:
    """A number, or what statistic it is."""
    if not isinstance(value, Stat):
        return str(value)
    return _STATS[value.stat] if value.times == 1 else f"{value.times} times {_STATS[value.stat]}"


def window(span: Window | None) -> str:
    """When."""
    match span:
        case None:
            return ""
        case LastWindow(last=length):
            return last(length)
        case AgoWindow(from_=start, to=end):
            return f"between {duration(start)} and {duration(end)} ago"
        case SinceWindow(since=start):
            return f"since {format_instant(start)}"
        case BetweenWindow(between=(start, end)):
            return f"between {format_instant(start)} and {format_instant(end)}"
        case SinceEventWindow(since_event=anchor):
            return f"since they last {deed(anchor.last, anchor.where)}"


def last(length: Duration) -> str:
    """`in the last day`, `in the last 2 days`."""
    words = duration(length)
    return f"in the last {words.removeprefix('1 ') if words.count(' ') == 1 else words}"


def age(ago: Age | StatAge) -> str:
    """How long ago."""
    if isinstance(ago, StatAge):
        said = [amount(stat) for stat in (ago.value if isinstance(ago.value, tuple) else (ago.value,))]
    else:
        said = [duration(length) for length in (ago.value if isinstance(ago.value, tuple) else (ago.value,))]
    return _AGES[ago.op].format(*said)


def duration(length: Duration) -> str:
    """`30 days`, `1 hour 30 minutes`."""
    parts, rest = [], length
    for unit, name in _UNITS:
        amount, rest = divmod(rest, unit)
        if amount:
            parts.append(f"{amount} {name}{'s' if amount > 1 else ''}")
    return " ".join(parts) or "0 seconds"


def quoted(text: str) -> str:
    """Between quotation marks, a closing one inside doubled, so that no text can end them early."""
    return f"“{text.replace('”', '””')}”"


def _said(value: Value | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else str(value)
