"""Columns of records as canonical bytes with an index in front: the same columns have the same bytes."""

import struct
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate
from operator import sub
from types import MappingProxyType
from typing import Final, NamedTuple

FORMAT: Final = 2
_HEAD: Final = struct.Struct(">BH")
_SMALL: Final = 4_096
"""Bytes up to which pieces that are copied twice cost less than views of them."""


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
    named = _HEAD.size + 5 * (data[1] << 8 | data[2])
    bits, widths, ends, first, places = _names(data[_HEAD.size : named])
    return Index(bits, widths, (0, *ends.unpack_from(data, named)), first, places)


@lru_cache(maxsize=4_096)
def _names(head: bytes) -> tuple[tuple[int, ...], tuple[int, ...], struct.Struct, int, Mapping[int, int]]:
    """Numbers, widths and places, which are the same for many visitors; how to read the ends, and where they end."""
    count = len(head) // 5
    numbers, ends = struct.unpack(f">{count}I{count}B", head), _ends(count)
    places = {bit: place for place, bit in enumerate(numbers[:count])}
    return numbers[:count], numbers[count:], ends, _HEAD.size + len(head) + ends.size, places


def changed(data: bytes, known: Index, columns: Columns) -> tuple[bytes, Index | None]:
    """With these columns in place of those of the same numbers; what is left alone is copied as it stands.

    The index comes with it where it is known without reading.
    """
    bounds, first = known.bounds, known.first
    if not all(rows for _, rows in columns.values()):
        rest = zip(known.bits, known.widths, bounds, bounds[1:], strict=False)
        old = {bit: (width, data[first + start : first + end]) for bit, width, start, end in rest}
        return pack({**old, **columns}), None
    if not known.places.keys() >= columns.keys():
        return _widened(data, known, columns), None
    fresh = [(known.places[bit], rows) for bit, (_, rows) in columns.items()]
    return spliced(data, known, [(place, bounds[place + 1] - bounds[place], rows) for place, rows in fresh])


def _widened(data: bytes, known: Index, columns: Columns) -> bytes:
    """With columns that are new among these, and none of them empty: what lies between them is copied at once."""
    view, first, bounds, at = memoryview(data), known.first, known.bounds, known.first
    named, widths, sizes = [*known.bits], [*known.widths], list(map(sub, bounds[1:], bounds))
    pieces: list[bytes | memoryview] = []
    for bit in sorted(columns):
        (width, rows), place = columns[bit], bisect_left(known.bits, bit)
        pieces += (view[at : first + bounds[place]], rows)
        if bit in known.places:
            sizes[len(named) - len(known.bits) + place] = len(rows)
            at = first + bounds[place + 1]
        else:
            here = len(named) - len(known.bits) + place
            named.insert(here, bit)
            widths.insert(here, width)
            sizes.insert(here, len(rows))
            at = first + bounds[place]
    head = _shape(len(named)).pack(*named, *widths, *accumulate(sizes))
    return b"".join((_HEAD.pack(FORMAT, len(named)), head, *pieces, view[at:]))


def spliced(data: bytes, known: Index, splices: Collection[Splice]) -> tuple[bytes, Index]:
    """Everything is copied once. No place may come twice, and no column may end up empty."""
    if len(splices) == 1:
        return spliced_once(data, known, *splices)
    view, pieces, bounds, first, at = memoryview(data), list[bytes | memoryview](), known.bounds, known.first, 0
    sizes = list(map(sub, bounds[1:], bounds))
    for place, gone, tail in sorted(splices):
        start, end = first + bounds[place], first + bounds[place + 1]
        pieces += (view[at:start], view[start + gone : end], tail)
        sizes[place] += len(tail) - gone
        at = end
    pieces.append(view[at:])
    bounds = tuple(accumulate(sizes, initial=0))
    if bounds != known.bounds:
        ends = _ends(len(sizes)).pack(*bounds[1:])
        pieces[0] = b"".join((view[: first - len(ends)], ends, pieces[0][first:]))
    return b"".join(pieces), known._replace(bounds=bounds)


def spliced_once(data: bytes, known: Index, splice: Splice) -> tuple[bytes, Index]:
    """`spliced` at one place, which is most: without the lists that many need."""
    place, gone, tail = splice
    bits, widths, bounds, first, places = known
    start, end, longer = first + bounds[place], first + bounds[place + 1], len(tail) - gone
    view = data if len(data) < _SMALL else memoryview(data)
    if not longer:
        return b"".join((view[:start], view[start + gone : end], tail, view[end:])), known
    bounds = (*bounds[: place + 1], *[bound + longer for bound in bounds[place + 1 :]])
    ends = _ends(len(bits)).pack(*bounds[1:])
    pieces = (view[: first - len(ends)], ends, view[first:start], view[start + gone : end], tail, view[end:])
    return b"".join(pieces), Index(bits, widths, bounds, first, places)


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
