"""Feeds of lines: CSV with a header, and JSON Lines of products as the API takes them."""

import codecs
import csv
from collections.abc import Iterator
from typing import Final

import orjson

from shopbell.domain.errors import Rejected
from shopbell.domain.feeds.entries import MAX_FIELD, Chunks, Entry, FeedBrokenError
from shopbell.domain.feeds.fields import entry_of
from shopbell.domain.ids import ProductId
from shopbell.domain.incoming.faults import validated
from shopbell.domain.incoming.products import ProductIn

MAX_LINE: Final = 16 * MAX_FIELD
_DELIMITERS: Final = ("\t", ";", ",")


def lines(chunks: Chunks) -> Iterator[str]:
    """With their ends. UTF-8, with or without a mark at its beginning."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    rest, number = "", 0
    for chunk in _ending(chunks):
        rest += _decoded(decoder, chunk, number)
        *whole, rest = rest.split("\n")
        for line in whole:
            number += 1
            yield f"{line}\n"
        if len(rest) > MAX_LINE:
            raise FeedBrokenError(number + 1, f"the line has more than {MAX_LINE} characters")
    if rest:
        yield rest


def read_jsonl(chunks: Chunks, _: str) -> Iterator[Entry]:
    for number, line in enumerate(lines(chunks), 1):
        if line.strip():
            yield _json(number, line)


def read_csv(chunks: Chunks, currency: str) -> Iterator[Entry]:
    """Separated by commas, semicolons or tabs: by what the header has most of."""
    text = lines(chunks)
    header = next(text, "")
    if not header.strip():
        raise FeedBrokenError(1, "the file is empty: its first line must name the columns")
    delimiter = max(_DELIMITERS, key=header.count)
    names = next(csv.reader([header], delimiter=delimiter))
    if not any(map(_is_id, names)):
        raise FeedBrokenError(1, "the first line must name the columns, id among them")
    rows = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        start = rows.line_num + 2
        try:
            row = next(rows, None)
        except csv.Error as exc:
            raise FeedBrokenError(start, f"the line is no CSV: {exc}") from None
        if row is None:
            return
        if any(row):
            yield _row(start, names, row, currency)


def _row(line: int, names: list[str], row: list[str], currency: str) -> Entry:
    if len(row) != len(names):
        known = next((text for name, text in zip(names, row, strict=False) if _is_id(name)), "")
        fault = f"must have {len(names)} columns as the first line, and has {len(row)}"
        return Entry(line, ProductId(known) if known else None, fault=fault)
    return entry_of(line, dict(zip(names, row, strict=True)), currency)


def _is_id(name: str) -> bool:
    return name.strip().lower().removeprefix("g:") == "id"


def _json(number: int, line: str) -> Entry:
    try:
        raw = orjson.loads(line)
    except orjson.JSONDecodeError as exc:
        return Entry(number, fault=f"is no JSON: {exc}")
    name = raw.get("id") if isinstance(raw, dict) else None
    known = ProductId(name) if isinstance(name, str) and name else None
    try:
        product = validated(ProductIn, raw).product
    except Rejected as exc:
        return Entry(number, known, fault="; ".join(f"{one.path} {one.message}".strip() for one in exc.problems[:5]))
    return Entry(number, product.id, product)


def _ending(chunks: Chunks) -> Iterator[bytes | None]:
    yield from chunks
    yield None


def _decoded(decoder: codecs.IncrementalDecoder, chunk: bytes | None, number: int) -> str:
    try:
        return decoder.decode(b"", final=True) if chunk is None else decoder.decode(chunk)
    except UnicodeDecodeError:
        raise FeedBrokenError(number + 1, "the file is not in UTF-8") from None
