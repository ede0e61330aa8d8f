"""Google Merchant feeds: RSS 2.0 and Atom, read element by element by a parser that takes no DTD and no entity."""

from collections import deque
from collections.abc import Iterator
from typing import Final, NoReturn
from xml.parsers import expat

from shopbell.domain.feeds.entries import MAX_FIELD, Chunks, Entry, FeedBrokenError
from shopbell.domain.feeds.fields import SEPARATOR, entry_of

GOOGLE: Final = "http://base.google.com/ns/1.0"
_ITEMS: Final = frozenset({"item", "entry"})
_REPEATED: Final = frozenset({"product_type"})
_MAX_DEPTH: Final = 32
_MAX_FIELDS: Final = 200
_GAP: Final = " "


def read_google(chunks: Chunks, currency: str) -> Iterator[Entry]:
    """Fields are the children of an item; of two of one name, one in Google's namespace stands."""
    items = _Items(currency)
    for chunk in chunks:
        items.feed(chunk, final=False)
        yield from items.taken()
    items.feed(b"", final=True)
    yield from items.taken()
    if not items.rooted:
        raise FeedBrokenError(1, "the file is empty")


class _Items:
    """What the parser has found so far; entries leave as soon as they are whole."""

    def __init__(self, currency: str) -> None:
        self.rooted = False
        self._currency = currency
        self._done: deque[Entry] = deque()
        self._depth = 0
        self._item: int | None = None
        self._line = 0
        self._fields: dict[str, tuple[bool, str]] = {}
        self._text: list[str] = []
        self._size = 0
        self._parser = expat.ParserCreate(namespace_separator=_GAP)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._said
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.ExternalEntityRefHandler = self._refuse

    def feed(self, chunk: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as exc:
            raise FeedBrokenError(exc.lineno, f"the file is no XML: {expat.ErrorString(exc.code)}") from None

    def taken(self) -> Iterator[Entry]:
        while self._done:
            yield self._done.popleft()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.rooted, self._depth = True, self._depth + 1
        if self._depth > _MAX_DEPTH:
            raise FeedBrokenError(self._parser.CurrentLineNumber, "elements lie too deep in each other")
        if self._item is None and _local(name) in _ITEMS:
            self._item, self._line, self._fields = self._depth, self._parser.CurrentLineNumber, {}
        elif self._item is not None and self._depth == self._item + 1:
            self._text, self._size = [], 0
            if _local(name) == "link" and attributes.get("href"):
                self._text = [attributes["href"]]

    def _end(self, name: str) -> None:
        if self._item is not None and self._depth == self._item + 1:
            self._keep(name, "".join(self._text).strip())
        elif self._depth == self._item:
            texts = {field: text for field, (_, text) in self._fields.items()}
            self._done.append(entry_of(self._line, texts, self._currency))
            self._item = None
        self._depth -= 1

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
            raise FeedBrokenError(self._parser.CurrentLineNumber, f"a field has more than {MAX_FIELD} characters")
        self._text.append(text)

    def _refuse(self, *_: object) -> NoReturn:
        raise FeedBrokenError(self._parser.CurrentLineNumber, "a DTD or an entity is not taken")


def _local(name: str) -> str:
    return name.rpartition(_GAP)[2]
