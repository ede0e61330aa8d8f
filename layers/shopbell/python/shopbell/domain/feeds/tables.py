"""CSV feeds with a header: a line that is no CSV is a fault, and the next is read as if it were not there."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.feeds.entries import BEGINNING, Chunks, Entry, FeedBrokenError, Mark
from shopbell.domain.feeds.fields import entry_of
from shopbell.domain.feeds.lines import NOT_UTF8, Line, lines
from shopbell.domain.ids import ProductId

_DELIMITERS: Final = ("\t", ";", ",")
_QUOTE: Final = '"'


def read_csv(chunks: Chunks, currency: str, start: Mark = BEGINNING, now: Instant | None = None) -> Iterator[Entry]:
    """Separated by commas, semicolons or tabs: by what the header has most of."""
    found = lines(chunks, start)
    table = _header(next(found, None), currency, now)
    pages = _Pages(found)
    rows = csv.reader(pages, delimiter=table.delimiter, strict=True)
    while True:
        pages.taken.clear()
        try:
            row = next(rows, None)
        except csv.Error as exc:
            yield table.broken(pages.taken[0], str(exc))
            pages.turn_back()
            continue
        if row is None:
            return
        if not any(row):
            continue
        if len(row) != len(table.names):
            pages.turn_back()
        yield table.entry(pages.taken, row)


@dataclass(slots=True)
class _Pages:
    """The lines of a record as the reader takes them; all but the first can be given back."""

    found: Iterator[Line]
    taken: list[Line] = field(default_factory=list)
    _back: deque[Line] = field(default_factory=deque)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self.found)
        self.taken.append(line)
        return line.text

    def turn_back(self) -> None:
        """A quote too many makes lines of others its own: only the one in which the record began is wrong."""
        self._back.extendleft(reversed(self.taken[1:]))


@dataclass(frozen=True, slots=True)
class _Table:
    names: list[str]
    delimiter: str
    head: int
    currency: str
    now: Instant | None

    def entry(self, taken: list[Line], row: list[str]) -> Entry:
        first, start = taken[0], self._start(taken[0])
        if any(line.damaged for line in taken):
            return Entry(first.number, self._id(row), fault=NOT_UTF8, start=start)
        if len(row) != len(self.names):
            fault = f"must have {len(self.names)} columns as the first line, and has {len(row)}"
            return Entry(first.number, self._id(row), fault=fault, start=start)
        texts = dict(zip(self.names, row, strict=True))
        return replace(entry_of(first.number, texts, self.currency, self.now), start=start)

    def broken(self, line: Line, why: str) -> Entry:
        """What stands before its first quote can still be told apart."""
        *plain, _ = line.text.partition(_QUOTE)[0].split(self.delimiter)
        return Entry(line.number, self._id(plain), fault=f"is no CSV: {why}", start=self._start(line))

    def _id(self, row: list[str]) -> ProductId | None:
        said = next((text.strip() for name, text in zip(self.names, row, strict=False) if _is_id(name)), "")
        return ProductId(said) if said.isprintable() and said else None

    def _start(self, line: Line) -> Mark:
        return Mark(self.head, line.begins, line.number)


def _header(line: Line | None, currency: str, now: Instant | None) -> _Table:
    if line is None or not line.text.strip():
        raise FeedBrokenError(1, "the file is empty: its first line must name the columns")
    if line.damaged:
        raise FeedBrokenError(1, f"the first line {NOT_UTF8}")
    if "\r" in line.text.rstrip("\r\n"):
        raise FeedBrokenError(1, "the first line has a carriage return in it: lines must end in LF or CR LF")
    delimiter = max(_DELIMITERS, key=line.text.count)
    try:
        names = next(csv.reader([line.text], delimiter=delimiter, strict=True))
    except csv.Error as exc:
        raise FeedBrokenError(1, f"the first line is no CSV: {exc}") from None
    if not any(map(_is_id, names)):
        raise FeedBrokenError(1, "the first line must name the columns, id among them")
    return _Table(names, delimiter, line.ends, currency, now)


def _is_id(name: str) -> bool:
    return name.strip().lower().removeprefix("g:") == "id"
