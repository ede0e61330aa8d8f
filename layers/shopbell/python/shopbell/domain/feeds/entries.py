"""What a feed is made of: entries with their lines, each a product or a fault, and feeds that cannot be read on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId

FeedFormat = Literal["csv", "jsonl", "google_xml"]
Chunks = Iterable[bytes]
MAX_FIELD: Final = 64 * 1024
"""Characters of one field; the longest line has 16 times as many bytes."""


class FeedBrokenError(Exception):
    """From `line` on nothing can be read."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Mark:
    """Where in a file reading may begin: with its first `head` bytes, then from `offset` on, which is in `line`."""

    head: int = 0
    offset: int = 0
    line: int = 1


BEGINNING: Final = Mark()


@dataclass(frozen=True, slots=True)
class Entry:
    """One product as the feed tells it; `fault` says what keeps it from being one.

    `id` is known even of many that are wrong: such a product is not missing.
    """

    line: int
    id: ProductId | None = None
    product: Product | None = None
    fault: str = ""
    minor: bool | None = None
    """Whether its price was a bare number, which is in minor units; None: nothing else could be meant."""
    start: Mark | None = None
    """Whoever begins there meets this entry first; None: it cannot be begun with."""


class Read(Protocol):
    def __call__(
        self, chunks: Chunks, currency: str, start: Mark = BEGINNING, now: Instant | None = None
    ) -> Iterator[Entry]:
        """From a file's bytes and the store's currency; with a `start`, from its head and what begins at its offset.
        `now` says which sales last; without it all do.

        Raises FeedBrokenError after what was whole before; holds no more than an entry at a time.
        """
