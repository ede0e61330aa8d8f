"""The lines of a feed file, each with its number and its place in the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shopbell.domain.feeds.entries import MAX_FIELD, Chunks, FeedBrokenError, Mark

MAX_LINE: Final = 16 * MAX_FIELD
NOT_UTF8: Final = "is not in UTF-8"
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """`begins` and `ends` are bytes of the file; of one that is `damaged` the bytes that are no UTF-8 are escaped."""

    number: int
    begins: int
    ends: int
    text: str
    """With its end."""
    damaged: bool = False


def lines(chunks: Chunks, start: Mark) -> Iterator[Line]:
    """UTF-8, with or without a mark at its beginning. After the `start`'s head lines are numbered from there on."""
    number = place = 0
    for raw in _raw(chunks):
        if place == start.head and number < start.line - 1:
            number, place = start.line - 1, start.offset
        number += 1
        if len(raw) > MAX_LINE:
            raise FeedBrokenError(number, f"the line has more than {MAX_LINE} bytes")
        yield _line(number, place, raw)
        place += len(raw)


def _raw(chunks: Chunks) -> Iterator[bytes]:
    """With their ends; of one that is too long no more than says so."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in whole)
        if len(rest) > MAX_LINE:
            yield rest
            return
    if rest:
        yield rest


def _line(number: int, begins: int, raw: bytes) -> Line:
    ends, said = begins + len(raw), raw if begins else raw.removeprefix(_BOM)
    try:
        return Line(number, begins, ends, said.decode())
    except UnicodeDecodeError:
        return Line(number, begins, ends, said.decode(errors="surrogateescape"), damaged=True)
