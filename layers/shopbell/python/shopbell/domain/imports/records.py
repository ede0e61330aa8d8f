"""A file of records, read from any point where one ended: each with its line and where the next one begins."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import orjson

from shopbell.domain.events import Json

ImportFormat = Literal["csv", "ndjson"]
MAX_RECORD: Final = 64 * 1024
"""Bytes; an endpoint has at most 2,048."""
_DELIMITERS: Final = (",", ";", "\t")
_QUOTE: Final = b'"'


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
    """Without those that are empty. `quoted`: a record goes on over lines until its quotes are closed (RFC 4180)."""
    kept, mark, first = b"", since, since.line + 1
    for line in _lines(pieces):
        mark = Mark(mark.at + len(line), mark.line + 1)
        kept += line
        if quoted and kept.count(_QUOTE) % 2 and len(kept) <= MAX_RECORD:
            continue
        if kept.strip():
            yield Raw(first, kept, mark, len(kept) <= MAX_RECORD)
        kept, first = b"", mark.line + 1
    if kept.strip():
        yield Raw(first, kept, mark, whole=False)


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
        raise ValueError(f"is longer than {MAX_RECORD} bytes, or its quotes are not closed")
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
