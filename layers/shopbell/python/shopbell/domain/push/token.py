"""The message token: what a browser shows to say which message it means, and cannot make up (ruling 29)."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from struct import Struct
from typing import Final, Literal

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.ids import RunId, StoreId, SubscriptionId

LIFETIME: Final[Duration] = 30 * DAY
MAX_LENGTH: Final = 160
"""Characters: the token rides in a URL and, several times, in a payload of 3,993 bytes."""
MAX_IDS: Final = 68
"""Bytes of store and run together: what 160 characters leave for them."""
MIN_SECRET: Final = 32

_VERSION: Final = 1
_FIXED: Final = Struct(">BB6sBBB16s8sB")
_HEAD: Final = Struct(">BB6sB")
_MAC_LENGTH: Final = 16
_PURPOSE: Final = b"shopbell message token\0"
_ALPHABET: Final = re.compile(r"[A-Za-z0-9_-]{1,160}")


@dataclass(frozen=True, slots=True)
class TokenKey:
    """One of a store's two token keys; the older one still opens what it signed. `id` is 0 to 255."""

    id: int
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < MIN_SECRET:
            raise ValueError(f"a token key holds at least {MIN_SECRET} bytes")


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Which message to whom: one step and variant (by position) of a run, to one subscription of a visitor.

    `visitor_hash` is 16 bytes and `visitor_shard` its shard (domain.ids), `subscription_hash` 8 bytes of the id.
    """

    store: StoreId
    run: RunId
    step: int
    variant: int
    visitor_shard: int
    visitor_hash: bytes
    subscription_hash: bytes
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class BadToken:
    """Not a token of ours, or no longer: `reason` is for the counter; a caller is only told that it is refused."""

    reason: Literal["malformed", "unknown_version", "unknown_key", "forged", "expired"]


def subscription_hash(subscription: SubscriptionId) -> bytes:
    """The first 8 bytes of the endpoint's hash that the id is made of."""
    return bytes.fromhex(subscription[:16])


class Stamp:
    """Signs the tokens of one step of a run: what they share is packed and taken into the HMAC once."""

    __slots__ = ("_begun", "_head", "_tail")

    def __init__(self, store: StoreId, run: RunId, step: int, expires_at: Instant, key: TokenKey) -> None:
        """ValueError when a field does not fit: ids are ours, so that is a fault of ours."""
        ids = store.encode("ascii"), run.encode("ascii")
        if len(ids[0]) + len(ids[1]) > MAX_IDS or not ids[0] or not ids[1]:
            raise ValueError(f"store and run ids must together hold at most {MAX_IDS} bytes")
        if not (0 <= key.id <= 0xFF and 0 <= step <= 0xFF):  # noqa: PLR2004 - one byte each
            raise ValueError("key id and step must be 0 to 255")
        self._head = _HEAD.pack(_VERSION, key.id, expires_at.to_bytes(6, "big"), step)
        self._tail = bytes((len(ids[0]),)) + ids[0] + ids[1]
        self._begun = hmac.new(key.secret, _PURPOSE + self._head, hashlib.sha256)

    def __call__(self, variant: int, shard: int, visitor_hash: bytes, subscription_hash: bytes) -> str:
        """The token of one message, as `sign` lays it out."""
        if (len(visitor_hash), len(subscription_hash)) != (16, 8):
            raise ValueError("a visitor hash is 16 bytes, a subscription hash 8")
        if not (0 <= variant <= 0xFF and 0 <= shard <= 0xFF):  # noqa: PLR2004 - one byte each
            raise ValueError("variant and shard must be 0 to 255")
        own = bytes((variant, shard)) + visitor_hash + subscription_hash + self._tail
        mac = self._begun.copy()
        mac.update(own)
        return urlsafe_b64encode(self._head + own + mac.digest()[:_MAC_LENGTH]).rstrip(b"=").decode()


def sign(ref: MessageRef, key: TokenKey) -> str:
    """At most 160 characters of base64url.

    Layout, big-endian: version 1 byte, key id 1, expiry in milliseconds 6, step 1, variant 1, visitor shard 1,
    visitor hash 16, subscription hash 8, length of the store's id 1, store, run, then 16 bytes of HMAC-SHA256 over
    all of it after a fixed prefix. ValueError when a field does not fit: ids are ours, so that is a fault of ours.
    """
    stamp = Stamp(ref.store, ref.run, ref.step, ref.expires_at, key)
    return stamp(ref.variant, ref.visitor_shard, ref.visitor_hash, ref.subscription_hash)


def open_token(token: str, keys: Iterable[TokenKey], now: Instant) -> MessageRef | BadToken:
    """What the token says, if one of the store's keys signed it and its 30 days are not over.

    `keys` are those of the store that `store_of` names; compared in constant time.
    """
    raw = _raw(token)
    if raw is None:
        return BadToken("malformed")
    if raw[0] != _VERSION:
        return BadToken("unknown_version")
    key = next((key for key in keys if key.id == raw[1]), None)
    if key is None:
        return BadToken("unknown_key")
    body, mac = raw[:-_MAC_LENGTH], raw[-_MAC_LENGTH:]
    if not hmac.compare_digest(mac, _mac(body, key)):
        return BadToken("forged")
    ref = _parse(body)
    if ref is None:
        return BadToken("malformed")
    return ref if now < ref.expires_at else BadToken("expired")


def store_of(token: str) -> StoreId | None:
    """The store that an unverified token names: only to look its keys up, since a receipt comes with nothing else."""
    raw = _raw(token)
    ref = _parse(raw[:-_MAC_LENGTH]) if raw and raw[0] == _VERSION else None
    return ref.store if ref else None


def _raw(token: str) -> bytes | None:
    """The bytes, if this is their one spelling: stray bits in the last character would be a second one."""
    if not _ALPHABET.fullmatch(token) or len(token) % 4 == 1:
        return None
    raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    canonical = urlsafe_b64encode(raw).rstrip(b"=").decode() == token
    return raw if canonical and len(raw) > _FIXED.size + _MAC_LENGTH else None


def _parse(body: bytes) -> MessageRef | None:
    _, _, expiry, step, variant, shard, visitor, subscription, length = _FIXED.unpack_from(body)
    ids = body[_FIXED.size :]
    if not (ids.isascii() and 0 < length < len(ids)):
        return None
    store, run = ids[:length].decode(), ids[length:].decode()
    expires_at = int.from_bytes(expiry, "big")
    return MessageRef(StoreId(store), RunId(run), step, variant, shard, visitor, subscription, expires_at)


def _mac(body: bytes, key: TokenKey) -> bytes:
    return hmac.digest(key.secret, _PURPOSE + body, hashlib.sha256)[:_MAC_LENGTH]
