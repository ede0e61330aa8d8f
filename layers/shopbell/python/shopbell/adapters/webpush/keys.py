"""VAPID key pairs: made, read back and published (RFC 8292 section 3.2)."""

from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from shopbell.domain.push.subscription_keys import encode

RAW_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class VapidPair:
    """`private_pem` is PKCS#8 and goes to the secret store; `public_key` is what a browser subscribes with."""

    private_pem: bytes = field(repr=False)
    public_key: str
    """65 bytes, uncompressed point, base64url without padding."""


def generate() -> VapidPair:
    """A new pair."""
    return _pair(ec.generate_private_key(ec.SECP256R1()))


def pair_of(private: bytes) -> VapidPair:
    """The pair of a private key given as PEM or as 32 raw bytes, such as one brought from another provider.

    ValueError, which never repeats the key, if it is neither or not on P-256.
    """
    return _pair(load_private(private))


def load_private(private: bytes) -> ec.EllipticCurvePrivateKey:
    """PEM or 32 raw bytes; ValueError otherwise."""
    try:
        if len(private) == RAW_LENGTH:
            return ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1())
        key = load_pem_private_key(private, password=None)
    except (ValueError, TypeError):
        raise ValueError("is no private key in PEM or raw form") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("is no private key on P-256")  # noqa: TRY004 - a key, but of another kind
    return key


def _pair(key: ec.EllipticCurvePrivateKey) -> VapidPair:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return VapidPair(pem, encode(point))
