"""What the other side of a connection admits: its settings and its window (RFC 9113 sections 5.2 and 6.5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shopbell.adapters.webpush.http2 import frames
from shopbell.adapters.webpush.http2.frames import Broken, frame

UNSAID_STREAMS: Final = 100
"""At once, where the peer names no number: what RFC 9113 section 6.5.2 recommends as the least."""


@dataclass(slots=True)
class Peer:
    """`settled` once its first settings have come; `window` is what it takes of all bodies together."""

    settled: bool = False
    max_streams: int = UNSAID_STREAMS
    initial_window: int = frames.DEFAULT_WINDOW
    frame_size: int = frames.DEFAULT_FRAME
    window: int = frames.DEFAULT_WINDOW

    def settle(self, payload: bytes) -> int | None:
        """Take its settings over; what it says of our header table, if it does. Broken if a value is none."""
        if len(payload) % frames.SETTING.size:
            raise Broken(frames.FRAME_SIZE_ERROR, "settings cut off")
        self.settled, table = True, None
        for name, value in frames.SETTING.iter_unpack(payload):
            match name:
                case frames.HEADER_TABLE_SIZE:
                    table = value
                case frames.MAX_CONCURRENT_STREAMS:
                    self.max_streams = value
                case _:
                    self._limit(name, value)
        return table

    def _limit(self, name: int, value: int) -> None:
        match name:
            case frames.ENABLE_PUSH if value:
                raise Broken(frames.PROTOCOL_ERROR, "a server cannot be pushed to")
            case frames.INITIAL_WINDOW_SIZE if value > frames.MAX_WINDOW:
                raise Broken(frames.FLOW_CONTROL_ERROR, "a window of more than 31 bits")
            case frames.INITIAL_WINDOW_SIZE:
                self.initial_window = value
            case frames.MAX_FRAME_SIZE if not frames.DEFAULT_FRAME <= value <= frames.MAX_FRAME:
                raise Broken(frames.PROTOCOL_ERROR, "frames of a size that there is not")
            case frames.MAX_FRAME_SIZE:
                self.frame_size = value
            case _:
                pass  # unknown ones are to be ignored

    def head(self, number: int, block: bytes) -> bytes:
        """A header block in as many frames as it needs."""
        return b"".join(self._head(number, block))

    def _head(self, number: int, block: bytes) -> Iterator[bytes]:
        kind, size = frames.HEADERS, self.frame_size
        while len(block) > size:
            yield frame(kind, 0, number, block[:size])
            kind, block = frames.CONTINUATION, block[size:]
        yield frame(kind, frames.END_HEADERS, number, block)
