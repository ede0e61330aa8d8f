"""Message encryption for Web Push (RFC 8291) in one record of aes128gcm (RFC 8188), on `cryptography`."""

import os
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shopbell.adapters.webpush.agreement import Agree, Agreed, agreed, by_cryptography
from shopbell.domain.push.payload import MAX_PLAINTEXT
from shopbell.domain.push.subscription_keys import POINT_LENGTH, SECRET_LENGTH
from shopbell.domain.push.values import BadReceiver, ReceiverKeys

SALT_LENGTH: Final = 16

# RFC 8188 section 2.1: record size 4,096, then the length of the key id, which is the sender's point
_RECORD_HEADER: Final = (4_096).to_bytes(4, "big") + b"\x41"
_LAST_RECORD: Final = b"\x02"
# HKDF-Expand for one block (RFC 5869 section 2.3) is an HMAC over the info and the byte 1
_BLOCK: Final = b"\x01"
_KEY_INFO: Final = b"WebPush: info\0"
_HASH_BLOCK: Final = 64
_INNER: Final = bytes(octet ^ 0x36 for octet in range(256))
_OUTER: Final = bytes(octet ^ 0x5C for octet in range(256))
_CEK_INFO: Final = b"Content-Encoding: aes128gcm\0" + _BLOCK
_NONCE_INFO: Final = b"Content-Encoding: nonce\0" + _BLOCK


class Aes128GcmCodec:
    """The default PushCodec: a fresh ephemeral key and salt for every message, as RFC 8291 section 3 demands."""

    def __init__(self, agree: Agree = by_cryptography) -> None:
        self._agree = agree

    def encrypt(self, plaintexts: Sequence[bytes], keys: Sequence[ReceiverKeys]) -> Sequence[bytes | BadReceiver]:
        check_sizes(plaintexts)
        found = self._agree([one.p256dh for one in keys])
        return [
            _encrypt(plaintext, receiver, pair)
            for plaintext, receiver, pair in zip(plaintexts, keys, found, strict=True)
        ]


def seal(plaintext: bytes, receiver: ReceiverKeys, sender: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """The body of the POST. `sender` and `salt` must never serve twice; ValueError if `p256dh` is no point."""
    return _sealed(plaintext, receiver, agreed(receiver.p256dh, sender), salt)


def check_sizes(plaintexts: Sequence[bytes]) -> None:
    """ValueError before anything is encrypted: `domain.push.payload` makes nothing larger, so it is our fault."""
    if any(len(plaintext) > MAX_PLAINTEXT for plaintext in plaintexts):
        raise ValueError(f"a plaintext holds at most {MAX_PLAINTEXT} bytes")


def misshapen(receiver: ReceiverKeys) -> BadReceiver | None:
    """Keys of the wrong length: libraries would take a compressed point, which the info of RFC 8291 3.4 does not."""
    if len(receiver.p256dh) != POINT_LENGTH:
        return BadReceiver("p256dh is not 65 bytes")
    if len(receiver.auth) != SECRET_LENGTH:
        return BadReceiver("auth is not 16 bytes")
    return None


def _encrypt(plaintext: bytes, receiver: ReceiverKeys, found: Agreed | None) -> bytes | BadReceiver:
    if (bad := misshapen(receiver)) is not None:
        return bad
    if found is None:
        return BadReceiver("p256dh is not a point on P-256")
    return _sealed(plaintext, receiver, found, os.urandom(SALT_LENGTH))


def _sealed(plaintext: bytes, receiver: ReceiverKeys, found: Agreed, salt: bytes) -> bytes:
    ours, shared = found
    info = b"".join((_KEY_INFO, receiver.p256dh, ours, _BLOCK))
    secret = _hmac(*_pads(_hmac(*_pads(receiver.auth), shared)), info)
    inner, outer = _pads(_hmac(*_pads(salt), secret))
    key, nonce = _hmac(inner, outer, _CEK_INFO)[:16], _hmac(inner, outer, _NONCE_INFO)[:12]
    record = AESGCM(key).encrypt(nonce, plaintext + _LAST_RECORD, None)
    return b"".join((salt, _RECORD_HEADER, ours, record))


def _pads(key: bytes) -> tuple[bytes, bytes]:
    """What HMAC puts before a text and before its hash, for keys of at most 64 bytes (RFC 2104 section 2)."""
    block = key.ljust(_HASH_BLOCK, b"\0")
    return block.translate(_INNER), block.translate(_OUTER)


def _hmac(inner: bytes, outer: bytes, message: bytes) -> bytes:
    """RFC 2104 on SHA-256: hmac.digest takes twice as long to look its digest up."""
    return sha256(outer + sha256(inner + message).digest()).digest()
