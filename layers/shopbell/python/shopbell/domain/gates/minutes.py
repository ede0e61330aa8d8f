"""What the gates rested on that were closed to recipients of one chunk, packed for its ledger."""

import json
import zlib
from collections.abc import Mapping

from shopbell.domain.clock import Instant
from shopbell.domain.gates.order import Told
from shopbell.domain.ids import VisitorId

Minutes = Mapping[VisitorId, tuple[Instant, tuple[Told, ...]]]
"""By visitor, when they were asked and which of them were closed."""


def pack(minutes: Minutes) -> bytes:
    """b"" for none. What recipients share costs next to nothing."""
    if not minutes:
        return b""
    rows = {
        who: [at, [[one.gate, one.outcome, dict(one.values)] for one in told]]
        for who, (at, told) in sorted(minutes.items())
    }
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode())


def unpack(data: bytes) -> Minutes:
    if not data:
        return {}
    rows = json.loads(zlib.decompress(data))
    return {VisitorId(who): (at, tuple(Told(*one) for one in told)) for who, (at, told) in rows.items()}
