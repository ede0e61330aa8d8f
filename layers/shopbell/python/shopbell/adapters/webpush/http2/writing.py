"""Header fields of requests (HPACK, RFC 7541): what is said again costs one octet, for the peer remembers it."""

from collections import deque
from collections.abc import Mapping
from typing import Final

from shopbell.adapters.webpush.http2.static import STATIC

TABLE_SIZE: Final = 4_096
"""Octets of the peer's memory that we use at most; also what it has before it says otherwise."""
OVERHEAD: Final = 32
"""Octets that an entry counts beside its name and value (RFC 7541 section 4.1)."""

_NAMES: Final[Mapping[str, int]] = {name: place for place, (name, _) in reversed(list(enumerate(STATIC, 1)))}
# :method POST and :scheme https
_POST: Final = b"\x83\x87"
_PATH: Final = b"\x04"
_LENGTH: Final = b"\x0f\x0d"
_CACHED_AT_MOST: Final = 64

Field = tuple[str, str]


def integer(value: int, bits: int, first: int) -> bytes:
    """RFC 7541 section 5.1; `first` has the bits above."""
    most = (1 << bits) - 1
    if value < most:
        return bytes((first | value,))
    out, value = bytearray((first | most,)), value - most
    while value >= 0x80:  # noqa: PLR2004 - seven bits an octet
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def string(text: str) -> bytes:
    """Without Huffman's code: it would cost more time than the octets that it saves."""
    octets = text.encode("latin-1")
    return integer(len(octets), 7, 0) + octets


class Writer:
    """The encoder of one connection, with its image of the peer's memory.

    A field is given to that memory when it is said twice in a row, so that what differs from message to message
    does not drive out what stays. A signature is no secret that guessing could find (RFC 7541 section 7.1.3).
    """

    def __init__(self) -> None:
        self._limit = TABLE_SIZE
        self._size = 0
        self._given = 0
        self._entries: deque[Field] = deque()
        self._numbers: dict[Field, int] = {}
        self._said: dict[str, str] = {}
        self._known: dict[tuple[object, ...], tuple[bytes, bytes]] = {}
        self._updates: list[int] = []

    def resize(self, limit: int) -> None:
        """The peer's SETTINGS_HEADER_TABLE_SIZE; the next block tells it what we make of that."""
        limit = min(limit, TABLE_SIZE)
        if limit == self._limit:
            return
        self._limit = limit
        # the smallest since the last block, and the one that holds now (RFC 7541 section 4.2)
        self._updates = [min([limit, *self._updates]), limit]
        self._evict(0)

    def block(self, authority: str, path: str, headers: Mapping[str, str], length: int) -> bytes:
        """Of a POST over https; names in any case."""
        key = (authority, *headers.items())
        found = self._known.get(key) or self._written(authority, headers, key)
        update = self._update() if self._updates else b""
        return b"".join((update, found[0], string(path), found[1], string(str(length))))

    def _written(self, authority: str, headers: Mapping[str, str], key: tuple[object, ...]) -> tuple[bytes, bytes]:
        """What stands before the path and after it; remembered once all of it is references."""
        fields = [(":authority", authority), *((name.lower(), value) for name, value in headers.items())]
        settled = all(field in self._numbers for field in fields)
        first, *others = [self._field(field) for field in fields]
        found = (_POST + first + _PATH, b"".join(others) + _LENGTH)
        if settled and len(self._known) < _CACHED_AT_MOST:
            self._known[key] = found
        return found

    def _field(self, field: Field) -> bytes:
        number = self._numbers.get(field)
        if number is not None:
            return integer(len(STATIC) + self._given - number, 7, 0x80)
        name, value = field
        place = _NAMES.get(name, 0)
        again, self._said[name] = self._said.get(name) == value, value
        bits, first = (6, 0x40) if again and self._remember(field) else (4, 0x00)
        return integer(place, bits, first) + (b"" if place else string(name)) + string(value)

    def _remember(self, field: Field) -> bool:
        """Whether the peer will, once it reads this."""
        size = _size(field)
        if size > self._limit:
            return False
        self._evict(size)
        self._entries.append(field)
        self._numbers[field] = self._given
        self._given += 1
        self._size += size
        self._known.clear()
        return True

    def _evict(self, needed: int) -> None:
        """The oldest, until so many octets are free."""
        while self._entries and self._size + needed > self._limit:
            oldest = self._entries.popleft()
            del self._numbers[oldest]
            self._size -= _size(oldest)
            self._known.clear()

    def _update(self) -> bytes:
        sizes = dict.fromkeys(self._updates)
        self._updates = []
        return b"".join(integer(size, 5, 0x20) for size in sizes)


def _size(field: Field) -> int:
    return len(field[0]) + len(field[1]) + OVERHEAD
