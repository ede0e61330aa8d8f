"""A connection against a strict server: requests that break no rule, answers in every form, windows and limits."""

import pytest
from h2.events import PingAckReceived, SettingsAcknowledged, StreamReset
from h2.settings import SettingCodes
from hpack import Encoder
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.adapters.webpush.http2 import frames
from shopbell.domain.push.values import PushAnswer

from tests.unit.push.http2.peers import AUTHORITY, HEADERS, Asked, Pair


def block(*said: tuple[str, str]) -> bytes:
    peer = Encoder()
    peer.header_table_size = 0
    return peer.encode(said)


CREATED = block((":status", "201"), ("location", "https://push.example.net/m/1"))


def test_a_request_has_every_field_in_its_place_and_its_whole_body() -> None:
    pair = Pair()
    for key in range(120):
        stream = pair.post(key, b"x" * key)
        pair.pump()
        first = [(":method", "POST"), (":scheme", "https"), (":authority", AUTHORITY), (":path", f"/push/{key}")]
        said = [(name.lower(), value) for name, value in HEADERS.items()]
        assert pair.asked[stream] == Asked([*first, *said, ("content-length", str(key))], b"x" * key, whole=True)
        assert pair.answer(stream) == [(key, PushAnswer(201))]


def test_answers_may_come_in_any_order_and_the_headers_of_a_refusal_are_read() -> None:
    pair = Pair()
    one, two, three = (pair.post(key) for key in range(3))
    pair.pump()
    assert pair.answer(three, 410, body=b"gone") == [(2, PushAnswer(410, "gone"))]
    retry = {"retry-after": "120", "x-own": "a b"}
    assert pair.answer(one, 429, [("retry-after", "120"), ("x-own", "a b")]) == [(0, PushAnswer(429, "", retry))]
    assert pair.answer(two, 201, [("location", "https://push.example.net/m/1")]) == [(1, PushAnswer(201))]
    assert pair.client.busy == 0


@pytest.mark.parametrize("window", [0, 1, 100, 1_499])
def test_a_body_larger_than_the_window_is_poured_as_it_opens(window: int) -> None:
    pair = Pair({SettingCodes.INITIAL_WINDOW_SIZE: window}, acknowledges=False)
    stream = pair.post(0, bytes(range(256)) * 6)
    pair.pump()
    while not pair.asked[stream].whole:
        assert len(pair.asked[stream].body) <= 1_536
        pair.server.increment_flow_control_window(400, stream)
        pair.pump()
    assert pair.asked[stream].body == bytes(range(256)) * 6
    assert pair.answer(stream) == [(0, PushAnswer(201))]


def test_the_window_of_the_connection_holds_for_all_bodies_together() -> None:
    pair = Pair(acknowledges=False)
    streams = [pair.post(key, bytes(4_096)) for key in range(40)]
    pair.pump()
    assert sum(len(asked.body) for asked in pair.asked.values()) == 65_535
    pair.server.increment_flow_control_window(200_000)
    pair.pump()
    assert all(pair.asked[stream].whole for stream in streams)


def test_a_window_that_the_settings_change_moves_for_streams_under_way() -> None:
    pair = Pair({SettingCodes.INITIAL_WINDOW_SIZE: 100}, acknowledges=False)
    stream = pair.post(0, bytes(300))
    pair.pump()
    pair.server.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 50})
    pair.pump()
    assert len(pair.asked[stream].body) == 100
    pair.server.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 1_000})
    pair.pump()
    assert pair.asked[stream].whole


def test_an_answer_before_the_body_is_whole_ends_it() -> None:
    pair = Pair({SettingCodes.INITIAL_WINDOW_SIZE: 100}, acknowledges=False)
    stream = pair.post(0, bytes(300))
    pair.pump()
    assert pair.answer(stream, 413) == [(0, PushAnswer(413))]
    assert [event.stream_id for event in pair.events if isinstance(event, StreamReset)] == [stream]


def test_there_is_no_room_before_the_settings_and_later_as_much_as_they_say() -> None:
    pair = Pair({SettingCodes.MAX_CONCURRENT_STREAMS: 3})
    assert type(pair.client)().room == 0
    assert pair.client.room == 3
    stream = pair.post(0)
    pair.pump()
    assert pair.client.room == 2
    pair.server.update_settings({SettingCodes.MAX_CONCURRENT_STREAMS: 1})
    pair.pump()
    assert pair.client.room == 0
    pair.answer(stream)
    assert pair.client.room == 1


