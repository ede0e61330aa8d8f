"""A visitor's ledger: which of their events the live features still need, packed into three parts."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from shopbell.domain.clock import Instant
from shopbell.domain.packing import Runs, flags, pack, unpack

PartName = Literal["P", "L", "V"]

PARTS: Final[tuple[PartName, ...]] = ("P", "L", "V")
WIDTHS: Final[Mapping[PartName, int]] = {"P": 16, "L": 32, "V": 16}
"""Bytes of a record: instant (8, big-endian) and hash of the id (8); an order also carries its rank (16)."""
MAX_ELEMENTS: Final = 1_000
"""Of one feature, the newest (ruling 3)."""
MAX_BYTES: Final = 224 * 1024
"""Of all three parts; with traits, subscriptions and memberships a visitor stays under 256 KB (ruling 4)."""
_ORDERS: Final = frozenset({"purchase", "refund"})
_VIEWS: Final = frozenset({"page_view", "product_view", "category_view"})
_RANK_ID: Final = 15


def part_of(event_type: str) -> PartName:
    """Where elements of this type of event live (ruling 4)."""
    if event_type in _ORDERS:
        return "L"
    return "V" if event_type in _VIEWS else "P"


def record(at: Instant, digest: bytes) -> bytes:
    """An element as bytes that sort by (instant, hash)."""
    return max(at, 0).to_bytes(8, "big") + digest


def order_record(at: Instant, digest: bytes, event_id: str, *, trusted: bool) -> bytes:
    """A record whose last 16 bytes rank the reports of one order: trusted first, then the smaller id."""
    rank = (b"\0" if trusted else b"\1") + event_id.encode()[:_RANK_ID].ljust(_RANK_ID, b"\0")
    return record(at, digest) + rank


@dataclass(frozen=True, slots=True)
class Part:
    """Records grouped by the features they match. `packed` is canonical: the same set has the same bytes."""

    width: int
    packed: bytes = b""
    _runs: dict[int, bytes] = field(default_factory=dict, compare=False, repr=False)
    _columns: dict[int, list[bytes]] = field(default_factory=dict, compare=False, repr=False)
    _instants: dict[int, tuple[Instant, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def runs(self) -> Runs:
        """Unpacked once, when first asked for."""
        if self.packed and not self._runs:
            self._runs.update(unpack(self.packed, self.width))
        return self._runs

    def instants(self, flag: int) -> tuple[Instant, ...]:
        """When the events of one feature (its bit as a mask) happened, oldest first."""
        known = self._instants.get(flag)
        if known is None:
            if self.packed and not self._columns:
                for mask, data in self.runs.items():
                    for each in flags(mask):
                        self._columns.setdefault(each, []).append(data)
            found = self._columns.get(flag)
            known = self._instants[flag] = _merged(found, self.width) if found else ()
        return known

    @property
    def largest(self) -> int:
        """How many elements the feature with the most of them has."""
        counts: dict[int, int] = {}
        for mask, data in self.runs.items():
            for flag in flags(mask):
                counts[flag] = counts.get(flag, 0) + len(data) // self.width
        return max(counts.values(), default=0)

    def records(self) -> Iterator[tuple[bytes, int]]:
        """Every record with its mask."""
        for mask, data in self.runs.items():
            for start in range(0, len(data), self.width):
                yield data[start : start + self.width], mask

    def only(self, keep: int) -> "Part":
        """Without the bits outside of `keep`, and without the records that then match nothing."""
        if all(mask & keep == mask for mask in self.runs):
            return self
        left: dict[bytes, int] = {}
        for element, mask in self.records():
            if mask & keep:
                left[element] = left.get(element, 0) | mask & keep
        return packed(self.width, left)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The three parts, written separately; `trimmed` once the byte limit took elements (ruling 4)."""

    p: Part = Part(WIDTHS["P"])
    l: Part = Part(WIDTHS["L"])  # noqa: E741 - the parts are called P, L and V everywhere
    v: Part = Part(WIDTHS["V"])
    trimmed: bool = False

    def part(self, name: PartName) -> Part:
        return self.p if name == "P" else self.l if name == "L" else self.v

    @property
    def size(self) -> int:
        """Packed bytes of all parts."""
        return len(self.p.packed) + len(self.l.packed) + len(self.v.packed)

    @property
    def capped(self) -> bool:
        """Whether a limit may have taken elements: answers are exact for `count >= k`, k up to 1,000 (ruling 3)."""
        return self.trimmed or any(self.part(name).largest >= MAX_ELEMENTS for name in PARTS)


EMPTY: Final = Ledger()


def packed(width: int, elements: Mapping[bytes, int], still: Runs | None = None) -> Part:
    """The canonical part of loose elements (record to mask; mask 0 is left out) and of runs kept as they are."""
    groups: dict[int, list[bytes]] = {}
    for element, mask in elements.items():
        if mask:
            groups.setdefault(mask, []).append(element)
    runs = dict(still or {})
    for mask, group in groups.items():
        if mask in runs:
            data = runs[mask]
            group.extend(data[start : start + width] for start in range(0, len(data), width))
        group.sort()
        runs[mask] = b"".join(group)
    return Part(width, pack(runs, width))


@lru_cache(maxsize=2_048)
def _instants_of(count: int, width: int) -> struct.Struct:
    return struct.Struct(">" + f"q{width - 8}x" * count)


def _merged(columns: list[bytes], width: int) -> tuple[Instant, ...]:
    if len(columns) == 1:
        return _instants_of(len(columns[0]) // width, width).unpack(columns[0])
    data = b"".join(columns)
    return tuple(sorted(_instants_of(len(data) // width, width).unpack(data)))
