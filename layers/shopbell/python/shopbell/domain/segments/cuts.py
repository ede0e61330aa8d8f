"""What of a feature's elements is kept, always relative to the newest of them and never to now (ruling 3)."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from shopbell.domain.clock import MINUTE, Duration
from shopbell.domain.ledger import MAX_ELEMENTS

SKEW: Final[Duration] = 5 * MINUTE
"""How far ahead of now an event may lie: what was the newest just before it must still be there."""
_AFTER: Final = b"\xff" * 8


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest `count` of what is at least SKEW older than the newest, and all that is younger."""

    count: int


@dataclass(frozen=True, slots=True)
class Oldest:
    """The oldest alone."""


@dataclass(frozen=True, slots=True)
class Reach:
    """All that is newer than the newest less `length` and SKEW."""

    length: Duration


@dataclass(frozen=True, slots=True)
class Every:
    """All: of purchases and refunds, whose better report may move an order into the past."""


Cut = Newest | Oldest | Reach | Every


def keep(cut: Cut, records: Sequence[bytes]) -> Sequence[bytes]:
    """What stays of the records of one feature, given oldest first; 1,000 at the most."""
    match cut:
        case Oldest():
            return records[:1]
        case Every():
            return records[-MAX_ELEMENTS:]
        case Newest(count=count):
            start = max(_older(records, SKEW) - count, 0)
        case Reach(length=length):
            start = _older(records, length + SKEW)
        case _:
            assert_never(cut)
    return records[max(start, len(records) - MAX_ELEMENTS) :]


def _older(records: Sequence[bytes], distance: Duration) -> int:
    """How many are at least `distance` older than the newest."""
    if not records:
        return 0
    edge = int.from_bytes(records[-1][:8], "big") - distance
    return bisect_right(records, edge.to_bytes(8, "big") + _AFTER) if edge >= 0 else 0
