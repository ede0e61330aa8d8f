"""A push service's own look at a request's VAPID and framing, sharing no code with any sender.

RFC 8292 (VAPID), RFC 8188 and 8291 (what can be checked of an encrypted body without the browser's key).
"""

import base64
import json
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

CLOCK_SKEW_S = 60
LONGEST_LIFE_S = 86_400


class VapidRefusedError(Exception):
    """The request must be answered with `status`."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Token:
    claims: dict[str, object]
    key: bytes
    signed: bytes
    signature: bytes


def unpadded(text: str) -> bytes:
    """Base64url, with or without its padding."""
    text = text.rstrip("=")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def check_vapid(authorization: str | None, audience: str, bound_key: bytes | None, now: float) -> dict[str, object]:
    """The claims of a good token; VapidRefusedError 401, or 403 for a key other than the subscription's."""
    token = _read(authorization or "")
    _check_signature(token)
    _check_claims(token.claims, audience, now)
    if bound_key is not None and token.key != bound_key:
        raise VapidRefusedError(403, "this VAPID key is not the subscription's")
    return token.claims


def _read(authorization: str) -> Token:
    scheme, _, rest = authorization.strip().partition(" ")
    if scheme.lower() != "vapid":
        raise VapidRefusedError(401, f"authorization scheme {scheme!r}, not vapid")
    pairs = (part.strip().partition("=") for part in rest.split(","))
    given = {name: value.strip('"') for name, _, value in pairs}
    try:
        header, claims, signature = given["t"].split(".")
        token = Token(
            json.loads(unpadded(claims)),
            unpadded(given["k"]),
            f"{header}.{claims}".encode(),
            unpadded(signature),
        )
        algorithm = json.loads(unpadded(header)).get("alg")
    except (KeyError, ValueError) as error:
        raise VapidRefusedError(401, f"malformed VAPID: {error}") from error
    if algorithm != "ES256" or len(token.signature) != 64:
        raise VapidRefusedError(401, "not an ES256 signature")
    return token


def _check_signature(token: Token) -> None:
    r, s = int.from_bytes(token.signature[:32], "big"), int.from_bytes(token.signature[32:], "big")
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), token.key)
        key.verify(encode_dss_signature(r, s), token.signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise VapidRefusedError(401, "the signature does not verify") from error


def _check_claims(claims: dict[str, object], audience: str, now: float) -> None:
    expires, subject = claims.get("exp"), claims.get("sub")
    if claims.get("aud") != audience:
        raise VapidRefusedError(401, f"aud {claims.get('aud')!r} is not {audience!r}")
    if not isinstance(expires, int | float) or not now < expires <= now + LONGEST_LIFE_S + CLOCK_SKEW_S:
        raise VapidRefusedError(401, f"exp {expires!r} is past, or more than 24 h ahead")
    if subject is not None and not str(subject).startswith(("mailto:", "https:")):
        raise VapidRefusedError(401, f"sub {subject!r} is neither mailto: nor https:")


def framing_fault(body: bytes) -> str | None:
    """Why this cannot be one aes128gcm record under a P-256 key id; None when it can."""
    if len(body) < 21 + 65 + 17:
        return "too short for aes128gcm"
    record_size, key_length = struct.unpack("!IB", body[16:21])
    if key_length != 65:
        return "the key id is not an uncompressed P-256 point"
    if len(body) - 86 > record_size:
        return "more than one record"
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), body[21:86])
    except ValueError:
        return "the key id is not a point of P-256"
    return None
