"""What came in of late, for whoever connects a shop: the latest events as they were sent, with what was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from shopbell.domain.clock import DAY, HOUR, Duration, Instant
from shopbell.domain.events import Json

SHOWN: Final = 100
"""Events that are shown."""
KEPT: Final[Duration] = DAY
WATCHED: Final[Duration] = HOUR
"""So long after somebody has looked, what comes in is noted."""
NEW_STORE: Final[Duration] = 7 * DAY
"""In its first days a store is being connected, and everything is noted."""
LONGEST: Final = 1_000
"""Bytes of an event that are shown; of a longer one the beginning."""
MOST: Final = 50
"""Events of one call that are noted."""


@dataclass(frozen=True, slots=True)
class Lately:
    """One event of one call. `path` and `message` say what was wrong with it; None: it was taken."""

    at: Instant
    """When it came."""
    sent: str
    """As it was sent, in JSON, perhaps cut off."""
    path: str | None = None
    message: str | None = None


def noted(events: Sequence[object], faults: Mapping[int, tuple[str, str]], at: Instant) -> tuple[Lately, ...]:
    """What a call brought; what was refused comes first, since not everything may find room."""
    order = sorted(range(len(events)), key=lambda place: place not in faults)[:MOST]
    return tuple(_noted(events[place], faults.get(place), at) for place in order)


def wanted(*, created_at: Instant, watched_until: Instant, now: Instant) -> bool:
    """Whether what is taken is noted; what is refused always is."""
    return now < max(created_at + NEW_STORE, watched_until)


def shown(text: str) -> Json:
    """The event again where it is whole, else the beginning of its text."""
    try:
        found: Json = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return found


def _noted(event: object, fault: tuple[str, str] | None, at: Instant) -> Lately:
    path, message = fault or (None, None)
    text = orjson.dumps(event).decode(errors="replace")
    return Lately(at, text[:LONGEST], path, message)
