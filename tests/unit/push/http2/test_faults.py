"""A server that breaks the rules: the exchange or the connection ends, with the code that RFC 9113 names."""

from struct import pack

import pytest
from hyperframe.frame import GoAwayFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.adapters.webpush.http2 import frames
from shopbell.adapters.webpush.http2.connection import Connection
from shopbell.adapters.webpush.http2.frames import Broken, frame

from tests.unit.push.http2.peers import Pair

END = frames.END_HEADERS | frames.END_STREAM
FAULTS = {
    "headers of stream 0": (frame(frames.HEADERS, END, 0, b"\x88"), frames.PROTOCOL_ERROR),
    "headers of an even stream": (frame(frames.HEADERS, END, 2, b"\x88"), frames.PROTOCOL_ERROR),
    "headers of a stream that never was": (frame(frames.HEADERS, END, 9, b"\x88"), frames.PROTOCOL_ERROR),
    "data of a stream that never was": (frame(frames.DATA, 0, 9, b"x"), frames.PROTOCOL_ERROR),
    "data of stream 0": (frame(frames.DATA, 0, 0, b"x"), frames.PROTOCOL_ERROR),
    "padding larger than its frame": (frame(frames.DATA, frames.PADDED, 1, b"\x05abc"), frames.PROTOCOL_ERROR),
    "padding of nothing": (frame(frames.DATA, frames.PADDED, 1), frames.PROTOCOL_ERROR),
    "a priority cut off in headers": (
        frame(frames.HEADERS, END | frames.WITH_PRIORITY, 1, b"\0\0"),
        frames.FRAME_SIZE_ERROR,
    ),
    "a priority cut off": (frame(frames.PRIORITY, 0, 1, b"\0"), frames.FRAME_SIZE_ERROR),
    "a priority of stream 0": (frame(frames.PRIORITY, 0, 0, bytes(5)), frames.PROTOCOL_ERROR),
    "a reset of stream 0": (frame(frames.RST_STREAM, 0, 0, bytes(4)), frames.PROTOCOL_ERROR),
    "a reset of a stream that never was": (frame(frames.RST_STREAM, 0, 11, bytes(4)), frames.PROTOCOL_ERROR),
    "a reset cut off": (frame(frames.RST_STREAM, 0, 1, bytes(3)), frames.FRAME_SIZE_ERROR),
    "settings of a stream": (frame(frames.SETTINGS, 0, 1), frames.PROTOCOL_ERROR),
    "settings cut off": (frame(frames.SETTINGS, 0, 0, bytes(5)), frames.FRAME_SIZE_ERROR),
    "an acknowledgement with settings": (frame(frames.SETTINGS, frames.ACK, 0, bytes(6)), frames.FRAME_SIZE_ERROR),
    "push switched on": (frame(frames.SETTINGS, 0, 0, pack(">HL", 2, 1)), frames.PROTOCOL_ERROR),
    "too large a first window": (frame(frames.SETTINGS, 0, 0, pack(">HL", 4, 1 << 31)), frames.FLOW_CONTROL_ERROR),
    "frames too small": (frame(frames.SETTINGS, 0, 0, pack(">HL", 5, 16_383)), frames.PROTOCOL_ERROR),
    "frames too large": (frame(frames.SETTINGS, 0, 0, pack(">HL", 5, 1 << 24)), frames.PROTOCOL_ERROR),
    "a promise": (frame(frames.PUSH_PROMISE, frames.END_HEADERS, 1, bytes(5)), frames.PROTOCOL_ERROR),
    "the ping of a stream": (frame(frames.PING, 0, 1, bytes(8)), frames.PROTOCOL_ERROR),
    "a ping cut off": (frame(frames.PING, 0, 0, bytes(7)), frames.FRAME_SIZE_ERROR),
    "a farewell of a stream": (frame(frames.GOAWAY, 0, 1, bytes(8)), frames.PROTOCOL_ERROR),
    "a farewell cut off": (frame(frames.GOAWAY, 0, 0, bytes(7)), frames.FRAME_SIZE_ERROR),
    "a window that grows by nothing": (frame(frames.WINDOW_UPDATE, 0, 0, bytes(4)), frames.PROTOCOL_ERROR),
    "a window cut off": (frame(frames.WINDOW_UPDATE, 0, 0, bytes(3)), frames.FRAME_SIZE_ERROR),
    "a window too large": (frame(frames.WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff"), frames.FLOW_CONTROL_ERROR),
    "a continuation of nothing": (frame(frames.CONTINUATION, 0, 1, b"x"), frames.PROTOCOL_ERROR),
    "a block with a ping in it": (
        frame(frames.HEADERS, 0, 1, b"\x88") + frame(frames.PING, 0, 0, bytes(8)),
        frames.PROTOCOL_ERROR,
    ),
    "a block that another stream goes on": (
        frame(frames.HEADERS, 0, 1, b"\x88") + frame(frames.CONTINUATION, 0, 3, b"x"),
        frames.PROTOCOL_ERROR,
    ),
    "a block without end": (
        frame(frames.HEADERS, 0, 1, bytes(16_000)) + frame(frames.CONTINUATION, 0, 1, bytes(16_000)),
        frames.ENHANCE_YOUR_CALM,
    ),
    "a continuation that brings nothing": (
        frame(frames.HEADERS, 0, 1, b"\x88") + frame(frames.CONTINUATION, 0, 1),
        frames.ENHANCE_YOUR_CALM,
    ),
    "a field of a table that we do not keep": (frame(frames.HEADERS, END, 1, b"\xbe"), frames.COMPRESSION_ERROR),
    "a frame larger than we allow": (frame(frames.DATA, 0, 1, bytes(16_385)), frames.FRAME_SIZE_ERROR),
}


@pytest.mark.parametrize(("said", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_the_connection_ends_and_the_peer_is_told_why(said: bytes, code: int) -> None:
    pair = Pair()
    pair.post(0)
    pair.post(1)
    pair.pump()
    with pytest.raises(Broken) as caught:
        pair.client.receive(said)
    assert caught.value.code == code
    assert bytes(pair.client.outgoing).endswith(GoAwayFrame(0, 0, code).serialize())
    assert pair.client.room == 0
    assert {answer.failure for _, answer in pair.client.lost("broken") if answer is not None} == {"reset"}


@pytest.mark.parametrize(
    "first",
    [frame(frames.PING, 0, 0, bytes(8)), frame(frames.SETTINGS, frames.ACK, 0), b"HTTP/1.1 400 Bad Request\r\n\r\n"],
    ids=["ping", "acknowledgement", "another protocol"],
)
def test_whatever_comes_before_the_settings_ends_it(first: bytes) -> None:
    with pytest.raises(Broken):
        Connection().receive(first)


MALFORMED = {
    "no status": b"\x00\x01x\x01y",
    "a status of two digits": b"\x08\x0220",
    "a status that is no number": b"\x08\x03abc",
    "a status after a field": b"\x00\x01x\x01y\x88",
    "two statuses": b"\x8d\x88",
    "a name in upper case": b"\x8d\x00\x01X\x01y",
    "an empty name": b"\x8d\x00\x00\x01y",
    "nothing": b"",
}


@pytest.mark.parametrize("block", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_answer_ends_its_exchange_alone(block: bytes) -> None:
    pair = Pair()
    one, two = pair.post(0), pair.post(1)
    pair.pump()
    ((key, answer),) = pair.client.receive(frame(frames.HEADERS, END, one, block))
    assert key == 0
    assert answer is not None
    assert (answer.status, answer.failure) == (0, "reset")
    assert frame(frames.RST_STREAM, 0, one, pack(">L", frames.PROTOCOL_ERROR)) in bytes(pair.client.outgoing)
    pair.pump()
    assert pair.answer(two)[0][0] == 1


@pytest.mark.parametrize(
    "said",
    [
        frame(frames.DATA, 0, 1, b"x"),
        frame(frames.HEADERS, END, 1, b"\x08\x03103"),
        frame(frames.HEADERS, frames.END_HEADERS, 1, b"\x88") * 2,
    ],
    ids=["a body before its status", "an interim answer that is the last", "trailers that are not the end"],
)
def test_frames_in_the_wrong_order_end_the_exchange_alone(said: bytes) -> None:
    pair = Pair()
    pair.post(0)
    pair.pump()
    ((_, answer),) = pair.client.receive(said)
    assert answer is not None
    assert answer.failure == "reset"
    assert not pair.client.draining


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_octets_end_it_or_mean_something(said: bytes) -> None:
    pair = Pair()
    pair.post(0)
    pair.pump()
    try:
        ended = pair.client.receive(said)
    except Broken:
        ended = pair.client.lost("broken")
    assert len(ended) + pair.client.busy == 1
