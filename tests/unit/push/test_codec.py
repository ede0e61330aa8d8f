"""The codecs: the RFC's own example, every size, and one bad receiver among good ones."""

from base64 import urlsafe_b64decode
from typing import Final

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.adapters.webpush.codec import Aes128GcmCodec, seal
from shopbell.adapters.webpush.codec_pywebpush import PywebpushCodec
from shopbell.adapters.webpush.openssl import quickest
from shopbell.domain.push.payload import MAX_PLAINTEXT
from shopbell.domain.push.values import BadReceiver, ReceiverKeys
from shopbell.local.pushd.receivers import Receiver, new_receiver
from shopbell.ports import PushCodec


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(_bytes(text), "big"), ec.SECP256R1())


# RFC 8291 section 5 and Appendix A
PLAINTEXT: Final = b"When I grow up, I want to be a watermelon"
SENDER: Final = _private("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
BROWSER: Final = Receiver(
    ReceiverKeys(
        _bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        _bytes("BTBZMqHH6r4Tts7J_aSIgg"),
    ),
    _private("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"),
)
SALT: Final = _bytes("DGv6ra1nlYgDCS1FRnbzlw")
BODY: Final = _bytes(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
    "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
CODECS: Final = {
    "by cryptography": Aes128GcmCodec(),
    "the quickest here": Aes128GcmCodec(quickest()),
    "by pywebpush": PywebpushCodec(),
}
EDGES: Final = [1, 2, 15, 16, 17, 900, 2_600, MAX_PLAINTEXT - 1, MAX_PLAINTEXT]

each_codec = pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)


def test_the_rfcs_example_comes_out_byte_for_byte() -> None:
    assert seal(PLAINTEXT, BROWSER.keys, SENDER, SALT) == BODY


def test_the_reference_encryption_agrees_on_the_rfcs_example() -> None:
    theirs = http_ece.encrypt(
        PLAINTEXT, salt=SALT, private_key=SENDER, dh=BROWSER.keys.p256dh, auth_secret=BROWSER.keys.auth
    )
    assert theirs == BODY
    assert BROWSER.read(BODY) == PLAINTEXT


@each_codec
def test_the_rfcs_browser_reads_what_a_codec_makes(codec: PushCodec) -> None:
    (body,) = codec.encrypt([PLAINTEXT], [BROWSER.keys])
    assert isinstance(body, bytes)
    assert BROWSER.read(body) == PLAINTEXT


@each_codec
@pytest.mark.parametrize("size", EDGES)
def test_every_size_is_read_back_and_the_largest_fills_4096_bytes(codec: PushCodec, size: int) -> None:
    receiver, plaintext = new_receiver(), bytes(range(256)) * 16
    (body,) = codec.encrypt([plaintext[:size]], [receiver.keys])
    assert isinstance(body, bytes)
    assert len(body) == 103 + size <= 4_096
    assert receiver.read(body) == plaintext[:size]


@settings(max_examples=50)
@given(st.binary(max_size=MAX_PLAINTEXT))
def test_any_message_is_read_back(plaintext: bytes) -> None:
    (body,) = Aes128GcmCodec().encrypt([plaintext], [BROWSER.keys])
    assert isinstance(body, bytes)
    assert BROWSER.read(body) == plaintext


@each_codec
def test_no_two_messages_share_a_salt_or_an_ephemeral_key(codec: PushCodec) -> None:
    bodies = codec.encrypt([PLAINTEXT] * 50, [BROWSER.keys] * 50)
    heads = [body for body in bodies if isinstance(body, bytes)]
    assert len({body[:16] for body in heads}) == len({body[21:86] for body in heads}) == 50


@each_codec
@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        (b"\x04" + b"\x01" * 64, bytes(16)),
        (BROWSER.keys.p256dh[:-1], bytes(16)),
        (BROWSER.keys.p256dh + b"\0", bytes(16)),
        (b"\x02" + BROWSER.keys.p256dh[1:33], bytes(16)),
        (b"\x06" + BROWSER.keys.p256dh[1:], bytes(16)),
        (b"\x07" + BROWSER.keys.p256dh[1:], bytes(16)),
        (b"\x00", bytes(16)),
        (b"", bytes(16)),
        (BROWSER.keys.p256dh, b""),
        (BROWSER.keys.p256dh, bytes(15)),
        (BROWSER.keys.p256dh, bytes(17)),
    ],
    ids=lambda value: f"{len(value)} bytes {value[:1].hex()}",
)
def test_a_bad_receiver_spoils_only_its_own_message(codec: PushCodec, p256dh: bytes, auth: bytes) -> None:
    first, last = new_receiver(), new_receiver()
    made = codec.encrypt([b"one", b"two", b"three"], [first.keys, ReceiverKeys(p256dh, auth), last.keys])
    assert isinstance(made[0], bytes)
    assert isinstance(made[1], BadReceiver)
    assert isinstance(made[2], bytes)
    assert (first.read(made[0]), last.read(made[2])) == (b"one", b"three")
    assert made[1].reason


@each_codec
def test_what_is_too_large_is_refused_before_anything_is_made(codec: PushCodec) -> None:
    with pytest.raises(ValueError, match="at most 3993"):
        codec.encrypt([b"x", bytes(MAX_PLAINTEXT + 1)], [BROWSER.keys] * 2)


@each_codec
def test_each_message_needs_its_receiver(codec: PushCodec) -> None:
    with pytest.raises(ValueError, match="shorter"):
        codec.encrypt([b"x", b"y"], [BROWSER.keys])


def test_only_our_codec_has_a_form_for_an_empty_message() -> None:
    (body,) = Aes128GcmCodec().encrypt([b""], [BROWSER.keys])
    assert isinstance(body, bytes)
    assert BROWSER.read(body) == b""
    with pytest.raises(ValueError, match="empty"):
        PywebpushCodec().encrypt([b""], [BROWSER.keys])
