"""What passes between the use case that sends and the codec and transport that do it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Failure = Literal["timeout", "dns", "connect", "tls", "reset", "too_large", "refused"]
"""What stood between us and an answer.

connect: nobody took the connection. reset: it broke off, or spoke no HTTP. too_large: more came than we read.
refused: we did not send it, because the URL is no https address (or admitted loopback origin).
"""


@dataclass(frozen=True, slots=True)
class ReceiverKeys:
    """The browser's half of RFC 8291: a P-256 point (65 bytes, uncompressed) and a secret of 16 bytes."""

    p256dh: bytes = field(repr=False)
    auth: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class BadReceiver:
    """Nothing can be encrypted to these keys; `reason` is fit for a log."""

    reason: str


@dataclass(frozen=True, slots=True)
class PushRequest:
    """One POST to a push service. All of it is a secret or derived from one, so nothing of it is printed."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """How a POST ended.

    `status` 0: no answer came, and `failure` says why. Otherwise it is the HTTP status, and a `failure` beside
    it only tells that the rest of the answer was cut. `reason` is the text of the body (at most 4 KB) or of the
    failure; header names are in lower case.
    """

    status: int
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: Failure | None = None
