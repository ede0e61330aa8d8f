"""The kinds of parameter that are about time: durations, times of day, so many within so long."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from shopbell.domain.clock import DAY, Duration, format_duration, parse_duration
from shopbell.domain.events import Json
from shopbell.domain.scenarios.kinds import WrongInsideError, or_null

IMMEDIATE: Final = "immediate"
BEST_HOUR: Final = "best_hour"
MAX_QUOTA: Final = 64
"""Instances that are remembered of a visitor."""
MAX_WITHIN: Final[Duration] = 366 * DAY
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Length:
    """A duration in ISO 8601, kept as it was written; with `none` it may also be null."""

    name: str
    default: str | None
    low: Duration
    high: Duration
    help: str
    none: bool = False

    def read(self, given: Json) -> str | None:
        if given is None and self.none:
            return None
        return _length(given, self.low, self.high, none=self.none)

    @property
    def form(self) -> Mapping[str, Json]:
        low, high = format_duration(self.low), format_duration(self.high)
        return {"type": "duration", "minimum": low, "maximum": high, "nullable": self.none}


@dataclass(frozen=True, slots=True)
class Lengths:
    """Durations, each longer than the one before it."""

    name: str
    default: tuple[str, ...]
    most: int
    high: Duration
    help: str

    def read(self, given: Json) -> tuple[str, ...]:
        if not isinstance(given, Sequence) or isinstance(given, str) or not 1 <= len(given) <= self.most:
            raise ValueError(f"must be a list of 1 to {self.most} durations such as P2D")
        texts = [_within(str(place), one, 0, self.high) for place, one in enumerate(given)]
        lengths = [parse_duration(text) for text in texts]
        for place, (earlier, later) in enumerate(pairwise(lengths), 1):
            if later <= earlier:
                raise WrongInsideError(str(place), "must be longer than the one before it")
        return tuple(texts)

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "durations", "minimum": "PT0S", "maximum": format_duration(self.high), "most": self.most}


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """`HH:MM`; with `words`, one of those as well."""

    name: str
    default: str
    help: str
    words: tuple[str, ...] = ()

    def read(self, given: Json) -> str:
        if isinstance(given, str) and (given in self.words or _CLOCK.fullmatch(given)):
            return given
        raise ValueError(" or ".join(("must be a time of day such as 10:00", *self.words)))

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "time", "choices": list(self.words)} if self.words else {"type": "time"}


@dataclass(frozen=True, slots=True)
class Quota:
    """So many within so long, `{"count": 4, "within": "P365D"}`, or null for no limit."""

    name: str
    help: str
    default: Mapping[str, Json] | None = None

    def read(self, given: Json) -> Mapping[str, Json] | None:
        if given is None:
            return None
        if not isinstance(given, Mapping) or given.keys() != {"count", "within"}:
            raise ValueError('must be {"count": …, "within": …} or null')
        count, within = given["count"], given["within"]
        if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MAX_QUOTA:
            raise WrongInsideError("count", f"must be a whole number from 1 to {MAX_QUOTA}")
        return {"count": count, "within": _within("within", within, 1, MAX_WITHIN)}

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "quota", "nullable": True}


def minute_of(text: str) -> int:
    """The minute of the day that `HH:MM` names."""
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


def _within(field: str, given: Json, low: Duration, high: Duration) -> str:
    try:
        return _length(given, low, high, none=False)
    except ValueError as exc:
        raise WrongInsideError(field, str(exc)) from None


def _length(given: Json, low: Duration, high: Duration, *, none: bool) -> str:
    if not isinstance(given, str):
        raise ValueError(f"must be an ISO 8601 duration such as P2D{or_null(none=none)}")  # noqa: TRY004
    if not low <= parse_duration(given) <= high:
        raise ValueError(f"must be from {format_duration(low)} to {format_duration(high)}")
    return given
