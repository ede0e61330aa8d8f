"""The part of a ledger that holds orders: each stands once, and the features it matches are bits over the orders."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.packing import Columns, changed, pack
from shopbell.domain.part import HEAD, WIDTHS, Part

ORDER: Final = WIDTHS["order"]
VALUES: Final = WIDTHS["key"]
"""Of what carries numbers or hashes of 8 bytes, of one order perhaps several."""
_OWN: Final = struct.Struct(">IH")
"""In front of a feature's column: the number of the presence it belongs to, and how many bytes of bits follow."""
_ONES: Final = bytes.maketrans(b"01", b"\0\1")


@dataclass(frozen=True, slots=True)
class Subset:
    """Which orders a feature matches, and what it carries of each of them, oldest first.

    Where that may be several values of one order, their number stands in front as one byte.
    """

    presence: int
    width: int
    mask: int
    """The lowest bit is the oldest order."""
    carried: bytes

    @property
    def packed(self) -> bytes:
        """Nothing where no order matches."""
        if not self.mask:
            return b""
        size = (self.mask.bit_length() + 7) // 8
        return b"".join((_OWN.pack(self.presence, size), self.mask.to_bytes(size, "little"), self.carried))

    def without_oldest(self) -> "Subset":
        """When the oldest order of the type is gone."""
        if not self.mask & 1:
            return Subset(self.presence, self.width, self.mask >> 1, self.carried)
        first = 1 + 8 * self.carried[0] if self.width == VALUES else self.width - HEAD
        return Subset(self.presence, self.width, self.mask >> 1, self.carried[first:])

    def pieces(self) -> list[bytes]:
        """What is carried, order by order."""
        if self.width == VALUES:
            return _groups(self.carried)
        each = self.width - HEAD
        if not each:
            return [b""] * self.mask.bit_count()
        return [self.carried[start : start + each] for start in range(0, len(self.carried), each)]


class Orders(Part):
    """A part whose records are orders, each under the presence of its type of event. Never changed."""

    __slots__ = ()

    def column(self, bit: int) -> bytes:
        """As of any part: every record with its instant and hash."""
        subset = self.subset(bit)
        if subset is None:
            return super().column(bit)
        rows = super().column(subset.presence)
        heads = compress((rows[at : at + HEAD] for at in range(0, len(rows), ORDER)), selectors(subset.mask))
        if subset.width != VALUES:
            return b"".join(map(bytes.__add__, heads, subset.pieces()))
        return b"".join(
            head + piece[at : at + 8]
            for head, piece in zip(heads, subset.pieces(), strict=True)
            for at in range(1, len(piece), 8)
        )

    def columns(self) -> Iterator[tuple[int, int, bytes]]:
        for bit, width in zip(self.index.bits, self.index.widths, strict=True):
            yield bit, width, self.column(bit)

    def heads(self) -> Iterator[tuple[bytes, int]]:
        for bit, width in zip(self.index.bits, self.index.widths, strict=True):
            if width == ORDER:
                rows = self.rows(bit)
                yield from ((rows[at : at + HEAD], ORDER) for at in range(0, len(rows), ORDER))

    def rows(self, presence: int) -> bytes:
        """The orders of a type as they are stored."""
        return super().column(presence)

    def subset(self, bit: int) -> Subset | None:
        """None of a presence, and of what never matched."""
        start, end, width = self.place(bit)
        if end < start or width == ORDER:
            return None
        presence, size = _OWN.unpack_from(self.packed, start)
        start += _OWN.size
        mask = int.from_bytes(self.packed[start : start + size], "little")
        return Subset(presence, width, mask, self.packed[start + size : end])

    def newest(self, bit: int, count: int) -> Instant:
        if self._newest is None:
            self._newest = {}
        known = self._newest.get((bit, count))
        if known is None:
            self._newest[bit, count] = known = self._newest_of(bit, count)
        return known

    def _newest_of(self, bit: int, count: int) -> Instant:
        """Read where it lies, without a `Subset`."""
        start, end, width = self.place(bit)
        packed, at = self.packed, end - count * ORDER
        if width != ORDER and end > start:
            presence, size = _OWN.unpack_from(packed, start)
            bits = start + _OWN.size
            mask = int.from_bytes(packed[bits : bits + size], "little")
            while count > 1 and mask:
                mask, count = mask ^ 1 << mask.bit_length() - 1, count - 1
            start = self.place(presence)[0]
            at = start + (mask.bit_length() - 1) * ORDER
        return int.from_bytes(packed[at : at + 8], "big") if at >= start else -1

    def extended(self, bit: int, presence: int, place: int, piece: bytes) -> bytes:
        """The feature's column, as it is packed, once it matches the order at that place, the newest, as well."""
        start, end, _ = self.place(bit)
        size, mask, carried = place // 8 + 1, 1 << place, b""
        if end > start:
            packed, bits = self.packed, start + _OWN.size
            _, known = _OWN.unpack_from(packed, start)
            mask |= int.from_bytes(packed[bits : bits + known], "little")
            carried = packed[bits + known : end]
        return b"".join((_OWN.pack(presence, size), mask.to_bytes(size, "little"), carried, piece))

    def instants(self, bit: int) -> tuple[Instant, ...]:
        subset = self.subset(bit)
        if subset is None or subset.width == VALUES:
            return super().instants(bit)
        every = super().instants(subset.presence)
        return every if subset.mask.bit_count() == len(every) else tuple(compress(every, selectors(subset.mask)))

    def numbers(self, bit: int) -> tuple[float, ...]:
        subset = self.subset(bit)
        return () if subset is None else tuple([row[0] for row in _number(subset.width).iter_unpack(subset.carried)])

    def weights(self, bit: int) -> tuple[int, ...]:
        subset = self.subset(bit)
        return () if subset is None else tuple([row[1] for row in _number(subset.width).iter_unpack(subset.carried)])

    def replaced(self, columns: Columns) -> "Orders":
        """With these columns, as they are packed, in place of those of the same numbers."""
        return Orders(*changed(self.packed, self.index, columns)) if columns else self

    def only(self, keep: int) -> "Orders":
        if all(keep >> bit & 1 for bit in self.index.bits):
            return self
        return Orders(pack({bit: row for bit, row in self.stored().items() if keep >> bit & 1}))

    def stored(self) -> Columns:
        """As they are packed."""
        return {
            bit: (width, super(Orders, self).column(bit))
            for bit, width in zip(self.index.bits, self.index.widths, strict=True)
        }

    @property
    def largest(self) -> int:
        presences = (bit for bit, width in zip(self.index.bits, self.index.widths, strict=True) if width == ORDER)
        return max((len(self.rows(bit)) // ORDER for bit in presences), default=0)


def orders_of(columns: Mapping[int, bytes | Subset]) -> Orders:
    """From the orders of each presence and the subsets of each other feature."""
    rows = {bit: (row.width, row.packed) if isinstance(row, Subset) else (ORDER, row) for bit, row in columns.items()}
    return Orders(pack(rows))


def selectors(mask: int) -> bytes:
    """One byte for each order up to the newest in the mask: 1 where it is in."""
    return format(mask, "b").encode().translate(_ONES)[::-1]


@lru_cache
def _number(width: int) -> struct.Struct:
    return struct.Struct(">dH" if width == WIDTHS["sum"] else ">xd")


def _groups(carried: bytes) -> list[bytes]:
    pieces, at = [], 0
    while at < len(carried):
        end = at + 1 + 8 * carried[at]
        pieces.append(carried[at:end])
        at = end
    return pieces
