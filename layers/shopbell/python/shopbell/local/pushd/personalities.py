"""The push services that are played: the same rules, each kept and broken in its own words and statuses."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from shopbell.domain.subscriptions import PushService as Service
from shopbell.local.pushd.checks import Fault, Objection

GONE: Final = 410
UNKNOWN: Final = 404
TOO_LARGE: Final = 413


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Personality(Protocol):
    """How one service speaks. `throttle` is its status for "too many", `folder` where its endpoints lie."""

    @property
    def service(self) -> Service: ...

    @property
    def folder(self) -> str: ...

    @property
    def throttle(self) -> Literal[406, 429]: ...

    def demand(self, headers: Mapping[str, str]) -> None:
        """What it wants beyond the RFCs; raises Objection."""

    def accept(self, origin: str, message: str, ttl: str) -> Reply: ...

    def refuse(self, objection: Objection) -> Reply: ...

    def turn_away(self, status: int, retry_after: int | None) -> Reply:
        """An answer that has nothing to do with what was posted: gone, unknown, throttled, broken."""


_STATUS: Final[Mapping[Fault, int]] = {
    "no_vapid": 401,
    "bad_jwt": 403,
    "key_mismatch": 403,
    "too_large": TOO_LARGE,
}


@dataclass(frozen=True, slots=True)
class Fcm:
    """Plain text."""

    service: Service = "fcm"
    folder: str = "/fcm/send/"
    throttle: Literal[406, 429] = 429

    def demand(self, headers: Mapping[str, str]) -> None:
        """Only what the RFCs demand."""

    def accept(self, origin: str, message: str, ttl: str) -> Reply:
        return Reply(201, {"location": f"{origin}/{message}", "ttl": ttl})

    def refuse(self, objection: Objection) -> Reply:
        words = objection.detail
        if objection.fault == "key_mismatch":
            words = (
                "the VAPID credentials in the authorization header do not correspond to the credentials used to "
                "create the subscriptions."
            )
        return _text(_STATUS.get(objection.fault, 400), words)

    def turn_away(self, status: int, retry_after: int | None) -> Reply:
        words = {GONE: "push subscription has unsubscribed or expired.", UNKNOWN: "Not Found"}
        return _later(_text(status, words.get(status, "the message was not taken.")), retry_after)


@dataclass(frozen=True, slots=True)
class Mozilla:
    """JSON with an error number; every fault of VAPID is 401."""

    service: Service = "mozilla"
    folder: str = "/wpush/v2/"
    throttle: Literal[406, 429] = 429

    def demand(self, headers: Mapping[str, str]) -> None:
        """Only what the RFCs demand."""

    def accept(self, origin: str, message: str, ttl: str) -> Reply:
        return Reply(201, {"location": f"{origin}/m/{message}", "ttl": ttl})

    def refuse(self, objection: Objection) -> Reply:
        vapid = objection.fault in ("no_vapid", "bad_jwt", "key_mismatch")
        message = "VAPID public key mismatch" if objection.fault == "key_mismatch" else objection.detail
        numbers: Mapping[Fault, int] = {"too_large": 104, "bad_encoding": 110, "bad_ttl": 112, "bad_topic": 113}
        status = 401 if vapid else _STATUS.get(objection.fault, 400)
        return _errno(status, 109 if vapid else numbers.get(objection.fault, 110), message)

    def turn_away(self, status: int, retry_after: int | None) -> Reply:
        errno = {GONE: 106, UNKNOWN: 102, 503: 201, 401: 109, 403: 109}.get(status, 999)
        return _later(_errno(status, errno, "Request did not validate" if errno == 102 else "Later"), retry_after)  # noqa: PLR2004 - autopush's number


@dataclass(frozen=True, slots=True)
class Apple:
    """JSON with one word. Topics must decode as base64url."""

    service: Service = "apple"
    folder: str = "/"
    throttle: Literal[406, 429] = 429

    def demand(self, headers: Mapping[str, str]) -> None:
        if len(headers.get("topic", "")) % 4 == 1:
            raise Objection("bad_topic", "no base64url has that length")

    def accept(self, origin: str, message: str, ttl: str) -> Reply:  # noqa: ARG002 - Apple repeats neither
        return Reply(201, {"apns-id": message})

    def refuse(self, objection: Objection) -> Reply:
        # seen as 400 and as 403: the word, not the status, says what it is
        status = 400 if objection.fault == "key_mismatch" else _STATUS.get(objection.fault, 400)
        return _reason(status, _APPLE[objection.fault])

    def turn_away(self, status: int, retry_after: int | None) -> Reply:
        words = {GONE: "Unregistered", UNKNOWN: "BadPath", 429: "TooManyRequests", 403: "Forbidden"}
        return _later(_reason(status, words.get(status, "ServiceUnavailable")), retry_after)


_APPLE: Final[Mapping[Fault, str]] = {
    "no_vapid": "MissingJwt",
    "bad_jwt": "BadJwtToken",
    "key_mismatch": "VapidPkHashMismatch",
    "bad_ttl": "BadTtl",
    "bad_urgency": "BadUrgency",
    "bad_topic": "BadWebPushTopic",
    "bad_encoding": "BadEncoding",
    "too_large": "PayloadTooLarge",
}


@dataclass(frozen=True, slots=True)
class Wns:
    """Words in headers; throttles with 406; a TTL of nothing is a contradiction to it."""

    service: Service = "wns"
    folder: str = "/w/?token="
    throttle: Literal[406, 429] = 406

    def demand(self, headers: Mapping[str, str]) -> None:
        if headers.get("ttl") == "0":
            raise Objection("bad_ttl", "Ttl value conflicts with X-WNS-Cache-Policy")

    def accept(self, origin: str, message: str, ttl: str) -> Reply:  # noqa: ARG002 - it repeats neither
        return Reply(201, {"x-wns-status": "received", "x-wns-msg-id": message})

    def refuse(self, objection: Objection) -> Reply:
        return Reply(_STATUS.get(objection.fault, 400), {"x-wns-error-description": objection.detail})

    def turn_away(self, status: int, retry_after: int | None) -> Reply:
        said = "channelthrottled" if status in (406, 429) else "dropped"
        return _later(Reply(status, {"x-wns-status": said}), retry_after)


def _text(status: int, words: str) -> Reply:
    return Reply(status, {"content-type": "text/plain"}, f"{words}\n".encode())


def _reason(status: int, word: str) -> Reply:
    return Reply(status, {"content-type": "application/json"}, json.dumps({"reason": word}).encode())


def _errno(status: int, errno: int, message: str) -> Reply:
    said = {"code": status, "errno": errno, "error": "Refused", "message": message}
    return Reply(status, {"content-type": "application/json"}, json.dumps(said).encode())


def _later(reply: Reply, retry_after: int | None) -> Reply:
    later = {} if retry_after is None else {"retry-after": str(retry_after)}
    return Reply(reply.status, {**reply.headers, **later}, reply.body)


PLAIN: Final[Personality] = Mozilla(service="other", folder="/push/")
PERSONALITIES: Final[Mapping[str, Personality]] = {
    "fcm.googleapis.com": Fcm(),
    "updates.push.services.mozilla.com": Mozilla(),
    "web.push.apple.com": Apple(),
    "wns2-by3p.notify.windows.com": Wns(),
}
"""By host; any other host that is served is `PLAIN`."""
HOSTS: Final[Mapping[Service, str]] = {voice.service: host for host, voice in PERSONALITIES.items()}