@pytest.mark.parametrize("size", [0, 64, 1_000, 65_536])
def test_the_table_is_kept_to_the_size_that_the_peer_gives(size: int) -> None:
    pair = Pair({SettingCodes.HEADER_TABLE_SIZE: size})
    for key in range(10):
        pair.post(key, headers={**HEADERS, "TTL": str(key // 3)})
        pair.pump()
    assert all(asked.whole for asked in pair.asked.values())
    assert len(pair.asked) == 10


def test_settings_and_pings_are_acknowledged() -> None:
    pair = Pair()
    pair.server.ping(b"12345678")
    pair.pump()
    found = [type(event) for event in pair.events]
    assert SettingsAcknowledged in found
    assert [event.ping_data for event in pair.events if isinstance(event, PingAckReceived)] == [b"12345678"]


def test_interim_answers_and_trailers_are_passed_over() -> None:
    pair = Pair()
    stream = pair.post(0)
    pair.pump()
    interim = [HeadersFrame(stream, block((":status", "103")), flags=["END_HEADERS"])] * 2
    assert pair.hears(*interim, HeadersFrame(stream, CREATED, flags=["END_HEADERS"])) == []
    trailers = HeadersFrame(stream, block(("x-sum", "1")), flags=["END_HEADERS", "END_STREAM"])
    assert pair.hears(DataFrame(stream, b"ok"), trailers) == [(0, PushAnswer(201, "ok"))]


def test_padding_priorities_and_continuations_are_read() -> None:
    pair = Pair()
    stream = pair.post(0)
    pair.pump()
    head = HeadersFrame(stream, CREATED[:3], flags=["PADDED", "PRIORITY"], pad_length=7, depends_on=0)
    rest = [ContinuationFrame(stream, CREATED[3:5]), ContinuationFrame(stream, CREATED[5:], flags=["END_HEADERS"])]
    body = DataFrame(stream, b"ok", flags=["PADDED", "END_STREAM"], pad_length=200)
    assert pair.hears(head, *rest, PriorityFrame(stream, depends_on=0), body) == [(0, PushAnswer(201, "ok"))]


def test_frames_of_unknown_kinds_are_passed_over() -> None:
    pair = Pair()
    stream = pair.post(0)
    pair.pump()
    assert pair.client.receive(frames.frame(0xBE, 0xFF, stream, b"what")) == []
    assert pair.answer(stream) == [(0, PushAnswer(201))]


def test_a_farewell_gives_back_what_was_not_looked_at_and_the_rest_is_answered() -> None:
    pair = Pair()
    first, *_ = [pair.post(key) for key in range(3)]
    pair.pump()
    assert pair.hears(GoAwayFrame(0, last_stream_id=first)) == [(1, None), (2, None)]
    assert pair.client.room == 0
    created = HeadersFrame(first, CREATED, flags=["END_HEADERS", "END_STREAM"])
    assert pair.hears(created) == [(0, PushAnswer(201))]


def test_what_is_refused_comes_back_and_what_is_reset_has_an_unknown_fate() -> None:
    pair = Pair()
    one, two, three = (pair.post(key) for key in range(3))
    pair.pump()
    assert pair.hears(RstStreamFrame(one, error_code=frames.REFUSED_STREAM)) == [(0, None)]
    ((key, answer),) = pair.hears(RstStreamFrame(two, error_code=2))
    assert (key, answer and (answer.status, answer.failure)) == (1, (0, "reset"))
    begun = HeadersFrame(three, block((":status", "500")), flags=["END_HEADERS"])
    ((_, answer),) = pair.hears(begun, RstStreamFrame(three, error_code=2))
    assert answer == PushAnswer(500, "", {}, "reset")


def test_http1_where_it_is_required() -> None:
    pair = Pair()
    stream = pair.post(0)
    pair.pump()
    assert pair.hears(RstStreamFrame(stream, error_code=frames.HTTP_1_1_REQUIRED)) == [(0, None)]
    assert pair.client.http1_wanted
    assert pair.client.room == 0


def test_of_a_huge_answer_4_kb_are_read_and_the_stream_is_given_up() -> None:
    pair = Pair()
    stream = pair.post(0)
    pair.pump()
    head = HeadersFrame(stream, block((":status", "400")), flags=["END_HEADERS"])
    ended = pair.hears(head, DataFrame(stream, b"x" * 4_000), DataFrame(stream, b"y" * 4_000))
    assert ended == [(0, PushAnswer(400, "x" * 4_000 + "y" * 96, {}, "too_large"))]
    assert pair.hears(DataFrame(stream, b"z" * 8_000)) == []


def test_what_the_server_may_send_is_renewed_as_it_is_used() -> None:
    pair = Pair()
    for key in range(600):
        stream = pair.post(key)
        pair.pump()
        assert pair.answer(stream, 400, body=b"x" * 4_000) == [(key, PushAnswer(400, "x" * 4_000))]


def test_a_connection_that_breaks_leaves_what_was_under_way_unknown() -> None:
    pair = Pair()
    pair.post(0)
    pair.post(1)
    assert pair.client.lost("gone") == [(key, PushAnswer(0, "gone", {}, "reset")) for key in range(2)]
    assert pair.client.room == 0


def test_an_exchange_that_is_given_up_is_told_to_the_server() -> None:
    pair = Pair()
    one, two = pair.post(0), pair.post(1)
    pair.pump()
    ((_, answer),) = pair.client.cancel(0, "timeout")
    assert answer is not None
    assert (answer.status, answer.failure) == (0, "timeout")
    pair.pump()
    assert [event.stream_id for event in pair.events if isinstance(event, StreamReset)] == [one]
    late = HeadersFrame(one, CREATED, flags=["END_HEADERS", "END_STREAM"])
    assert pair.hears(late) == []
    assert pair.answer(two) == [(1, PushAnswer(201))]


@settings(max_examples=100)
@given(st.lists(st.integers(1, 40), max_size=30))
def test_it_does_not_matter_where_what_comes_is_cut(sizes: list[int]) -> None:
    pair = Pair()
    for key in range(3):
        pair.post(key)
    pair.pump()
    said: list[Frame] = [SettingsFrame(settings={3: 50}), PingFrame(opaque_data=bytes(8)), WindowUpdateFrame(1, 9)]
    for stream in (5, 1, 3):
        said += [HeadersFrame(stream, CREATED, flags=["END_HEADERS"]), DataFrame(stream, b"ok", flags=["END_STREAM"])]
    octets, ended = b"".join(frame.serialize() for frame in said), []
    for size in sizes:
        ended += pair.client.receive(octets[:size])
        octets = octets[size:]
    ended += pair.client.receive(octets)
    assert ended == [(key, PushAnswer(201, "ok")) for key in (2, 0, 1)]
