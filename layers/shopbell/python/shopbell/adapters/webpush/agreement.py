"""The key pair of one message, and the secret that it shares with a browser's key (RFC 8291 section 3.1)."""

from collections.abc import Callable, Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shopbell.domain.push.subscription_keys import POINT_LENGTH

CURVE: Final = ec.SECP256R1()

Agreed = tuple[bytes, bytes]
"""(our public key: 65 bytes, uncompressed; the secret: 32 bytes)."""
Agree = Callable[[Sequence[bytes]], Sequence[Agreed | None]]
"""For each browser's point of 65 bytes a key pair of its own; None if that is no uncompressed point on P-256."""

UNCOMPRESSED: Final = 4
"""What such a point begins with (SEC 1 section 2.3.3)."""

_ECDH: Final = ec.ECDH()


def shaped(point: bytes) -> bool:
    """Whether it has the length and the first octet of an uncompressed point; libraries take other forms too."""
    return len(point) == POINT_LENGTH and point[0] == UNCOMPRESSED


def by_cryptography(points: Sequence[bytes]) -> list[Agreed | None]:
    """An `Agree` that works everywhere."""
    return [_fresh(point) if shaped(point) else None for point in points]


def agreed(point: bytes, sender: ec.EllipticCurvePrivateKey) -> Agreed:
    """With a key pair that is given; ValueError if `point` is none."""
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    ours = sender.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return ours, sender.exchange(_ECDH, theirs)


def _fresh(point: bytes) -> Agreed | None:
    try:
        return agreed(point, ec.generate_private_key(CURVE))
    except ValueError:
        return None
