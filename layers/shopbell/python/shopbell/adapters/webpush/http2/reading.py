"""Header fields of answers (HPACK, RFC 7541), read without a memory: we allow the peer no dynamic table."""

from collections.abc import Iterator
from typing import Final

from shopbell.adapters.webpush.http2 import huffman
from shopbell.adapters.webpush.http2.static import STATIC

Fields = list[tuple[str, str]]

_STATUSES: Final = {8: 200, 9: 204, 10: 206, 11: 304, 12: 400, 13: 404, 14: 500}
_SIZE_UPDATE_TO_0: Final = 0x20
# ":status" by its number in the static table: to be indexed, not indexed, never indexed
_LITERAL_STATUS: Final = frozenset({0x48, 0x08, 0x18})
_MAX_INTEGER: Final = 1 << 28


class BadFields(ValueError):  # noqa: N818 - as above
    """A header block that cannot be read: the connection must end with COMPRESSION_ERROR."""


def quick_status(block: bytes) -> int:
    """The status, which every answer begins with; 0 where it is written in a way that `fields` must read."""
    place = 1 if block[:1] == b"\x20" else 0
    first = block[place] if len(block) > place else 0
    if first & 0x80:
        return _STATUSES.get(first & 0x7F, 0)
    if first not in _LITERAL_STATUS or len(block) < place + 2:
        return 0
    length = block[place + 1]
    start = place + 2
    return _WRITTEN.get(block[start - 1 : start + (length & 0x7F)], 0)


def fields(block: bytes) -> Fields:
    """All of them, in order. BadFields also for a reference to a dynamic table, which there is none of."""
    return list(_fields(block))


def _fields(block: bytes) -> Iterator[tuple[str, str]]:
    place, begun = 0, False
    while place < len(block):
        first = block[place]
        if first & 0x80:
            index, place = _integer(block, place, 7)
            begun = True
            yield _entry(index)
        elif first & 0xE0 == _SIZE_UPDATE_TO_0:
            size, place = _integer(block, place, 5)
            if size or begun:
                raise BadFields("a table of another size than we allow")
        else:
            index, place = _integer(block, place, 6 if first & 0x40 else 4)
            name, place = _string(block, place) if index == 0 else (_entry(index)[0], place)
            value, place = _string(block, place)
            begun = True
            yield name, value


def _entry(index: int) -> tuple[str, str]:
    if not 0 < index <= len(STATIC):
        raise BadFields("a field of a table that there is not")
    return STATIC[index - 1]


def _string(block: bytes, place: int) -> tuple[str, int]:
    if place >= len(block):
        raise BadFields("cut off")
    coded = block[place] & 0x80
    length, place = _integer(block, place, 7)
    text = block[place : place + length]
    if len(text) < length:
        raise BadFields("cut off")
    try:
        return (huffman.decode(text) if coded else text).decode("latin-1"), place + length
    except huffman.BadHuffman as fault:
        raise BadFields(str(fault)) from None


def _integer(block: bytes, place: int, bits: int) -> tuple[int, int]:
    """RFC 7541 section 5.1; and where it ends."""
    most = (1 << bits) - 1
    value = block[place] & most
    place += 1
    if value < most:
        return value, place
    shift = 0
    while place < len(block):
        octet = block[place]
        value += (octet & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if value > _MAX_INTEGER:
            break
        if not octet & 0x80:
            return value, place
    raise BadFields("a number that does not end")


def _written() -> dict[bytes, int]:
    """Every status with the octet of its length, in plain digits and in Huffman's code."""
    words = {str(digit): (5, digit) if digit < 3 else (6, 0x19 + digit - 3) for digit in range(10)}  # noqa: PLR2004
    found: dict[bytes, int] = {}
    for status in range(100, 600):
        value = length = 0
        for digit in str(status):
            bits, word = words[digit]
            value, length = value << bits | word, length + bits
        padding = -length % 8
        coded = (value << padding | (1 << padding) - 1).to_bytes((length + padding) // 8, "big")
        found[bytes([0x80 | len(coded)]) + coded] = status
        found[b"\x03" + str(status).encode()] = status
    return found


_WRITTEN: Final = _written()
