"""Runs of records under masks of features, as canonical bytes: the same runs have the same bytes."""

import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final

Runs = Mapping[int, bytes]
"""Feature mask to the records that match exactly these features, concatenated in order."""
FORMAT: Final = 1


def pack(runs: Runs, width: int) -> bytes:
    if not runs:
        return b""
    masks = sorted(runs)
    patterns = [_pattern(mask) for mask in masks]
    sizes = [len(pattern) for pattern in patterns] + [len(runs[mask]) // width for mask in masks]
    head = struct.pack(f">BH{len(sizes)}H", FORMAT, len(masks), *sizes)
    return b"".join((head, *patterns, *(runs[mask] for mask in masks)))


def unpack(data: bytes, width: int) -> Iterator[tuple[int, bytes]]:
    _, count = struct.unpack_from(">BH", data)
    sizes = struct.unpack_from(f">{2 * count}H", data, 3)
    names = list(accumulate(sizes[:count], initial=3 + 4 * count))
    records = list(accumulate([rows * width for rows in sizes[count:]], initial=names[-1]))
    masks = [_mask(data[start:end]) for start, end in pairwise(names)]
    return zip(masks, [data[start:end] for start, end in pairwise(records)], strict=True)


@lru_cache(maxsize=65_536)
def _pattern(mask: int) -> bytes:
    """Bit numbers in order, each as a varint: short however high the numbers have grown."""
    out = bytearray()
    for bit in bits(mask):
        rest = bit
        while rest > 0x7F:  # noqa: PLR2004 - seven bits a byte
            out.append(rest & 0x7F | 0x80)
            rest >>= 7
        out.append(rest)
    return bytes(out)


@lru_cache(maxsize=65_536)
def _mask(pattern: bytes) -> int:
    mask = number = shift = 0
    for byte in pattern:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 - the last byte of a number
            mask |= 1 << number
            number = shift = 0
    return mask


@lru_cache(maxsize=65_536)
def flags(mask: int) -> tuple[int, ...]:
    return tuple(1 << bit for bit in bits(mask))


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
