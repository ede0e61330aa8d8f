"""What an answer of a push service means: one table, from which nothing is ever retired by mistake."""

import json
import re
from dataclasses import dataclass
from typing import Final, Literal

from shopbell.domain.clock import HOUR, Duration, Instant
from shopbell.domain.push.values import PushAnswer
from shopbell.domain.retry_after import retry_after

MAX_RETRY_AFTER: Final[Duration] = 12 * HOUR
"""A service that asks for more is asked again then; also the longest that a queue can hide a message."""

RetryCause = Literal["throttled", "unavailable", "timeout", "dns", "connect", "tls", "reset", "too_large"]
UNTAKEN: Final[frozenset[RetryCause]] = frozenset({"throttled", "dns", "connect", "tls"})
"""Failures that leave no doubt that the service has not got the message."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """200, 201, 202, 204: the service has it. The subscription lives."""


@dataclass(frozen=True, slots=True)
class Gone:
    """404, 410: the browser has unsubscribed. The one outcome that retires a subscription."""

    status: int


@dataclass(frozen=True, slots=True)
class Retry:
    """Come back later, not before `after` (None: the service named no time). The subscription lives."""

    cause: RetryCause
    after: Duration | None = None


@dataclass(frozen=True, slots=True)
class KeyMismatch:
    """The subscription was made with another VAPID key: try the other keys once, then park it. It lives."""

    status: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Our fault, or a rule we break: no retry of this message. The subscription lives.

    `status` 0: it never left us. `reason` is the service's own word, such as BadJwtToken, fit for a log.
    """

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class TooLarge:
    """413: no retry; if the first of a run all end so, the run is wrong. The subscription lives."""


@dataclass(frozen=True, slots=True)
class Redirected:
    """3xx: never followed, since it could lead anywhere; counts as an error. The subscription lives."""

    status: int


Outcome = Accepted | Gone | Retry | KeyMismatch | Refused | TooLarge | Redirected

# The same fault is 400 at one service, 401 at the next and 403 at the third: known by its words alone
_MISMATCH: Final = (
    "vapidpkhashmismatch",
    "unauthorizedregistration",
    "mismatchsenderid",
    "vapid public key mismatch",
    "do not correspond to the credentials",
    "does not correspond to the sender id",
)
_REASON_LENGTH: Final = 120
_SECRET: Final = re.compile(r"[A-Za-z0-9_\-.:=]{40,}|https?://\S+")
_MARKUP: Final = re.compile(r"<[^>]*>|[^\x20-\x7e]")


def outcome(answer: PushAnswer, now: Instant) -> Outcome:
    """Total: every status and every failure has its outcome (RFC 8030 sections 5 to 8, RFC 8292 section 4.2)."""
    match answer.status // 100:
        case 0:
            return _unanswered(answer)
        case 2:  # any success: to post it again would show it twice
            return Accepted()
        case 3:
            return Redirected(answer.status)
        case 4:
            return _client_error(answer, now)
        case _:
            return Retry("unavailable", retry_after(answer.headers, now, MAX_RETRY_AFTER))


def _client_error(answer: PushAnswer, now: Instant) -> Outcome:
    match answer.status:
        case 404 | 410 as status:
            return Gone(status)
        case 406 | 425 | 429:  # 406 is how WNS throttles
            return Retry("throttled", retry_after(answer.headers, now, MAX_RETRY_AFTER))
        case 408:
            return Retry("unavailable", retry_after(answer.headers, now, MAX_RETRY_AFTER))
        case 413:
            return TooLarge()
        case 400 | 401 | 403 as status if _is_mismatch(answer):
            return KeyMismatch(status)
        case status:
            return Refused(status, reason_of(answer))


def reason_of(answer: PushAnswer) -> str:
    """The service's word for it in one short line, without anything that could be an endpoint, token or key."""
    text = answer.headers.get("x-wns-error-description") or _spoken(answer.reason)
    plain = _MARKUP.sub(" ", _SECRET.sub("…", text)).split()
    return " ".join(plain)[:_REASON_LENGTH] or str(answer.status)


def _unanswered(answer: PushAnswer) -> Outcome:
    match answer.failure:
        case "refused":
            return Refused(0, reason_of(answer))
        case None:
            return Retry("reset")
        case cause:
            return Retry(cause)


def _is_mismatch(answer: PushAnswer) -> bool:
    text = f"{answer.reason} {answer.headers.get('x-wns-error-description', '')}".lower()
    return any(words in text for words in _MISMATCH)


def _spoken(body: str) -> str:
    """Apple says {"reason": "BadJwtToken"}, Mozilla {"message": "…"}; the others plain text or a page."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if not isinstance(parsed, dict):
        return body
    return str(parsed.get("reason") or parsed.get("message") or body)
