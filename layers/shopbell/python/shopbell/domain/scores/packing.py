"""Buyers, and when they came, as bytes: what one page of the nightly walk leaves for the one who sums up."""

import json
import zlib
from collections.abc import Sequence
from typing import Final

from shopbell.domain.scores.besthour import Histogram
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


_PLACES: Final = 3
"""Of a visit's weight; one that weighs less is long forgotten."""


def pack(buyers: Sequence[Buyer], day: Histogram) -> bytes:
    """Compressed; about 20 bytes a buyer. `day` is the sum of their histograms."""
    rows = [[*(getattr(one, name) for name in _NUMBERS), sorted(one.gaps.items())] for one in buyers]
    page = [rows, [round(weight, _PLACES) for weight in day]]
    return zlib.compress(json.dumps(page, separators=(",", ":")).encode())


def unpack(body: bytes) -> tuple[list[Buyer], Histogram]:
    """The inverse of `pack`."""
    rows, day = json.loads(zlib.decompress(body))
    buyers = [Buyer(**dict(zip(_NUMBERS, row, strict=False)), gaps=dict(row[-1])) for row in rows]
    return buyers, tuple(day)
