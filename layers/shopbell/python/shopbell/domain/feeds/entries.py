"""What a feed is made of: entries with their lines, each a product or a fault, and feeds that cannot be read on."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from shopbell.domain.catalogue import Product
from shopbell.domain.ids import ProductId

FeedFormat = Literal["csv", "jsonl", "google_xml"]
Chunks = Iterable[bytes]
MAX_FIELD: Final = 64 * 1024
"""Characters of one field; the longest line has 16 of these."""


class FeedBrokenError(Exception):
    """From `line` on nothing can be read."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Entry:
    """One product as the feed tells it; `fault` says what keeps it from being one.

    `id` is known even of many that are wrong: such a product is not missing.
    """

    line: int
    id: ProductId | None = None
    product: Product | None = None
    fault: str = ""


Read = Callable[[Chunks, str], Iterator[Entry]]
"""From a file's bytes and the store's currency. Raises FeedBrokenError; holds no more than an entry at a time."""
