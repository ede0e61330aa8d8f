"""Header compression against the hpack library: what one side writes the other reads, whatever the table's size."""

import pytest
from hpack import Decoder, Encoder
from hpack.exceptions import HPACKDecodingError
from hpack.huffman_table import decode_huffman
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.adapters.webpush.http2 import huffman
from shopbell.adapters.webpush.http2.reading import BadFields, fields, quick_status
from shopbell.adapters.webpush.http2.static import STATIC
from shopbell.adapters.webpush.http2.writing import Writer

TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=300)
NAMES = st.sampled_from(["Authorization", "TTL", "Urgency", "Topic", "Content-Type", "X-Own"])
REQUESTS = st.lists(
    st.one_of(
        st.dictionaries(NAMES, st.one_of(st.sampled_from(["a", "b" * 100, "c" * 2_000]), TEXT), max_size=6),
        st.sampled_from([0, 31, 64, 200, 1_000, 4_096, 65_536]),
    ),
    max_size=30,
)


@settings(max_examples=200)
@given(REQUESTS)
def test_whatever_is_said_and_forgotten_the_peer_reads_what_was_meant(said: list[dict[str, str] | int]) -> None:
    writer, peer = Writer(), Decoder()
    for number, one in enumerate(said):
        if isinstance(one, int):
            writer.resize(one)
            peer.max_allowed_table_size = max(one, peer.header_table_size)
            continue
        path = f"/push/{number}"
        block = writer.block("push.example.net", path, one, number)
        assert peer.header_table.maxsize <= 4_096
        assert [(str(n), str(v)) for n, v in peer.decode(block)] == [
            (":method", "POST"),
            (":scheme", "https"),
            (":authority", "push.example.net"),
            (":path", path),
            *((name.lower(), value) for name, value in one.items()),
            ("content-length", str(number)),
        ]


def test_what_is_said_to_all_costs_an_octet_from_the_third_time_on() -> None:
    writer = Writer()
    headers = {"Authorization": "x" * 300, "TTL": "86400", "Urgency": "normal", "Topic": "a" * 32}
    sizes = [len(writer.block("push.example.net", "/x", headers, 900)) for _ in range(4)]
    assert sizes[0] > 300
    # method, scheme, authority and the four, an octet each; then the path and the length
    assert sizes[2] == sizes[3] == 7 + len(b"\x04\x02/x") + len(b"\x0f\x0d\x03900")


def test_topics_that_differ_do_not_drive_out_the_signature() -> None:
    writer = Writer()
    blocks = [
        writer.block("push.example.net", "/x", {"Authorization": "x" * 300, "Topic": f"{number:032}"}, 900)
        for number in range(200)
    ]
    assert max(map(len, blocks[2:])) < 60


@given(
    st.lists(st.tuples(st.sampled_from([*(name for name, _ in STATIC[14:]), "x-own"]), TEXT), max_size=12),
    st.integers(100, 599),
    st.booleans(),
)
def test_an_answer_is_read_as_it_was_meant(said: list[tuple[str, str]], status: int, coded: bool) -> None:
    peer = Encoder()
    peer.header_table_size = 0
    for _ in range(2):
        block = peer.encode([(":status", str(status)), *said], huffman=coded)
        assert fields(block) == [(":status", str(status)), *said]
        assert quick_status(block) == status


@pytest.mark.parametrize(
    "block",
    [
        b"\xbe",
        b"\x80",
        b"\x48",
        b"\x48\x03",
        b"\x48\x0320",
        b"\x3f\xe1\x1f",
        b"\x88\x20",
        b"\xff\xff\xff\xff\xff\xff",
        b"\x48\x82\x00",
        b"\x40",
        b"\x08\x84\xff\xff\xff\xff",
        b"\x7f",
    ],
    ids=lambda block: block.hex(),
)
def test_what_is_no_header_block_is_refused(block: bytes) -> None:
    with pytest.raises(BadFields):
        fields(block)


@settings(max_examples=500)
@given(st.binary(max_size=60))
def test_any_octets_are_read_or_refused(block: bytes) -> None:
    status = quick_status(block)
    assert status == 0 or 100 <= status < 600
    try:
        found = fields(block)
    except BadFields:
        return
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in found)


@settings(max_examples=500)
@given(st.binary(max_size=40))
def test_coded_text_is_read_as_the_library_reads_it_or_refused_by_both(coded: bytes) -> None:
    try:
        expected: bytes | None = decode_huffman(coded)
    except HPACKDecodingError:
        expected = None
    try:
        found: bytes | None = huffman.decode(coded)
    except huffman.BadHuffman:
        found = None
    assert found == expected
