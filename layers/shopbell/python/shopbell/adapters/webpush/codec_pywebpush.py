"""The reference codec: the same messages made by pywebpush, against which every other form is checked."""

from collections.abc import Sequence

from pywebpush import WebPusher, WebPushException

from shopbell.adapters.webpush.codec import check_sizes, misshapen
from shopbell.domain.push.subscription_keys import encode
from shopbell.domain.push.values import BadReceiver, ReceiverKeys


class PywebpushCodec:
    """A PushCodec that leaves all of RFC 8291 to pywebpush.

    It has no form for an empty message: ValueError, before anything is encrypted.
    """

    def encrypt(self, plaintexts: Sequence[bytes], keys: Sequence[ReceiverKeys]) -> Sequence[bytes | BadReceiver]:
        check_sizes(plaintexts)
        if not all(plaintexts):
            raise ValueError("pywebpush cannot encrypt an empty message")
        return [_encrypt(plaintext, receiver) for plaintext, receiver in zip(plaintexts, keys, strict=True)]


def _encrypt(plaintext: bytes, receiver: ReceiverKeys) -> bytes | BadReceiver:
    # its own check of the point joins two conditions by `and`, so that a short one passes it
    if (bad := misshapen(receiver)) is not None:
        return bad
    subscription = {
        "endpoint": "",
        "keys": {"p256dh": encode(receiver.p256dh), "auth": encode(receiver.auth)},
    }
    try:
        return bytes(WebPusher(subscription).encode(plaintext)["body"])
    except (ValueError, WebPushException):
        return BadReceiver("p256dh is not a point on P-256")
