"""Google Merchant feeds: RSS 2.0 and Atom, read element by element by a parser that takes no DTD and no entity."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NoReturn
from xml.parsers import expat

from shopbell.domain.clock import Instant
from shopbell.domain.feeds.entries import BEGINNING, MAX_FIELD, Chunks, Entry, FeedBrokenError, Mark
from shopbell.domain.feeds.fields import SEPARATOR, entry_of

GOOGLE: Final = "http://base.google.com/ns/1.0"
_ITEMS: Final = frozenset({"item", "entry"})
_REPEATED: Final = frozenset({"product_type"})
_MAX_DEPTH: Final = 32
_MAX_FIELDS: Final = 200
_GAP: Final = " "
MAX_TOKEN: Final = 1024 * 1024
"""Bytes of a tag with its attributes, or of a comment: the parser holds one until it is whole."""


def read_google(
    chunks: Chunks, currency: str, start: Mark = BEGINNING, now: Instant | None = None
) -> Iterator[Entry]:
    """Fields are the children of an item; of two of one name, one in Google's namespace stands."""
    items = _Items(currency, start, now)
    try:
        for chunk in chunks:
            items.feed(chunk, final=False)
            yield from items.taken()
        items.feed(b"", final=True)
    except FeedBrokenError:
        yield from items.taken()
        raise
    yield from items.taken()
    if not items.rooted:
        raise FeedBrokenError(1, "the file is empty")


class _Items:
    """What the parser has found so far; entries leave as soon as they are whole.

    Reading can begin anew at an item whose elements around it are those around the first: what comes before the first
    opens them.
    """

    def __init__(self, currency: str, start: Mark, now: Instant | None) -> None:
        self.rooted = False
        self._currency = currency
        self._now = now
        self._done: deque[Entry] = deque()
        self._depth = 0
        self._item: int | None = None
        self._line = 0
        self._fields: dict[str, tuple[bool, str]] = {}
        self._text: list[str] = []
        self._size = 0
        self._fed = 0
        self._places = _Places(start)
        self._start_of: Mark | None = None
        self._parser = self._made()

    def _made(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=_GAP)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._said
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        return parser

    def feed(self, chunk: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as exc:
            line = self._places.line(exc.lineno)
            raise FeedBrokenError(line, f"the file is no XML: {expat.ErrorString(exc.code)}") from None
        except (LookupError, ValueError):
            if self.rooted:
                raise
            raise FeedBrokenError(1, "the file is in an encoding that is not read: it must be UTF-8") from None
        self._fed += len(chunk)
        if self._fed - self._parser.CurrentByteIndex > MAX_TOKEN:
            raise FeedBrokenError(self._here, f"a tag, a comment or the like has more than {MAX_TOKEN} bytes")

    def taken(self) -> Iterator[Entry]:
        while self._done:
            yield self._done.popleft()

    @property
    def _here(self) -> int:
        return self._places.line(self._parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.rooted, self._depth = True, self._depth + 1
        if self._depth > _MAX_DEPTH:
            raise FeedBrokenError(self._here, "elements lie too deep in each other")
        if self._item is None and _local(name) in _ITEMS:
            self._start_of = self._places.item(self._depth, self._parser)
            self._item, self._line, self._fields = self._depth, self._here, {}
        elif self._item is not None and self._depth == self._item + 1:
            self._text, self._size = [], 0
            if _local(name) == "link" and attributes.get("href"):
                self._text = [attributes["href"]]

    def _end(self, name: str) -> None:
        if self._item is not None and self._depth == self._item + 1:
            self._keep(name, "".join(self._text).strip())
        elif self._depth == self._item:
            texts = {field: text for field, (_, text) in self._fields.items()}
            self._done.append(replace(entry_of(self._line, texts, self._currency, self._now), start=self._start_of))
            self._item = None
        self._depth -= 1
        self._places.left(self._depth)

    def _keep(self, name: str, text: str) -> None:
        field, own = _local(name), name.startswith(GOOGLE + _GAP)
        known = self._fields.get(field)
        if known is not None and field in _REPEATED:
            self._fields[field] = own, f"{known[1]}{SEPARATOR}{text}"
        elif text and (known is None or (own and not known[0])) and len(self._fields) < _MAX_FIELDS:
            self._fields[field] = own, text

    def _said(self, text: str) -> None:
        if self._item is None or self._depth != self._item + 1:
            return
        self._size += len(text)
        if self._size > MAX_FIELD:
            raise FeedBrokenError(self._here, f"a field has more than {MAX_FIELD} characters")
        self._text.append(text)

    def _refuse(self, *_: object) -> NoReturn:
        raise FeedBrokenError(self._here, "a DTD or an entity is not taken")


def _local(name: str) -> str:
    return name.rpartition(_GAP)[2]


class _Places:
    """From the parser's bytes and lines to the file's: after the head of a start the file goes on elsewhere."""

    def __init__(self, start: Mark) -> None:
        self._start = start
        self._head: int | None = start.head or None
        self._depth: int | None = None
        self._lines: int | None = None

    def item(self, depth: int, parser: expat.XMLParserType) -> Mark | None:
        place = parser.CurrentByteIndex
        if self._head is None:
            self._head = place
        if self._lines is None:
            self._lines = self._start.line - parser.CurrentLineNumber if self._start.head else 0
            self._depth = depth
        if depth != self._depth:
            return None
        moved = self._start.offset - self._start.head
        return Mark(self._head, place + moved, self.line(parser.CurrentLineNumber))

    def left(self, depth: int) -> None:
        """An element ended, and so many are open: where one around the first item ends, what is open differs."""
        if self._depth is not None and depth < self._depth - 1:
            self._depth = 0

    def line(self, number: int) -> int:
        return number + (self._lines or 0)
