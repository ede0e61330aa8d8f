"""Browsers as a push service sees them: keys that it makes itself, so that it can read what it is given."""

import os
from dataclasses import dataclass, field

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

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


def new_receiver() -> Receiver:
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Receiver(ReceiverKeys(point, os.urandom(16)), private)
