"""Receiver keys: the browser's own pass, anything else is refused before it is stored."""

from base64 import b64encode, urlsafe_b64encode
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.push.subscription_keys import BadKeys, encode, on_curve, parse_receiver_keys

# RFC 8291 Appendix A
P256DH: Final = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH: Final = "BTBZMqHH6r4Tts7J_aSIgg"
ON_NO_CURVE: Final = encode(b"\x04" + b"\x01" * 64)
FIELD: Final = (1 << 256) - (1 << 224) + (1 << 192) + (1 << 96) - 1


def _point(scalar: int) -> bytes:
    key = ec.derive_private_key(scalar, ec.SECP256R1()).public_key()
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@pytest.mark.parametrize("padding", ["", "=", "=="])
def test_a_browsers_keys_pass_with_and_without_padding(padding: str) -> None:
    keys = parse_receiver_keys(P256DH + padding, AUTH + padding)
    assert (encode(keys.p256dh), encode(keys.auth)) == (P256DH, AUTH)


@pytest.mark.parametrize(
    ("p256dh", "auth", "key"),
    [
        ("", AUTH, "p256dh"),
        (P256DH[:-1], AUTH, "p256dh"),
        (P256DH + "A", AUTH, "p256dh"),
        (P256DH[:-1] + "5", AUTH, "p256dh"),
        ("A" + P256DH[1:], AUTH, "p256dh"),
        (encode(b"\x02" + _point(7)[1:33]), AUTH, "p256dh"),
        (encode(b"\x06" + _point(7)[1:]), AUTH, "p256dh"),
        (ON_NO_CURVE, AUTH, "p256dh"),
        (encode(b"\x04" + bytes(64)), AUTH, "p256dh"),
        (encode(b"\x04" + b"\xff" * 64), AUTH, "p256dh"),
        (P256DH.replace("_", "/").replace("-", "+"), AUTH, "p256dh"),
        (b64encode(_point(3)).decode().replace("A", "+"), AUTH, "p256dh"),
        (P256DH[:40] + " " + P256DH[41:], AUTH, "p256dh"),
        (P256DH[:40] + "é" + P256DH[41:], AUTH, "p256dh"),
        (P256DH + "===", AUTH, "p256dh"),
        (P256DH, "", "auth"),
        (P256DH, encode(bytes(15)), "auth"),
        (P256DH, encode(bytes(17)), "auth"),
        (P256DH, AUTH[:-1] + "h", "auth"),
        (P256DH, "not base64url!", "auth"),
    ],
)
def test_keys_that_no_browser_has_are_refused_with_their_name(p256dh: str, auth: str, key: str) -> None:
    with pytest.raises(BadKeys) as refused:
        parse_receiver_keys(p256dh, auth)
    assert refused.value.problems[0].path == f"subscription.keys.{key}"


@given(st.integers(min_value=1, max_value=(1 << 255)))
def test_every_point_of_the_group_is_on_the_curve_and_its_neighbours_are_not(scalar: int) -> None:
    point = _point(scalar)
    assert on_curve(point)
    assert not on_curve(point[:-1] + bytes([point[-1] ^ 1]))


def test_a_coordinate_outside_the_field_is_refused_although_the_equation_holds() -> None:
    # x = 5 has a point; x + p satisfies the equation modulo p as well, and is a second name for it
    x = 5
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    y = pow(x**3 - 3 * x + b, (FIELD + 1) // 4, FIELD)
    assert on_curve(b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big"))
    assert not on_curve(b"\x04" + (x + FIELD).to_bytes(32, "big") + y.to_bytes(32, "big"))


def test_keys_are_in_no_text_that_could_be_logged() -> None:
    keys = parse_receiver_keys(P256DH, AUTH)
    assert repr(keys) == "ReceiverKeys()"
    with pytest.raises(BadKeys) as refused:
        parse_receiver_keys(ON_NO_CURVE, AUTH)
    assert ON_NO_CURVE not in f"{refused.value}"
    assert urlsafe_b64encode(keys.auth).decode()[:8] not in f"{refused.value}"
