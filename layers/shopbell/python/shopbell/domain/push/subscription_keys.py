"""A browser's encryption keys as it reports them, checked once here so that nothing else meets bad ones."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.push.values import ReceiverKeys

POINT_LENGTH: Final = 65
SECRET_LENGTH: Final = 16

# NIST P-256 (FIPS 186-4 D.1.2.3): y² = x³ - 3x + b over the field of P elements; its group order is prime, so
# every point on the curve is in the right group
_P: Final = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_UNCOMPRESSED: Final = 4
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*={0,2}")


class BadKeys(Rejected):
    """The keys cannot be those of a browser; `reason` says why and never repeats them."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__((Problem(f"subscription.keys.{key}", reason),))
        self.reason = f"{key} {reason}"


def parse_receiver_keys(p256dh: str, auth: str) -> ReceiverKeys:
    """From `PushSubscription.toJSON().keys`: base64url with or without padding. Raises BadKeys."""
    point = _decode("p256dh", p256dh)
    if len(point) != POINT_LENGTH or point[0] != _UNCOMPRESSED:
        raise BadKeys("p256dh", "must be an uncompressed point of 65 bytes")
    if not on_curve(point):
        raise BadKeys("p256dh", "must be a point on P-256")
    secret = _decode("auth", auth)
    if len(secret) != SECRET_LENGTH:
        raise BadKeys("auth", "must be 16 bytes")
    return ReceiverKeys(point, secret)


def on_curve(point: bytes) -> bool:
    """Whether 65 bytes `04 x y` satisfy the curve's equation, with both coordinates inside the field."""
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    return x < _P and y < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0


def encode(key: bytes) -> str:
    """Base64url without padding, the form in which keys travel (RFC 7515 section 2)."""
    return urlsafe_b64encode(key).rstrip(b"=").decode()


def public_key(text: str) -> str:
    """A VAPID public key (RFC 8292 section 3.2) as browsers and stores write it; ValueError for anything else."""
    try:
        point = _decode("public_key", text)
    except BadKeys as exc:
        raise ValueError(exc.reason.partition(" ")[2]) from None
    if len(point) != POINT_LENGTH or point[0] != _UNCOMPRESSED or not on_curve(point):
        raise ValueError("must be 65 bytes, an uncompressed point on P-256")
    return encode(point)


def _decode(key: str, text: str) -> bytes:
    bare = text.rstrip("=")
    if not _BASE64URL.fullmatch(text) or len(bare) % 4 == 1:
        raise BadKeys(key, "must be base64url")
    decoded = urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    if encode(decoded) != bare:
        raise BadKeys(key, "must be base64url without stray bits")
    return decoded
