"""What we say first on a connection: the preface, our settings, and how much we take (RFC 9113 section 3.4)."""

from typing import Final

from shopbell.adapters.webpush.http2 import frames
from shopbell.adapters.webpush.http2.exchanges import WINDOW
from shopbell.adapters.webpush.http2.frames import frame

STREAM_WINDOW: Final = 16_384
"""Octets of one answer that may be under way to us; more than 4 KB are not read of any."""
MAX_BLOCK: Final = 16_384
"""Octets of a header block."""

_SAID: Final = {
    # none: so every answer can be read by itself, or not at all
    frames.HEADER_TABLE_SIZE: 0,
    frames.ENABLE_PUSH: 0,
    frames.INITIAL_WINDOW_SIZE: STREAM_WINDOW,
    frames.MAX_HEADER_LIST_SIZE: MAX_BLOCK,
}
START: Final = (
    frames.PREFACE
    + frame(frames.SETTINGS, 0, 0, b"".join(frames.SETTING.pack(*one) for one in _SAID.items()))
    + frame(frames.WINDOW_UPDATE, 0, 0, frames.LONG.pack(WINDOW - frames.DEFAULT_WINDOW))
)
