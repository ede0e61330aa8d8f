"""The shop's word that a visitor is one of its customers: `v1.<exp>.<hex>`, which only its server can write."""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from shopbell.domain.clock import DAY, HOUR, SECOND, Duration, Instant

LONGEST: Final[Duration] = HOUR
"""How far ahead a signature may expire: what leaks is worth nothing soon."""
OVERLAP: Final[Duration] = DAY
"""For how long a secret is still good once another has followed it."""
MOST: Final = 5
"""Secrets that are good at once: each is tried for every signature that comes."""
_FORM: Final = re.compile(r"v1\.(\d{1,12})\.([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class IdentifySecret:
    """`text` is what the shop was shown; its UTF-8 bytes are the key of the HMAC (RFC 2104, SHA-256)."""

    text: str = field(repr=False)
    made_at: Instant


def signature(secret: str, visitor: str, customer: str, expires: int) -> str:
    """`expires` in whole seconds since 1970. Neither id can hold a line break, so no two claims look alike."""
    claim = f"{visitor}\n{customer}\n{expires}".encode()
    return f"v1.{expires}.{hmac.new(secret.encode(), claim, hashlib.sha256).hexdigest()}"


def fault(given: str, secrets: Sequence[IdentifySecret], visitor: str, customer: str, now: Instant) -> str | None:
    """What is wrong with a signature, in words that follow its name; None: it is good. Compares in constant time."""
    form = _FORM.fullmatch(given)
    if form is None:
        return "must be v1.<expiry in seconds>.<64 hex digits>"
    expires = int(form[1])
    good = [
        hmac.compare_digest(signature(secret.text, visitor, customer, expires), given)
        for secret in accepted(secrets, now)
    ]
    if not any(good):
        return "is not the shop's for this visitor and customer"
    if expires * SECOND <= now:
        return "has expired"
    return "must expire within an hour" if expires * SECOND > now + LONGEST else None


def accepted(secrets: Sequence[IdentifySecret], now: Instant) -> Sequence[IdentifySecret]:
    """The newest, and each of the others for a day from when the next was made, however many have followed since."""
    known = sorted(secrets, key=lambda secret: secret.made_at, reverse=True)
    return known[:1] + [one for after, one in pairwise(known) if now < after.made_at + OVERLAP]


def room_from(secrets: Sequence[IdentifySecret]) -> Instant:
    """When the oldest of those that are good is good no more."""
    known = sorted(secrets, key=lambda secret: secret.made_at, reverse=True)
    return known[-2].made_at + OVERLAP


def dump(secrets: Sequence[IdentifySecret]) -> bytes:
    """As the stage keeps them."""
    return json.dumps([[secret.text, secret.made_at] for secret in secrets]).encode()


def load(stored: bytes) -> tuple[IdentifySecret, ...]:
    return tuple(IdentifySecret(text, made_at) for text, made_at in json.loads(stored))
