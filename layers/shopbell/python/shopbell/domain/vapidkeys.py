"""A store's VAPID keys (RFC 8292): the one that is given out, those that still sign, and what is known of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.errors import Conflict
from shopbell.domain.ids import VapidKeyId
from shopbell.domain.store import VapidKey

MAX_KEYS: Final = 64
"""Of a store: a page is told of all of them."""
_PREFIX: Final = "k"

VapidKeys = tuple[VapidKey, ...]


@dataclass(frozen=True, slots=True)
class KeyUse:
    """What became of the subscriptions that were made with a key."""

    active: int = 0
    """Those that are posted to."""
    parked: int = 0
    """Those that are left alone, since their push service takes nothing that is signed with it."""
    refused: int = 0
    """Answers of push services that they were subscribed with another key; each try counts."""
    last_refused_at: Instant | None = None


UNUSED: Final = KeyUse()


def by_public(keys: VapidKeys, public: str) -> VapidKey | None:
    return next((key for key in keys if key.public_key == public), None)


def asked_for(keys: VapidKeys, request: str | None) -> VapidKey | None:
    """The key that a request with this `Idempotency-Key` has made."""
    return None if request is None else next((key for key in keys if key.request == request), None)


def reserved(keys: VapidKeys, public: str, now: Instant) -> VapidKeys:
    """With one more, which signs and is not given out: its id is taken before its private half is stored.

    Raises Conflict when there are too many.
    """
    if len(keys) >= MAX_KEYS:
        raise Conflict(f"A store has at most {MAX_KEYS} VAPID keys.")
    return (*keys, VapidKey(_next(keys), public, "retiring", now))


def activated(keys: VapidKeys, name: VapidKeyId, request: str | None) -> VapidKeys:
    """From now on that one is given out, and all others only sign for the subscriptions that they made.

    Nothing changes where the same request has brought about another already.
    """
    if asked_for(keys, request) is not None:
        return keys
    return tuple(
        replace(key, state="active", request=request) if key.id == name else replace(key, state="retiring")
        for key in keys
    )


def _next(keys: Sequence[VapidKey]) -> VapidKeyId:
    """Never one that was there before: a subscription names its key by it."""
    numbers = [int(key.id.removeprefix(_PREFIX)) for key in keys if key.id.removeprefix(_PREFIX).isdecimal()]
    return VapidKeyId(f"{_PREFIX}{max(numbers, default=0) + 1}")
