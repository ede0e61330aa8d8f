"""Browsers as a push service sees them: it has their keys, so that it can read what it is given."""

import os
from dataclasses import dataclass, field

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shopbell.adapters.webpush.keys import load_private
from shopbell.domain.push.subscription_keys import SECRET_LENGTH, encode
from shopbell.domain.push.values import ReceiverKeys


@dataclass(frozen=True, slots=True)
class Receiver:
    """One subscription's keys, with the private half that a real service never has."""

    keys: ReceiverKeys
    private: ec.EllipticCurvePrivateKey = field(repr=False)

    def read(self, body: bytes) -> bytes:
        """Decrypt a body by http_ece; its ECEException or a ValueError if it was not made for this receiver."""
        return bytes(
            http_ece.decrypt(body, private_key=self.private, auth_secret=self.keys.auth, version="aes128gcm")
        )

    def to_json(self) -> dict[str, str]:
        """As `PushSubscription.toJSON().keys` says it."""
        return {"p256dh": encode(self.keys.p256dh), "auth": encode(self.keys.auth)}


def new_receiver() -> Receiver:
    return _receiver(ec.generate_private_key(ec.SECP256R1()), os.urandom(SECRET_LENGTH))


def given_receiver(private: bytes, auth: bytes) -> Receiver:
    """Of keys that somebody else made: PEM or 32 raw bytes, and 16 bytes. ValueError otherwise."""
    if len(auth) != SECRET_LENGTH:
        raise ValueError(f"auth is not {SECRET_LENGTH} bytes")
    return _receiver(load_private(private), auth)


def _receiver(private: ec.EllipticCurvePrivateKey, auth: bytes) -> Receiver:
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Receiver(ReceiverKeys(point, auth), private)
