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
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


EMPTY: Final = Index()


def pack(columns: Mapping[int, tuple[int, bytes]]) -> bytes:
    """From number to (width of a record, records in order); an empty column is left out."""
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
    ends = tuple([first + end for end in numbers[2 * count :]])
    return Index(numbers[:count], numbers[count : 2 * count], (first, *ends[:-1]), ends)


@lru_cache(maxsize=4_096)
def _shape(count: int) -> struct.Struct:
    return struct.Struct(f">{count}I{count}B{count}I")


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
