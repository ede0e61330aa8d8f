"""Buyers as bytes: what one page of the nightly walk leaves for the one who sums up."""

import json
import zlib
from collections.abc import Sequence
from typing import Final

from shopbell.domain.scores.buyers import Buyer

_NUMBERS: Final = (
    "first_day",
    "last_day",
    "days",
    "orders",
    "spend",
    "year_orders",
    "year_spend",
    "last_at",
)


def pack(buyers: Sequence[Buyer]) -> bytes:
    """Compressed; about 20 bytes a buyer."""
    rows = [[*(getattr(one, name) for name in _NUMBERS), sorted(one.gaps.items())] for one in buyers]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode())


def unpack(body: bytes) -> list[Buyer]:
    """The inverse of `pack`."""
    rows = json.loads(zlib.decompress(body))
    return [Buyer(**dict(zip(_NUMBERS, row, strict=False)), gaps=dict(row[-1])) for row in rows]
