"""The push services that are played: the same rules, refused each in its own words and statuses."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from shopbell.local.pushd.checks import Fault, Objection


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Personality:
    """How one service says no, and what it demands beyond the RFCs."""

    refuse: Callable[[Objection], Reply]
    demand: Callable[[Mapping[str, str]], None]


_STATUS: Final[Mapping[Fault, int]] = {"no_vapid": 401, "bad_jwt": 403, "key_mismatch": 403, "too_large": 413}
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


def _nothing_more(_: Mapping[str, str]) -> None:
    """Only what the RFCs demand."""


def _refuse_as_apple(objection: Objection) -> Reply:
    # seen as 400 and as 403: the word, not the status, says what it is
    status = 400 if objection.fault == "key_mismatch" else _STATUS.get(objection.fault, 400)
    return Reply(status, {"content-type": "application/json"}, _json({"reason": _APPLE[objection.fault]}))


def _refuse_as_mozilla(objection: Objection) -> Reply:
    vapid = objection.fault in ("no_vapid", "bad_jwt", "key_mismatch")
    message = "VAPID public key mismatch" if objection.fault == "key_mismatch" else objection.detail
    status = 401 if vapid else _STATUS.get(objection.fault, 400)
    said = {"code": status, "errno": 109 if vapid else 110, "error": "Refused", "message": message}
    return Reply(status, {"content-type": "application/json"}, _json(said))


def _refuse_as_fcm(objection: Objection) -> Reply:
    words = objection.detail
    if objection.fault == "key_mismatch":
        words = (
            "the VAPID credentials in the authorization header do not correspond to the credentials used to "
            "create the subscriptions."
        )
    return Reply(_STATUS.get(objection.fault, 400), {"content-type": "text/plain"}, f"{words}\n".encode())


def _refuse_as_wns(objection: Objection) -> Reply:
    return Reply(_STATUS.get(objection.fault, 400), {"x-wns-error-description": objection.detail})


def _apple_topic(headers: Mapping[str, str]) -> None:
    if len(headers.get("topic", "")) % 4 == 1:
        raise Objection("bad_topic", "no base64url has that length")


def _wns_ttl(headers: Mapping[str, str]) -> None:
    if headers.get("ttl") == "0":
        raise Objection("bad_ttl", "Ttl value conflicts with X-WNS-Cache-Policy")


def _json(said: Mapping[str, object]) -> bytes:
    return json.dumps(said).encode()


PLAIN: Final = Personality(_refuse_as_mozilla, _nothing_more)
PERSONALITIES: Final[Mapping[str, Personality]] = {
    "fcm.googleapis.com": Personality(_refuse_as_fcm, _nothing_more),
    "updates.push.services.mozilla.com": PLAIN,
    "web.push.apple.com": Personality(_refuse_as_apple, _apple_topic),
    "wns2-by3p.notify.windows.com": Personality(_refuse_as_wns, _wns_ttl),
}
"""By host; any other host that is served is `PLAIN`."""
