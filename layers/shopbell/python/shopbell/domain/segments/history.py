"""A segment's days: who came and went on each, by cause and leaf, and how many there were at its end."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, cast
from zoneinfo import ZoneInfo

from shopbell.domain.clock import SECOND, Instant
from shopbell.domain.ids import SegmentId
from shopbell.domain.membership import Change, Flip

Day = str
"""A date of the store's calendar, `2026-03-02`."""
SHOWN_DAYS: Final = 30
MAX_DAYS: Final = 400
"""As long as the log is kept."""


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """One way to come or go. `cause`: `event`, not `event:<id>`; `leaf` is of that version of the rule."""

    change: Change
    cause: str
    version: int
    leaf: str

    @classmethod
    def of(cls, flip: Flip) -> "Turn":
        return cls(flip.change, flip.cause.partition(":")[0], flip.version, flip.leaf or "")

    @property
    def name(self) -> str:
        """What it is counted under."""
        return f"{self.change}|{self.cause}|{self.version}|{self.leaf}"

    @classmethod
    def read(cls, name: str) -> "Turn":
        change, cause, version, leaf = name.split("|", 3)
        return cls(cast("Change", change), cause, int(version), leaf)


@dataclass(frozen=True, slots=True)
class DayCount:
    day: Day
    size: int
    """Members at the end of the day; of the current day, so far."""
    turns: Mapping[Turn, int] = field(default_factory=dict)

    def moved(self, change: Change, *, besides: str | None = None) -> int:
        """How many came, or went; `besides` leaves a cause out."""
        return sum(number for turn, number in self.turns.items() if turn.change == change and turn.cause != besides)


def subject(segment: SegmentId) -> str:
    """What a segment's days are counted under."""
    return f"history:{segment}"


def source(day: Day, partition: str) -> str:
    """The days of each partition of the log are counted by themselves; sorted, they are in the order of days."""
    return f"{day}#{partition}"


def day_of(at: Instant, time_zone: str) -> Day:
    """The store's date at an instant."""
    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(time_zone)).date().isoformat()


def later(day: Day, days: int) -> Day:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def between(first: Day, last: Day) -> Iterator[Day]:
    """Every date from the first to the last, both included."""
    start = date.fromisoformat(first)
    for number in range((date.fromisoformat(last) - start).days + 1):
        yield (start + timedelta(days=number)).isoformat()


def day_counts(rows: Iterable[tuple[str, Mapping[str, int]]], size: int, first: Day, last: Day) -> Sequence[DayCount]:
    """Oldest first, without gaps. `rows`: all that was counted by source from `first` on; `size`: of this moment.

    Sizes follow backwards from the present one, so that they agree with it and need no older rows.
    """
    turns: dict[Day, Counter[Turn]] = {}
    for place, counts in rows:
        turns.setdefault(place.partition("#")[0], Counter()).update(
            {Turn.read(name): number for name, number in counts.items()}
        )
    found: list[DayCount] = []
    for day in sorted({*between(first, last), *(day for day in turns if day >= first)}, reverse=True):
        counted = DayCount(day, max(0, size), turns.get(day, Counter()))
        found.append(counted)
        size -= counted.moved("entered") - counted.moved("exited")
    return [counted for counted in reversed(found) if counted.day <= last]
