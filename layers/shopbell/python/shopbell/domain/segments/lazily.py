"""Parts of a stored profile that are decoded when they are first looked into, and written back as they stand."""

import json
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar, cast

import orjson

from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId

K = TypeVar("K")
V = TypeVar("V")


class Later(Mapping[K, V], Generic[K, V]):
    """A mapping that equals what `decode` gives of `raw`. Never changed."""

    __slots__ = ("_decode", "_known", "raw")

    def __init__(self, raw: bytes, decode: Callable[[bytes], Mapping[K, V]]) -> None:
        self.raw = raw
        self._decode = decode
        self._known: Mapping[K, V] | None = None

    @property
    def known(self) -> Mapping[K, V]:
        """Decoded, as a mapping that answers at once."""
        if self._known is None:
            self._known = self._decode(self.raw)
        return self._known

    def __getitem__(self, key: K) -> V:
        return self.known[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)

    def __repr__(self) -> str:
        return repr(self.known)


def plain(mapping: Mapping[K, V]) -> Mapping[K, V]:
    """The mapping itself; of one that is decoded later, what is in it."""
    return mapping.known if type(mapping) is Later else mapping


def instants_to_bytes(instants: Mapping[SegmentId, Instant]) -> bytes:
    """Canonical: number of rows, their instants, their names."""
    if type(instants) is Later:
        raw: bytes = instants.raw
        return raw
    if not instants:
        return b""
    rows = sorted(instants.items())
    names = "\n".join(name for name, _ in rows).encode()
    return struct.pack(f">I{len(rows)}q", len(rows), *(at for _, at in rows)) + names


def instants_later(raw: bytes) -> Mapping[SegmentId, Instant]:
    """What `instants_to_bytes` wrote."""
    return Later(raw, _instants) if raw else {}


def _instants(raw: bytes) -> Mapping[SegmentId, Instant]:
    (count,) = struct.unpack_from(">I", raw)
    names = cast("list[SegmentId]", raw[4 + 8 * count :].decode().split("\n"))
    return dict(zip(names, struct.unpack_from(f">{count}q", raw, 4), strict=True))


def _read(raw: bytes) -> Any:
    """Half of a surrogate pair, which a shop may send and JSON may hold, the quick one does not read."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return json.loads(raw)


class Said:
    """JSON that is read once, when something in it is asked for."""

    __slots__ = ("_known", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._known: dict[str, Any] | None = None

    def get(self, name: str, default: Any) -> Any:
        if self._known is None:
            self._known = _read(self.raw)
        return self._known.get(name, default)
