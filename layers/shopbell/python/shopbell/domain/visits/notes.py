"""What is noted beside the interactions: a line that no row refers to, so that old code reads past it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import element_hash
from shopbell.domain.visits.products import MAX_PRICE, text_of

MAX_LOOKED: Final = 16
"""Categories' pages that are noted: a session with more of them begins with the oldest of these."""
_FIRST: Final = b"{"
"""The line of the notes begins with it, and no product's facts do."""


@dataclass(frozen=True, slots=True, order=True)
class Looked:
    """A category's page that was looked at; of two at one instant the one with the greater hash counts as later."""

    at: Instant
    event: int
    category: str


Report = tuple[Instant, int]
"""Instant and hash of the event's id: which of several reports of an order."""
Total = tuple[int, str]
"""Minor units, and their currency."""


@dataclass(frozen=True, slots=True)
class Notes:
    looked: tuple[Looked, ...] = ()
    """The newest ones, oldest first."""
    totals: Mapping[Report, Total] = field(default_factory=dict)
    """What was paid for orders, of which there are rows."""
    trials: frozenset[Report] = frozenset()
    """Of the same: those that said of themselves that they are tests."""

    def __or__(self, other: "Notes") -> "Notes":
        """Of both: commutative and idempotent."""
        totals = dict(self.totals)
        for report, total in other.totals.items():
            totals[report] = min(total, totals.get(report, total))
        return Notes(_newest((*self.looked, *other.looked)), totals, self.trials | other.trials)

    def lines(self, kept: Sequence[Report]) -> list[bytes]:
        """Beside rows of these reports, what is said of each at the place of the first of its own."""
        said: dict[str, object] = {}
        if self.looked:
            rows = [[one.at, one.event, one.category] for one in self.looked]
            said["looked"] = rows[-1]  # as the release before has it; it reads past those before it
            said |= {"before": rows[:-1]} if rows[1:] else {}
        if self.totals or self.trials:
            places = {report: place for place, report in reversed(list(enumerate(kept)))}
            paid = [[places[report], *total] for report, total in self.totals.items() if report in places]
            said |= {"totals": sorted(paid)} if paid else {}
            tried = [places[report] for report in self.trials if report in places]
            said |= {"tests": sorted(tried)} if tried else {}
        return [json.dumps(said, separators=(",", ":")).encode()] if said else []


NONE: Final = Notes()


def noted(events: Iterable[Event]) -> Notes:
    """NONE of what says nothing, or says it oddly."""
    looked: list[Looked] = []
    totals: dict[Report, Total] = {}
    trials: set[Report] = set()
    for one in events:
        if one.type == "category_view" and (category := text_of(one.properties, "category")) is not None:
            looked.append(Looked(*_report(one), category))
        elif one.type == "purchase":
            trials.update([_report(one)] if is_test(one) else [])
            if (total := total_of(one)) is not None:
                totals[_report(one)] = min(total, totals.get(_report(one), total))
    return Notes(_newest(looked), totals, frozenset(trials)) if looked or totals or trials else NONE


def is_test(event: Event) -> bool:
    """Of an order or a refund: it says that it is none in earnest."""
    return bool(event.properties.get("test"))


def total_of(event: Event) -> Total | None:
    """What an order cost; None of one that does not say it rightly."""
    total, currency = event.properties.get("total"), text_of(event.properties, "currency")
    whole = isinstance(total, int) and not isinstance(total, bool) and 0 <= total <= MAX_PRICE
    return (total, currency) if whole and currency is not None and isinstance(total, int) else None


def notes_in(lines: Sequence[bytes], kept: Sequence[Report]) -> Notes:
    """Of a table of facts with the notes behind it, and the reports of the rows before it."""
    if not lines[-1].startswith(_FIRST):
        return NONE
    said = json.loads(lines[-1])
    looked = (*said.get("before", ()), said["looked"]) if "looked" in said else ()
    totals = {kept[place]: (total, currency) for place, total, currency in said.get("totals", ())}
    trials = frozenset(kept[place] for place in said.get("tests", ()))
    return Notes(tuple(Looked(*one) for one in looked), totals, trials)


def _newest(looked: Iterable[Looked]) -> tuple[Looked, ...]:
    return tuple(sorted({*looked})[-MAX_LOOKED:])


def _report(event: Event) -> Report:
    return max(event.at, 0), int.from_bytes(element_hash(event.element_id), "big")
