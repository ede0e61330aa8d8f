"""Frames of HTTP/2: their layout, kinds, flags and errors (RFC 9113 sections 4, 6 and 7)."""

from struct import Struct
from typing import Final

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEAD: Final = Struct(">HBBBL")
"""Length (16 and 8 bits), kind, flags, stream."""
HEAD_LENGTH: Final = 9
LONG: Final = Struct(">L")
PAIR: Final = Struct(">LL")
SETTING: Final = Struct(">HL")

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)

END_STREAM: Final = 0x1
ACK: Final = 0x1
END_HEADERS: Final = 0x4
PADDED: Final = 0x8
WITH_PRIORITY: Final = 0x20

HEADER_TABLE_SIZE: Final = 1
ENABLE_PUSH: Final = 2
MAX_CONCURRENT_STREAMS: Final = 3
INITIAL_WINDOW_SIZE: Final = 4
MAX_FRAME_SIZE: Final = 5
MAX_HEADER_LIST_SIZE: Final = 6

NO_ERROR: Final = 0x0
PROTOCOL_ERROR: Final = 0x1
FLOW_CONTROL_ERROR: Final = 0x3
FRAME_SIZE_ERROR: Final = 0x6
REFUSED_STREAM: Final = 0x7
CANCEL: Final = 0x8
COMPRESSION_ERROR: Final = 0x9
ENHANCE_YOUR_CALM: Final = 0xB
HTTP_1_1_REQUIRED: Final = 0xD

DEFAULT_WINDOW: Final = 65_535
DEFAULT_FRAME: Final = 16_384
MAX_FRAME: Final = (1 << 24) - 1
MAX_WINDOW: Final = (1 << 31) - 1
STREAM_BITS: Final = (1 << 31) - 1


class Broken(Exception):  # noqa: N818 - what has happened, as all of ours are named
    """The connection cannot be used any more, for a fault of the peer; `code` of RFC 9113 section 7."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    size = len(payload)
    return HEAD.pack(size >> 8, size & 0xFF, kind, flags, stream) + payload


def unpadded(flags: int, payload: bytes) -> bytes:
    """What DATA and HEADERS hold without their padding; Broken if that is longer than they are."""
    if not flags & PADDED:
        return payload
    if not payload or payload[0] >= len(payload):
        raise Broken(PROTOCOL_ERROR, "more padding than frame")
    return payload[1 : len(payload) - payload[0]]


def sized(payload: bytes, size: int) -> bytes:
    """Broken unless it is of that size."""
    if len(payload) != size:
        raise Broken(FRAME_SIZE_ERROR, f"a frame of {len(payload)} bytes in place of {size}")
    return payload
