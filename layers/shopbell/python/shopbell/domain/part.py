"""One part of a visitor's ledger: the elements of its features, packed and read where they lie."""

import struct
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from shopbell.domain.clock import Instant
from shopbell.domain.packing import Columns, Index, Splice, changed, index, pack, spliced

PartName = Literal["P", "L", "V"]
Take = Literal["at", "order", "sum", "low", "high", "key"]
"""What a record carries behind instant and hash: nothing, the rank of an order's report, a sum with the number of
values in it, a smallest or largest number, or the hash of a value."""

PARTS: Final[tuple[PartName, ...]] = ("P", "L", "V")
HEAD: Final = 16
"""Bytes of instant (8, big-endian) and hash of the id (8), with which every record begins."""
WIDTHS: Final[Mapping[Take, int]] = {"at": 16, "order": 32, "sum": 26, "low": 24, "high": 24, "key": 24}
MAX_ELEMENTS: Final = 1_000
"""Of one feature, the newest (ruling 3)."""
_ORDERS: Final = frozenset({"purchase", "refund"})
_VIEWS: Final = frozenset({"page_view", "product_view", "category_view"})
_RANK_ID: Final = 15
_NOWHERE: Final = (1, 0, 0)
"""Begins behind its end: no record lies within."""


def part_of(event_type: str) -> PartName:
    """Where elements of this type of event live (ruling 4)."""
    if event_type in _ORDERS:
        return "L"
    return "V" if event_type in _VIEWS else "P"


def record(at: Instant, digest: bytes, carried: bytes = b"") -> bytes:
    """An element as bytes that sort by (instant, hash)."""
    return max(at, 0).to_bytes(8, "big") + digest + carried


def rank(event_id: str, *, trusted: bool) -> bytes:
    """16 bytes, the smaller the better report of an order: trusted first, then the smaller id."""
    return (b"\0" if trusted else b"\1") + event_id.encode()[:_RANK_ID].ljust(_RANK_ID, b"\0")


@dataclass(slots=True, eq=False)
class Part:
    """One column of records for each feature, oldest first. `packed` is canonical: the same sets have the same bytes.

    Nothing is unpacked before it is asked for, and then only the column that is asked for. Never changed.
    """

    packed: bytes = b""
    _index: Index | None = None
    _memo: dict[tuple[int, str], tuple[float, ...] | tuple[bytes, ...]] | None = None
    _newest: dict[tuple[int, int], Instant] | None = None
    """What `newest` answered: it is asked the same by many segments where it costs most."""

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Part) and self.packed == other.packed)

    def __hash__(self) -> int:
        return hash(self.packed)

    @property
    def index(self) -> Index:
        if self._index is None:
            self._index = index(self.packed)
        return self._index

    def place(self, bit: int) -> tuple[int, int, int]:
        """Where the records of a feature begin and end in `packed`, and how wide one is."""
        _, widths, bounds, first, places = self._index or self.index
        place = places.get(bit)
        if place is None:
            return _NOWHERE
        return first + bounds[place], first + bounds[place + 1], widths[place]

    def column(self, bit: int) -> bytes:
        """The records of a feature, by its number; none if it never matched."""
        start, end, _ = self.place(bit)
        return self.packed[start:end]

    def columns(self) -> Iterator[tuple[int, int, bytes]]:
        """Number, width of a record, and records of each column."""
        known = self.index
        bounds = [known.first + bound for bound in known.bounds]
        for bit, width, start, end in zip(known.bits, known.widths, bounds, bounds[1:], strict=False):
            yield bit, width, self.packed[start:end]

    def newest(self, bit: int, count: int) -> Instant:
        """When the element happened that has `count` - 1 newer ones; -1 if there are fewer."""
        start, end, width = self.place(bit)
        at = end - count * width
        return int.from_bytes(self.packed[at : at + 8], "big") if at >= start else -1

    def heads(self) -> Iterator[tuple[bytes, int]]:
        """Instant and hash of every record, with the bytes that go at least when it does."""
        for _, width, data in self.columns():
            for start in range(0, len(data), width):
                yield data[start : start + HEAD], width

    def width(self, bit: int) -> int:
        return self.place(bit)[2]

    def spliced(self, splices: Collection[Splice]) -> "Part":
        """With records taken from the front of columns that are there, and put behind them."""
        return Part(*spliced(self.packed, self.index, splices))

    def changed(self, columns: Columns) -> "Part":
        """With these columns in place of those of the same numbers."""
        return Part(*changed(self.packed, self.index, columns)) if columns else self

    def instants(self, bit: int) -> tuple[Instant, ...]:
        """When the elements of a feature happened, oldest first."""
        return self._read(bit, "at", lambda width: f">q{width - 8}x")  # type: ignore[return-value]

    def numbers(self, bit: int) -> tuple[float, ...]:
        """What the elements of a `sum`, `low` or `high` carry, beside their instants."""
        return self._read(bit, "number", lambda width: f">16xd{width - 24}x")  # type: ignore[return-value]

    def weights(self, bit: int) -> tuple[int, ...]:
        """How many values are in each number of a `sum`."""
        return self._read(bit, "weight", lambda _: ">24xH")  # type: ignore[return-value]

    def keys(self, bit: int) -> tuple[bytes, ...]:
        """8-byte hashes of the values that the elements of a `key` carry; an element may be there with several."""
        return self._read(bit, "key", lambda _: ">16x8s")  # type: ignore[return-value]

    def _read(self, bit: int, what: str, layout: Callable[[int], str]) -> tuple[float, ...] | tuple[bytes, ...]:
        if self._memo is None:
            self._memo = {}
        known = self._memo.get((bit, what))
        if known is None:
            data = self.column(bit)
            known = tuple([row[0] for row in struct.iter_unpack(layout(self.width(bit)), data)]) if data else ()
            self._memo[bit, what] = known
        return known

    def only(self, keep: int) -> "Part":
        """Without the columns whose bits are not in the mask."""
        if all(keep >> bit & 1 for bit in self.index.bits):
            return self
        return Part(pack({bit: (width, data) for bit, width, data in self.columns() if keep >> bit & 1}))

    @property
    def largest(self) -> int:
        """How many elements the feature with the most of them has."""
        return max((len(data) // width for _, width, data in self.columns()), default=0)


NOTHING: Final = Part()
