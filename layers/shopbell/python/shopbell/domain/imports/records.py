"""A file of records, read from any point where one ended: each with its line and where the next one begins."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import orjson

from shopbell.domain.events import Json

ImportFormat = Literal["csv", "ndjson"]
MAX_RECORD: Final = 64 * 1024
"""Bytes; an endpoint has at most 2,048."""
MAX_LINES: Final = 32
"""That one record may go over."""
_DELIMITERS: Final = (",", ";", "\t")
_QUOTE: Final = b'"'
_BEGINS: Final = re.compile(rb'(?:\A(?:\xef\xbb\xbf)?|(?<=[,;\t]))"')


class FileBrokenError(ValueError):
    """Nothing of the file can be read."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a file was read: `at` bytes, which held so many lines."""

    at: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Raw:
    """One record as it lies there; `line` is its first. `whole`: False where its end was not found in time."""

    line: int
    text: bytes
    end: Mark
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns of a CSV file are called."""

    names: tuple[str, ...]
    delimiter: str


def records(pieces: Iterator[bytes], since: Mark, *, quoted: bool) -> Iterator[Raw]:
    """Without those that are empty. `quoted`: a record goes on over lines until its quotes are closed (RFC 4180).

    Where they are not closed in time it is the first line alone that is no record: a stray quote must not cost the
    lines after it.
    """
    source, ahead = _lines(pieces), deque[bytes]()
    mark = since
    while line := ahead.popleft() if ahead else next(source, b""):
        taken, opened = [line], quoted and _opened(line, opened=False)
        while opened and len(taken) < MAX_LINES and sum(map(len, taken)) <= MAX_RECORD:
            more = ahead.popleft() if ahead else next(source, b"")
            if not more:
                break
            taken.append(more)
            opened = _opened(more, opened=True)
        if opened:
            ahead.extendleft(reversed(taken[1:]))
            taken = taken[:1]
        text, first = b"".join(taken), mark.line + 1
        mark = Mark(mark.at + len(text), mark.line + len(taken))
        if text.strip():
            yield Raw(first, text, mark, not opened and len(text) <= MAX_RECORD)


def _opened(line: bytes, *, opened: bool) -> bool:
    """Whether a quoted field is open at the end of the line, as it was or was not at its beginning.

    A quote opens one only at a field's beginning, whichever delimiter the file has; inside, two are one.
    """
    at = 0
    while True:
        if not opened:
            found = _BEGINS.search(line, at)
            if found is None:
                return False
            at, opened = found.end(), True
        end = line.find(_QUOTE, at)
        if end < 0:
            return True
        at = end + 1
        if line[at : at + 1] == _QUOTE:
            at += 1
        else:
            opened = False


def header(raw: Raw | None) -> Header:
    """Of a CSV file, from its first record. Raises FileBrokenError."""
    if raw is None:
        raise FileBrokenError("the file is empty: its first line must name the columns")
    try:
        text = _decoded(raw).removeprefix("\ufeff")
        delimiter = max(_DELIMITERS, key=text.count)
        names = tuple(name.strip() for name in _fields(text, delimiter))
    except ValueError as exc:
        raise FileBrokenError(f"the first line {exc}") from None
    return Header(names, delimiter)


def parsed(raw: Raw, columns: Header | None) -> Mapping[str, Json]:
    """ValueError, whose text never quotes the record, for what is no record."""
    if not raw.whole:
        raise ValueError(f"is longer than {MAX_RECORD} bytes, or its quotes are not closed within {MAX_LINES} lines")
    text = _decoded(raw)
    if columns is None:
        return _object(text.removeprefix("\ufeff"))
    fields = _fields(text, columns.delimiter)
    if len(fields) != len(columns.names):
        raise ValueError(f"must have {len(columns.names)} columns as the first line, and has {len(fields)}")
    return dict(zip(columns.names, fields, strict=True))


def _object(text: str) -> Mapping[str, Json]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise ValueError("is no JSON") from None
    if not isinstance(found, dict):
        raise ValueError("must be a JSON object")  # noqa: TRY004 - a wrong line, whatever its fault
    return found


def _fields(text: str, delimiter: str) -> Sequence[str]:
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        raise ValueError("is no CSV") from None
    return rows[0] if rows else ()


def _decoded(raw: Raw) -> str:
    try:
        return raw.text.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """With their ends; one that never ends is cut, so that no file can fill the memory."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line + b"\n" for line in whole)
        if len(rest) > MAX_RECORD:
            yield rest
            rest = b""
    if rest:
        yield rest
