"""Columns of records as canonical bytes with an index in front: the same columns have the same bytes."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

FORMAT: Final = 2
_HEAD: Final = struct.Struct(">BH")


@dataclass(frozen=True, slots=True)
class Index:
    """Which columns there are, how wide their records are, and where each begins and ends."""

    bits: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()
    bounds: tuple[int, ...] = (0,)
    """Where the first begins, then where each ends, which is where the next begins."""


EMPTY: Final = Index()
Columns = Mapping[int, tuple[int, bytes]]
"""From number to (width of a record, records in order)."""


def pack(columns: Columns) -> bytes:
    """An empty column is left out."""
    rows = [(bit, *columns[bit]) for bit in sorted(columns) if columns[bit][1]]
    if not rows:
        return b""
    ends = accumulate(len(data) for _, _, data in rows)
    head = _shape(len(rows)).pack(*(bit for bit, _, _ in rows), *(width for _, width, _ in rows), *ends)
    return b"".join((_HEAD.pack(FORMAT, len(rows)), head, *(data for _, _, data in rows)))


def index(data: bytes) -> Index:
    if not data:
        return EMPTY
    _, count = _HEAD.unpack_from(data)
    shape = _shape(count)
    numbers = shape.unpack_from(data, _HEAD.size)
    first = _HEAD.size + shape.size
    bounds = (first, *[first + end for end in numbers[2 * count :]])
    return Index(numbers[:count], numbers[count : 2 * count], bounds)


def changed(data: bytes, known: Index, columns: Columns) -> tuple[bytes, Index | None]:
    """With these columns in place of those of the same numbers; what is left alone is copied as it stands.

    The index comes with it where it is known without reading.
    """
    places = [known.bits.index(bit) if bit in known.bits and columns[bit][1] else -1 for bit in columns]
    if -1 in places:
        rest = zip(known.bits, known.widths, known.bounds, known.bounds[1:], strict=False)
        old = {bit: (width, data[start:end]) for bit, width, start, end in rest}
        return pack({**old, **columns}), None
    bounds, pieces, at = known.bounds, list[bytes](), known.bounds[0]
    for place, bit in sorted(zip(places, columns, strict=True)):
        fresh = columns[bit][1]
        pieces += (data[at : known.bounds[place]], fresh)
        at = known.bounds[place + 1]
        longer = len(fresh) - (at - known.bounds[place])
        if longer:
            bounds = (*bounds[: place + 1], *[bound + longer for bound in bounds[place + 1 :]])
    pieces.append(data[at:])
    head = data[: bounds[0]] if bounds is known.bounds else _head(known, bounds)
    return b"".join((head, *pieces)), Index(known.bits, known.widths, bounds)


def _head(known: Index, bounds: tuple[int, ...]) -> bytes:
    count, first = len(known.bits), bounds[0]
    shape = _shape(count).pack(*known.bits, *known.widths, *[bound - first for bound in bounds[1:]])
    return _HEAD.pack(FORMAT, count) + shape


@lru_cache(maxsize=4_096)
def _shape(count: int) -> struct.Struct:
    return struct.Struct(f">{count}I{count}B{count}I")


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
