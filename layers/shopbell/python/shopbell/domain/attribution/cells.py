"""What reports are added up from: one number for a measure, an hour of the store's clock, a step and a variant."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from shopbell.domain.clock import HOUR, SECOND, Duration, Instant
from shopbell.domain.segments.zones import named

NO_VARIANT: Final = ""
BETWEEN: Final = "|"
MOST_HOURS: Final = 30
"""Of one transaction."""
Cells = Mapping["Cell", int]


class Cell(NamedTuple):
    source_id: str
    """Of the campaign or scenario."""
    at: Instant
    """When the hour began."""
    step: int
    variant: str
    measure: str
    """`shown`, `orders`, `action:<name>`, `revenue:<currency>`; holds no line of its own between names."""

    @property
    def name(self) -> str:
        """What it is called within its hour."""
        return BETWEEN.join((str(self.step), self.measure, self.variant))


class Named(NamedTuple):
    """A cell's name, read."""

    step: int
    measure: str
    variant: str


def read_name(name: str) -> Named:
    step, measure, variant = name.split(BETWEEN, 2)
    return Named(int(step), measure, variant)


def hour_of(at: Instant, time_zone: str) -> Instant:
    """When the hour that the store's clock shows then began there; zones may be off UTC by parts of an hour."""
    offset = _offset(at, named(time_zone))
    return (at + offset) // HOUR * HOUR - offset


def added(*parts: Cells) -> Counter[Cell]:
    """Their sums."""
    total: Counter[Cell] = Counter()
    for part in parts:
        total.update(part)
    return total


def moved(before: Cells, after: Cells) -> Counter[Cell]:
    """What must be added to `before` to make it `after`; nothing where they are the same."""
    total = added(after)
    total.subtract(before)
    return Counter({cell: number for cell, number in total.items() if number})


def squeezed(cells: Cells) -> Counter[Cell]:
    """At most MOST_HOURS hours: those beyond are counted in the last hour of their source before them.

    Sums over all hours stay; one event moves an hour or two, and only what two people have in common many.
    """
    hours: dict[str, list[Instant]] = {}
    for source, at in sorted({(cell.source_id, cell.at) for cell in cells}):
        hours.setdefault(source, []).append(at)
    room = max(1, MOST_HOURS // max(1, len(hours)))
    last = {source: mine[:room][-1] for source, mine in hours.items()}
    total: Counter[Cell] = Counter()
    for cell, number in cells.items():
        total[cell._replace(at=min(cell.at, last[cell.source_id]))] += number
    return total


@lru_cache(maxsize=65_536)
def _offset_of_hour(hour: int, zone: ZoneInfo) -> Duration:
    offset = datetime.fromtimestamp(hour * HOUR // SECOND, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) * SECOND


def _offset(at: Instant, zone: ZoneInfo) -> Duration:
    """Clocks are changed at whole hours of UTC, or at half hours in one zone, where the first half rules."""
    return _offset_of_hour(at // HOUR, zone)
