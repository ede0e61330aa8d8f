"""The oracle's windows, ages and durations."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from shopbell.domain.events import Json

_UNITS = {"W": 604_800_000, "D": 86_400_000, "H": 3_600_000, "M": 60_000, "S": 1_000}
Statistics = Mapping[str, float]


def inside(window: Json, at: int, now: int) -> bool:
    """Whether an event of an instant counts in a window that hangs on no other event."""
    if not isinstance(window, Mapping) or "since_event" in window:
        return True
    if "last" in window:
        return now - ms(window["last"]) < at <= now
    if "from" in window:
        return now - ms(window["from"]) < at <= now - ms(window["to"])
    if "since" in window:
        return at >= instant(window["since"])
    between = window["between"]
    assert isinstance(between, list | tuple)
    return instant(between[0]) <= at <= instant(between[1])


def old_enough(ago: Json, age: int, statistics: Statistics | None = None) -> bool:
    assert isinstance(ago, Mapping)
    value = ago["value"]
    limits = [_length(each, statistics or {}) for each in (value if isinstance(value, list | tuple) else [value])]
    known = [limit for limit in limits if limit is not None]
    if len(known) < len(limits):
        return False
    low, high = known[0], known[-1]
    return {
        "gt": age > low,
        "gte": age >= low,
        "lt": age < low,
        "lte": age <= low,
        "between": low <= age <= high,
    }[str(ago["op"])]


def _length(value: Json, statistics: Statistics) -> int | None:
    if not isinstance(value, Mapping):
        return ms(value)
    known, times = statistics.get(str(value["stat"])), value.get("times", 1)
    assert isinstance(times, int | float)
    return None if known is None else round(known * times)


def ms(text: Json) -> int:
    assert isinstance(text, str)
    return sum(int(amount) * _UNITS[unit] for amount, unit in re.findall(r"(\d+)([WDHMS])", text))


def instant(text: Json) -> int:
    assert isinstance(text, str)
    return round(datetime.fromisoformat(text).timestamp() * 1_000)


def durations(value: Json, statistics: Statistics | None = None) -> set[int]:
    """Every duration that stands anywhere in a rule; those of a sequence also added up."""
    if isinstance(value, str):
        return {ms(value)} if re.fullmatch(r"P(\d+[WD])*(T(\d+[HMS])+)?", value) and value != "P" else set()
    if isinstance(value, Mapping):
        if "stat" in value:
            length = _length(value, statistics or {})
            return {length} if length is not None and value["stat"] in {"repeat_gap_median", "long_gap"} else set()
        found = {span for each in value.values() for span in durations(each, statistics)}
        if "steps" in value:
            window = ms(value.get("window", "P30D"))
            found |= {window, window + ms(value["within"])}
        return found
    if isinstance(value, Sequence):
        return {span for each in value for span in durations(each, statistics)}
    return set()


def mentions(value: Json, words: set[str]) -> bool:
    """Whether one of the words stands anywhere in a rule."""
    if isinstance(value, str):
        return value in words
    if isinstance(value, Mapping):
        return any(key in words or mentions(each, words) for key, each in value.items())
    return isinstance(value, Sequence) and any(mentions(each, words) for each in value)
