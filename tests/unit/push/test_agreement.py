"""Key agreement: what the browser computes too, a key pair for each message, and nothing for what is no point."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ctypes import CDLL
from importlib.util import find_spec
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from shopbell.adapters.webpush.agreement import CURVE, Agree, Agreed, agreed, by_cryptography
from shopbell.adapters.webpush.openssl import OpenSsl, proven, quickest
from shopbell.domain.push.subscription_keys import on_curve

P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
BROWSER: Final = ec.generate_private_key(CURVE)
POINT: Final = BROWSER.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
AGREEMENTS: Final[dict[str, Agree]] = {"by cryptography": by_cryptography, "the quickest here": quickest()}

each_agreement = pytest.mark.parametrize("agree", AGREEMENTS.values(), ids=AGREEMENTS)


def _small_point() -> tuple[bytes, bytes]:
    """A point whose x is small, and the same with the field's size added to it: congruent, and not allowed."""
    for x in range(1, 100):
        square = (x**3 - 3 * x + 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B) % P
        y = pow(square, (P + 1) // 4, P).to_bytes(32, "big")
        if on_curve(b"\x04" + x.to_bytes(32, "big") + y):
            return b"\x04" + x.to_bytes(32, "big") + y, b"\x04" + (P + x).to_bytes(32, "big") + y
    raise AssertionError("no point")


SMALL, BEYOND = _small_point()
NO_POINTS: Final = {
    "nothing": b"",
    "infinity": b"\x00",
    "infinity, filled up": bytes(65),
    "the origin": b"\x04" + bytes(64),
    "off the curve": POINT[:-1] + bytes([POINT[-1] ^ 1]),
    "beyond the field": BEYOND,
    "compressed": bytes([2 + POINT[-1] % 2]) + POINT[1:33],
    "compressed, filled up": bytes([2 + POINT[-1] % 2]) + POINT[1:],
    "hybrid": bytes([6 + POINT[-1] % 2]) + POINT[1:],
    "cut off": POINT[:-1],
    "too long": POINT + b"\0",
}


@each_agreement
def test_the_browser_computes_the_same_secret(agree: Agree) -> None:
    for found in agree([POINT] * 20):
        assert found is not None
        ours, secret = found
        assert on_curve(ours)
        assert agreed(ours, BROWSER)[1] == secret


@each_agreement
def test_each_message_has_a_key_pair_of_its_own_from_batch_to_batch(agree: Agree) -> None:
    found = [one for _ in range(3) for one in agree([POINT] * 50) if one is not None]
    assert len({ours for ours, _ in found}) == len({secret for _, secret in found}) == 150


@each_agreement
@pytest.mark.parametrize("bad", NO_POINTS.values(), ids=NO_POINTS)
def test_what_is_no_uncompressed_point_on_the_curve_gets_none_and_spoils_no_other(agree: Agree, bad: bytes) -> None:
    first, none, last = agree([POINT, bad, POINT])
    assert none is None
    assert None not in (first, last)


@each_agreement
def test_a_point_with_a_small_coordinate_is_one(agree: Agree) -> None:
    assert agree([SMALL]) != [None]


@each_agreement
def test_an_empty_batch_is_none_of_work(agree: Agree) -> None:
    assert list(agree([])) == []


@each_agreement
def test_calls_may_overlap_in_threads(agree: Agree) -> None:
    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(agree, [[POINT] * 50] * 16))
    found = [one for batch in batches for one in batch if one is not None]
    assert len({ours for ours, _ in found}) == 800
    assert all(agreed(ours, BROWSER)[1] == secret for ours, secret in found)


def test_a_refused_point_leaves_no_error_behind_that_a_tls_connection_would_take_for_its_own() -> None:
    found = find_spec("_hashlib")
    if found is None or found.origin is None or not isinstance(agree := quickest(), OpenSsl):
        pytest.skip("Python has no shared OpenSSL here")
    assert agree([NO_POINTS["off the curve"]]) == [None]
    assert CDLL(found.origin)["ERR_peek_error"]() == 0


def test_a_library_without_the_functions_is_left_alone() -> None:
    found = find_spec("_ctypes")
    assert found is not None
    assert found.origin is not None
    with pytest.raises(AttributeError):
        OpenSsl(CDLL(found.origin))
    assert quickest(found.origin) is by_cryptography
    assert quickest("/no/such/library.so") is by_cryptography


def _always_the_same(points: Sequence[bytes]) -> list[Agreed | None]:
    own = ec.generate_private_key(CURVE)
    return [agreed(point, own) if on_curve(point) else None for point in points]


LIARS: Final[dict[str, Agree]] = {
    "a wrong secret": lambda points: [one and (one[0], bytes(32)) for one in by_cryptography(points)],
    "one key pair for all": _always_the_same,
    "anything is a point": lambda points: [one or (POINT, bytes(32)) for one in by_cryptography(points)],
    "nothing is a point": lambda points: [None] * len(points),
}


@pytest.mark.parametrize("agree", LIARS.values(), ids=LIARS)
def test_what_disagrees_with_cryptography_is_not_used(agree: Agree) -> None:
    assert not proven(agree)


@each_agreement
def test_what_is_used_is_proven(agree: Agree) -> None:
    assert proven(agree)
