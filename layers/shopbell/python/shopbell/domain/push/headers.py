"""What is said to the push service about a message, beside the message itself (RFC 8030, RFC 8188)."""

import hashlib
from typing import Final, Literal

from shopbell.domain.clock import DAY, MINUTE, SECOND, Duration, Instant

Urgency = Literal["very-low", "low", "normal", "high"]

MIN_TTL: Final[Duration] = MINUTE
MAX_TTL: Final[Duration] = 28 * DAY
TOPIC_LENGTH: Final = 32


def bounded_ttl(wanted: Duration, *, now: Instant, ends_at: Instant) -> Duration:
    """How long the service keeps the message for a browser that is away: never past the run, 60 s to 28 days.

    Never 0: that drops the message for everyone who is offline, and WNS answers it with 400.
    """
    return max(MIN_TTL, min(wanted, ends_at - now, MAX_TTL))


def topic_of(key: str) -> str:
    """32 hex characters for a run or template key: a newer message of it replaces one not yet delivered.

    RFC 8030 section 5.4 allows 32 characters of base64url; Apple also decodes them, so the length must be one
    that base64 can have, which 32 is.
    """
    return hashlib.sha256(key.encode()).hexdigest()[:TOPIC_LENGTH]


def message_headers(authorization: str, ttl: Duration, urgency: Urgency, topic: str | None = None) -> dict[str, str]:
    """All headers of a POST. `authorization` as of `domain.push.vapid`, `topic` as of `topic_of`."""
    headers = {
        "Authorization": authorization,
        "TTL": str(max(MIN_TTL, min(ttl, MAX_TTL)) // SECOND),
        "Urgency": urgency,
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
    }
    return headers if topic is None else {**headers, "Topic": topic}
