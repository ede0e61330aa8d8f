"""How a delivery is signed, so that its receiver knows that it is the store's, whole, and fresh.

As Standard Webhooks 1.0 says it (standard-webhooks/standard-webhooks, spec/standard-webhooks.md): the headers
`webhook-id`, `webhook-timestamp` (seconds, of the attempt) and `webhook-signature`, where `v1,<base64>` is the
HMAC-SHA256 (RFC 2104) over `<id>.<timestamp>.<body>`; of several secrets the signatures stand side by side.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Final

from shopbell.domain.clock import SECOND, Instant

SECRET_BYTES: Final = 32
_PREFIX: Final = "whsec_"


def shown(secret: bytes) -> str:
    """As its owner is given it: what follows the prefix is the key in base64."""
    return _PREFIX + b64encode(secret).decode()


def signature(secret: bytes, message: str, timestamp: int, body: bytes) -> str:
    signed = f"{message}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def headers(secrets: Sequence[bytes], message: str, now: Instant, body: bytes) -> Mapping[str, str]:
    """All headers of a delivery; of a repeat the id is the same, the timestamp is not."""
    timestamp = now // SECOND
    return {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(one, message, timestamp, body) for one in secrets),
    }
