"""What is noted beside the interactions: lines that no row refers to, so that old code reads past them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import element_hash
from shopbell.domain.visits.products import text_of

_FIRST: Final = b"{"
"""Every note begins with it, and no product's facts do."""


@dataclass(frozen=True, slots=True, order=True)
class Looked:
    """A category's page that was looked at; of two at one instant the one with the greater hash counts as later."""

    at: Instant
    event: int
    category: str


@dataclass(frozen=True, slots=True)
class Notes:
    looked: Looked | None = None
    """The latest alone."""

    def __or__(self, other: "Notes") -> "Notes":
        """Of both: commutative and idempotent."""
        looked = [one for one in (self.looked, other.looked) if one is not None]
        return Notes(max(looked, default=None))

    @property
    def lines(self) -> list[bytes]:
        if self.looked is None:
            return []
        row = self.looked
        return [json.dumps({"looked": [row.at, row.event, row.category]}, separators=(",", ":")).encode()]


NONE: Final = Notes()


def noted(events: Iterable[Event]) -> Notes:
    """NONE of what says nothing, or says it oddly."""
    looked = [row for one in events if one.type == "category_view" and (row := _looked(one)) is not None]
    return Notes(max(looked)) if looked else NONE


def notes_in(lines: Sequence[bytes]) -> Notes:
    """Of a table of facts with the notes behind it."""
    found = NONE
    for line in reversed(lines):
        if not line.startswith(_FIRST):
            break
        found |= Notes(Looked(*json.loads(line)["looked"]))
    return found


def _looked(event: Event) -> Looked | None:
    category = text_of(event.properties, "category")
    if category is None:
        return None
    return Looked(max(event.at, 0), int.from_bytes(element_hash(event.element_id), "big"), category)
