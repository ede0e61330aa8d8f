"""What a strict push service demands of a POST, each demand with the name under which it is refused."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from shopbell.domain.clock import DAY, SECOND, Instant

Fault = Literal[
    "no_vapid", "bad_jwt", "key_mismatch", "bad_ttl", "bad_urgency", "bad_topic", "bad_encoding", "too_large"
]
MAX_BODY: Final = 4_096
MAX_TTL: Final = 2_592_000
SALT_LENGTH: Final = 16
HEADER_LENGTH: Final = 86
URGENCIES: Final = ("very-low", "low", "normal", "high")

_TOPIC: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
_POINT_LENGTH: Final = 65
_UNCOMPRESSED: Final = 4
_SMALLEST_RECORD: Final = 18
_TAG_AND_DELIMITER: Final = 17
_SIGNATURE_LENGTH: Final = 64
_NOWHERE: Final = (".invalid", ".local", ".test", ".localhost")


class Objection(Exception):  # noqa: N818 - it says what it is
    """The POST breaks a rule of RFC 8030, 8188, 8291 or 8292."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Claims:
    """Who signed, for whom, until when."""

    audience: str
    expires: Instant
    subject: str
    public_key: bytes


def check_vapid(header: str | None, audience: str, bound_key: bytes, now: Instant) -> Claims:
    """RFC 8292 section 4, with Apple's rules for the contact: signature, audience, lifetime, the bound key."""
    scheme, _, rest = (header or "").partition(" ")
    fields = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    if scheme.lower() != "vapid" or not {"t", "k"} <= fields.keys():
        raise Objection("no_vapid", "no vapid authorization with t and k")
    claims = _read_jwt(fields["t"], fields["k"])
    if claims.audience != audience:
        raise Objection("bad_jwt", f"aud is {claims.audience!r} and not {audience!r}")
    if not now < claims.expires <= now + DAY:
        raise Objection("bad_jwt", "exp is not within the next 24 hours")
    _check_contact(claims.subject)
    if claims.public_key != bound_key:
        raise Objection("key_mismatch", "signed with another key than subscribed with")
    return claims


def check_headers(headers: Mapping[str, str]) -> None:
    """TTL always, urgency and topic in form (RFC 8030 sections 5.2 to 5.4)."""
    ttl = headers.get("ttl", "")
    if not (ttl.isascii() and ttl.isdigit() and int(ttl) <= MAX_TTL):
        raise Objection("bad_ttl", "TTL is missing or no number in range")
    if headers.get("urgency", "normal") not in URGENCIES:
        raise Objection("bad_urgency", "no such urgency")
    topic = headers.get("topic")
    if topic is not None and not _TOPIC.fullmatch(topic):
        raise Objection("bad_topic", "a topic is at most 32 characters of base64url")


def check_body(headers: Mapping[str, str], body: bytes) -> None:
    """One record of aes128gcm with the sender's point as its key id (RFC 8188 section 2.1, RFC 8291 section 4)."""
    if len(body) > MAX_BODY:
        raise Objection("too_large", f"more than {MAX_BODY} bytes")
    if headers.get("content-encoding") != "aes128gcm":
        raise Objection("bad_encoding", "the content encoding is not aes128gcm")
    if headers.get("content-type", "application/octet-stream") != "application/octet-stream":
        raise Objection("bad_encoding", "the content type is not application/octet-stream")
    if len(body) < HEADER_LENGTH + _TAG_AND_DELIMITER or (body[20], body[21]) != (_POINT_LENGTH, _UNCOMPRESSED):
        raise Objection("bad_encoding", "no header with the sender's point")
    record = int.from_bytes(body[SALT_LENGTH:20], "big")
    if record < _SMALLEST_RECORD or len(body) - HEADER_LENGTH > record:
        raise Objection("bad_encoding", "not one single record")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), body[21:HEADER_LENGTH])
    except ValueError:
        raise Objection("bad_encoding", "the sender's point is not on P-256") from None


def _check_contact(subject: str) -> None:
    scheme, _, address = subject.partition(":")
    mailbox, _, host = address.rpartition("@") if scheme == "mailto" else ("-", "", address[2:].partition("/")[0])
    reachable = mailbox and "." in host and not host.endswith(_NOWHERE)
    if scheme not in ("mailto", "https") or " " in subject or not reachable:
        raise Objection("bad_jwt", "sub names nobody who could be reached")


def _read_jwt(token: str, public_key: str) -> Claims:
    """Verified with nothing but `cryptography`, so that it is a second opinion on who signed."""
    try:
        header, claims, signature = token.split(".")
        said, point, raw = json.loads(_bytes(claims)), _bytes(public_key), _bytes(signature)
        if json.loads(_bytes(header)) != {"typ": "JWT", "alg": "ES256"} or len(raw) != _SIGNATURE_LENGTH:
            raise Objection("bad_jwt", "no ES256 token")
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        key.verify(der, f"{header}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        return Claims(str(said["aud"]), int(said["exp"]) * SECOND, str(said["sub"]), point)
    except (ValueError, KeyError, TypeError, InvalidSignature) as exc:
        raise Objection("bad_jwt", f"the token cannot be verified: {type(exc).__name__}") from exc


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
