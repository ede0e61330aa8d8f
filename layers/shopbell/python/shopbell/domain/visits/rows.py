"""The newest interactions as bytes: rows of fixed width, each product's facts once behind them, then the notes."""

import struct
from collections.abc import Sequence
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.visits.notes import NONE, Notes, notes_in

MAX_INTERACTIONS: Final = 200
MAX_BYTES: Final = 32 * 1_024
"""Of rows and facts."""
Row = tuple[Instant, int, int, bytes]
"""Instant, hash of the event, kind with the length of a view, and the facts as JSON; ordered like that."""
KIND: Final = 15
"""Bits of the kind; above them one more than the seconds that a view told, or the pieces bought; 0 for none."""
_ROW: Final = struct.Struct(">QQBH")
_SIZE: Final = struct.Struct(">H")


def rows_of(state: bytes) -> list[Row]:
    """Oldest first."""
    if not state:
        return []
    (count,) = _SIZE.unpack_from(state)
    end = _SIZE.size + count * _ROW.size
    table = state[end:].split(b"\n")
    packed = _ROW.iter_unpack(state[_SIZE.size : end])
    return [(at, event, kind | place >> 8 << 4, table[place & 255]) for at, event, kind, place in packed]


def notes_of(state: bytes) -> Notes:
    """What is noted beside them."""
    if not state:
        return NONE
    (count,) = _SIZE.unpack_from(state)
    end = _SIZE.size + count * _ROW.size
    kept = [(at, event) for at, event, _, _ in _ROW.iter_unpack(state[_SIZE.size : end])]
    return notes_in(state[end:].split(b"\n"), kept)


def cut(found: set[Row], notes: Notes, before: bytes) -> bytes:
    """The newest of them, packed; `before` if it is the same."""
    kept = sorted(found)[-MAX_INTERACTIONS:]
    room = MAX_BYTES
    for place in range(len(kept) - 1, -1, -1):
        room -= _ROW.size + len(kept[place][3]) + 1
        if room < 0:
            kept = kept[place + 1 :]
            break
    state = _packed(kept, notes)
    return before if state == before else state


def _packed(kept: Sequence[Row], notes: Notes) -> bytes:
    """Each product's facts are there once; the notes come after them."""
    table = sorted({facts for _, _, _, facts in kept})
    places = {facts: place for place, facts in enumerate(table)}
    rows = [_ROW.pack(at, event, kind & KIND, places[facts] | kind >> 4 << 8) for at, event, kind, facts in kept]
    return b"".join((_SIZE.pack(len(kept)), *rows, b"\n".join(table + notes.lines([row[:2] for row in kept]))))
