"""Columns of records as canonical bytes with an index in front: the same columns have the same bytes."""

import struct
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate
from types import MappingProxyType
from typing import Final, NamedTuple

FORMAT: Final = 2
_HEAD: Final = struct.Struct(">BH")


class Index(NamedTuple):
    """Which columns there are, how wide their records are, and where each begins and ends."""

    bits: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()
    bounds: tuple[int, ...] = (0,)
    """0, then where each ends, which is where the next begins; counted from `first`."""
    first: int = 0
    """Bytes in front of the first column."""
    places: Mapping[int, int] = MappingProxyType({})
    """Number to place."""


EMPTY: Final = Index()
Columns = Mapping[int, tuple[int, bytes]]
"""From number to (width of a record, records in order)."""
Splice = tuple[int, int, bytes]
"""Place of a column that is there, how many bytes go from its front, and what comes behind what stays."""


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
    named = _HEAD.size + 5 * count
    bits, widths, places = _names(data[_HEAD.size : named])
    ends = _ends(count)
    return Index(bits, widths, (0, *ends.unpack_from(data, named)), named + ends.size, places)


@lru_cache(maxsize=4_096)
def _names(head: bytes) -> tuple[tuple[int, ...], tuple[int, ...], Mapping[int, int]]:
    """Numbers, widths and places, which are the same for many visitors."""
    count = len(head) // 5
    numbers = struct.unpack(f">{count}I{count}B", head)
    return numbers[:count], numbers[count:], {bit: place for place, bit in enumerate(numbers[:count])}


def changed(data: bytes, known: Index, columns: Columns) -> tuple[bytes, Index | None]:
    """With these columns in place of those of the same numbers; what is left alone is copied as it stands.

    The index comes with it where it is known without reading.
    """
    places = [known.places.get(bit, -1) if columns[bit][1] else -1 for bit in columns]
    bounds, first = known.bounds, known.first
    if -1 in places:
        rest = zip(known.bits, known.widths, bounds, bounds[1:], strict=False)
        old = {bit: (width, data[first + start : first + end]) for bit, width, start, end in rest}
        return pack({**old, **columns}), None
    fresh = zip(places, columns.values(), strict=True)
    return spliced(data, known, [(place, bounds[place + 1] - bounds[place], rows) for place, (_, rows) in fresh])


def spliced(data: bytes, known: Index, splices: Iterable[Splice]) -> tuple[bytes, Index]:
    """Everything is copied once. No place may come twice, and no column may end up empty."""
    view, pieces, bounds, first, at = memoryview(data), list[bytes | memoryview](), known.bounds, known.first, 0
    for place, gone, tail in sorted(splices):
        start, end = first + known.bounds[place], first + known.bounds[place + 1]
        if gone:
            pieces += (view[at:start], view[start + gone : end], tail)
        else:
            pieces += (view[at:end], tail)
        at, longer = end, len(tail) - gone
        if longer:
            bounds = (*bounds[: place + 1], *[bound + longer for bound in bounds[place + 1 :]])
    pieces.append(view[at:])
    if bounds is not known.bounds:
        ends = _ends(len(known.bits)).pack(*bounds[1:])
        pieces[0] = b"".join((view[: first - len(ends)], ends, pieces[0][first:]))
    return b"".join(pieces), known._replace(bounds=bounds)


@lru_cache(maxsize=4_096)
def _ends(count: int) -> struct.Struct:
    return struct.Struct(f">{count}I")


@lru_cache(maxsize=4_096)
def _shape(count: int) -> struct.Struct:
    return struct.Struct(f">{count}I{count}B{count}I")


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
