"""VAPID keys and signatures: verified by other hands, reused for half a day, never shared and never printed."""

from base64 import urlsafe_b64decode
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from shopbell.adapters.webpush.keys import VapidPair, generate, pair_of
from shopbell.adapters.webpush.vapid import SigningKey, VapidSigner
from shopbell.domain.clock import HOUR, MINUTE
from shopbell.local.pushd.checks import Claims, Objection, check_vapid

NOW: Final = 1_800_000_000_000
FCM: Final = "https://fcm.googleapis.com"
APPLE: Final = "https://web.push.apple.com"
SUBJECT: Final = "mailto:ops@shop.example"
PAIR: Final = generate()
KEY: Final = SigningKey(PAIR.private_pem, SUBJECT)


def _public(pair: VapidPair) -> bytes:
    return urlsafe_b64decode(pair.public_key + "=")


def _check(header: str, origin: str, now: int = NOW) -> Claims:
    return check_vapid(header, origin, _public(PAIR), now)


def test_a_signature_is_verified_by_other_hands() -> None:
    said = _check(VapidSigner().authorization(FCM, KEY, NOW), FCM)
    assert (said.audience, said.expires, said.subject) == (FCM, NOW + 12 * HOUR, SUBJECT)


def test_two_services_in_one_process_each_get_their_own_audience() -> None:
    signer = VapidSigner()
    for origin in (FCM, APPLE, FCM):
        assert _check(signer.authorization(origin, KEY, NOW), origin).audience == origin
    with pytest.raises(Objection):
        _check(signer.authorization(FCM, KEY, NOW), APPLE)


def test_keys_and_contacts_never_share_a_signature() -> None:
    signer, other = VapidSigner(), SigningKey(generate().private_pem, SUBJECT)
    renamed = SigningKey(PAIR.private_pem, "https://shop.example/contact?topic=push")
    headers = [signer.authorization(FCM, key, NOW) for key in (KEY, other, renamed)]
    assert len(set(headers)) == 3
    assert _check(headers[2], FCM).subject == renamed.subject


@pytest.mark.parametrize(
    ("later", "same"),
    [(0, True), (11 * HOUR, True), (11 * HOUR + 31 * MINUTE, False), (-20 * MINUTE, True), (-2 * HOUR, False)],
)
def test_a_signature_is_reused_until_half_an_hour_before_its_end(later: int, *, same: bool) -> None:
    signer = VapidSigner()
    first, second = signer.authorization(FCM, KEY, NOW), signer.authorization(FCM, KEY, NOW + later)
    assert (first == second) == same
    assert _check(second, FCM, NOW + later).expires > NOW + later + 30 * MINUTE


def test_a_flood_of_origins_does_not_fill_the_memory() -> None:
    signer = VapidSigner()
    for number in range(5_000):
        signer.authorization(f"https://{number}.notify.windows.com", KEY, NOW)
    assert len(signer._signatures) <= 4_096


def test_a_pair_is_read_back_from_pem_and_from_raw_bytes() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    raw = key.private_numbers().private_value.to_bytes(32, "big")
    pair = pair_of(raw)
    assert pair_of(pair.private_pem) == pair
    assert len(_public(pair)) == 65
    assert _public(pair)[0] == 4
    signer = VapidSigner()
    for private in (raw, pair.private_pem):
        header = signer.authorization(FCM, SigningKey(private, SUBJECT), NOW)
        check_vapid(header, FCM, _public(pair), NOW)


def _pem(curve: ec.EllipticCurve) -> bytes:
    key = ec.generate_private_key(curve)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    "private",
    [b"", b"canary", bytes(32), b"\xff" * 32, b"-----BEGIN PRIVATE KEY-----\ncanary\n", _pem(ec.SECP384R1())],
    ids=["empty", "text", "zero", "beyond the order", "broken PEM", "another curve"],
)
def test_what_is_no_key_is_refused_without_repeating_it(private: bytes) -> None:
    with pytest.raises(ValueError, match="is no private key") as refused:
        pair_of(private)
    assert "canary" not in f"{refused.value!r}"
    assert refused.value.__cause__ is None


def test_no_private_key_is_printed() -> None:
    assert "PRIVATE" not in f"{PAIR!r} {KEY!r}"
