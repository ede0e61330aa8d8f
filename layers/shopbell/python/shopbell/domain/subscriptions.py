"""A browser's push subscription, as stored and as the fold knows it."""

from dataclasses import dataclass
from typing import Final, Literal

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.ids import StoreId, SubscriptionId, VapidKeyId, VisitorId

PushService = Literal["fcm", "mozilla", "apple", "wns", "other"]
SERVICES: tuple[PushService, ...] = ("fcm", "mozilla", "apple", "wns", "other")
SubscriptionState = Literal["active", "key_mismatch", "parked"]
PARKED_FOR: Final[Duration] = 7 * DAY
"""So long one that was made with another key is left alone before it is tried again."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a subscriber agreed to, as the shop recorded it."""

    version: str
    at: Instant


@dataclass(slots=True, unsafe_hash=True)
class Subscription:
    """One row: where to post, with which keys. `endpoint` is a bearer secret: it is never logged.

    Never changed; not frozen, since one is read with every push, and a frozen one takes three times as long.
    """

    store: StoreId
    visitor: VisitorId
    id: SubscriptionId
    service: PushService
    endpoint: str
    p256dh: bytes
    auth: bytes
    vapid_key: VapidKeyId
    created_at: Instant
    seen_at: Instant
    time_zone: str | None = None
    language: str | None = None
    browser: str | None = None
    os: str | None = None
    device: str | None = None
    prompt: str | None = None
    variant: str | None = None
    """Of the prompt that it came by."""
    state: SubscriptionState = "active"
    consent: Consent | None = None
    """None: none was recorded."""
    topics: tuple[str, ...] = ()
    """What the subscriber wants to hear of, sorted; (): of everything."""
    snooze_until: Instant | None = None
    """The subscriber wants to hear of nothing until then."""
    refused_at: Instant | None = None
    """When its push service last said that it was made with another key; for state `key_mismatch`."""
    source: str | None = None
    """The import, and the line of it, that brought the subscription."""

    def parked(self, now: Instant) -> bool:
        """Whether it is left alone: it was made with a key that the store does not have."""
        return self.state == "key_mismatch" and (self.refused_at is None or now < self.refused_at + PARKED_FOR)


@dataclass(frozen=True, slots=True)
class SubscriptionFact:
    """What the profile keeps of one, folded from what was said of it: the latest wins."""

    id: SubscriptionId
    active: bool
    changed_at: Instant
    service: PushService
    vapid_key: VapidKeyId
    browser: str | None = None
    os: str | None = None
    device: str | None = None
    prompt: str | None = None
    time_zone: str | None = None
    language: str | None = None
    event: str = ""
    """Id of the event that said so: it decides between two of the same instant."""
    topics: tuple[str, ...] = ()
    """What the subscriber wants to hear of, sorted."""
    since: Instant | None = None
    """When it began, where `changed_at` is a later change of its wishes."""

    @property
    def began_at(self) -> Instant:
        return self.changed_at if self.since is None else self.since
