"""What a push subscription that began or ended adds to the store's own counts, and how these are read."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.domain.attribution.cells import NO_VARIANT, Cell, hour_of, read_name
from shopbell.domain.events import Event

SOURCE: Final = "store:subscribers"
"""What they are counted under; no campaign, scenario or trigger is called so."""
BEGAN: Final = "subscribed"
ENDED: Final = "unsubscribed"
RENEWED: Final = "renewed"
"""Property of the event of a subscription that was there before, or came in the place of one that was."""
UNKNOWN: Final = "unknown"
_ENDS: Final[Mapping[str, str]] = {"left": "opt_outs", "gone": "retired"}
"""By the reason; whoever was replaced is still there."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Subscriptions that came and went. `opt_outs`: by their own word; `retired`: their push service gave them up."""

    gained: int = 0
    imported: int = 0
    opt_outs: int = 0
    retired: int = 0

    @property
    def lost(self) -> int:
        return self.opt_outs + self.retired

    @property
    def net(self) -> int:
        return self.gained + self.imported - self.lost


def turned(event: Event, time_zone: str) -> Counter[Cell]:
    """Nothing of one that goes on; what was imported stands in the hour of the import, by whatever its line says."""
    measure = _measure(event)
    if measure is None:
        return Counter()
    at = event.received_at if measure == "imported" else event.at
    browser = event.properties.get("browser")
    name = browser if isinstance(browser, str) else NO_VARIANT
    return Counter({Cell(SOURCE, hour_of(at, time_zone), 0, name, measure): 1})


def by_browser(named: Iterable[Mapping[str, int]]) -> Mapping[str, Turns]:
    """From cells by their names; browsers in the order of the alphabet."""
    found: dict[str, Counter[str]] = {}
    for each in named:
        for name, number in each.items():
            cell = read_name(name)
            found.setdefault(cell.variant or UNKNOWN, Counter())[cell.measure] += number
    return {browser: _turns(measures) for browser, measures in sorted(found.items())}


def summed(parts: Iterable[Turns]) -> Turns:
    every = list(parts)
    return Turns(
        gained=sum(one.gained for one in every),
        imported=sum(one.imported for one in every),
        opt_outs=sum(one.opt_outs for one in every),
        retired=sum(one.retired for one in every),
    )


def _turns(measures: Mapping[str, int]) -> Turns:
    return Turns(
        gained=measures.get("gained", 0),
        imported=measures.get("imported", 0),
        opt_outs=measures.get("opt_outs", 0),
        retired=measures.get("retired", 0),
    )


def _measure(event: Event) -> str | None:
    if not event.trusted:
        return None
    if event.type == BEGAN and event.properties.get(RENEWED) is not True:
        return "imported" if event.backfill else "gained"
    return _ENDS.get(str(event.properties.get("reason"))) if event.type == ENDED else None
