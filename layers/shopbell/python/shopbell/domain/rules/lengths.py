"""Lengths of time as sentences about rules tell them."""

from collections.abc import Mapping
from typing import Final

from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND, Duration

_UNITS: Final = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second"))
_ONE: Final[Mapping[str, str]] = {
    "1 day": "a day",
    "1 hour": "an hour",
    "1 minute": "a minute",
    "1 second": "a second",
}


def duration(length: Duration) -> str:
    """`30 days`, `1 hour 30 minutes`."""
    parts, rest = [], length
    for unit, name in _UNITS:
        amount, rest = divmod(rest, unit)
        if amount:
            parts.append(f"{amount} {name}{'s' if amount > 1 else ''}")
    return " ".join(parts) or "0 seconds"


def span(length: Duration) -> str:
    """`30 days`, `an hour`: as one says it behind `within` or `at least`."""
    return _spoken(duration(length))


def last(length: Duration) -> str:
    """`in the last day`, `in the last 2 days`."""
    return f"in the last {_bare(length)}"


def coming(length: Duration) -> str:
    """`within the next day`, `within the next 2 days`."""
    return f"within the next {_bare(length)}"


def between(one: str, other: str) -> str:
    """`between 60 and 30 days`; lengths in words, of which the first may be `now`."""
    if one == other:
        return f"exactly {_spoken(one)}"
    (number, _, unit), (last_number, _, last_unit) = one.partition(" "), other.partition(" ")
    if unit.rstrip("s") == last_unit.rstrip("s") and " " not in unit and last_number != "1":
        return f"between {number} and {other}"
    return f"between {_spoken(one)} and {_spoken(other)}"


def _spoken(words: str) -> str:
    return _ONE.get(words, words)


def _bare(length: Duration) -> str:
    words = duration(length)
    return words.removeprefix("1 ") if words in _ONE else words
