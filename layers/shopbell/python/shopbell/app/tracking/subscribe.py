"""Take a browser's push subscription: where to post to, and the event that tells the fold of it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson

from shopbell.app.tracking.items import system_item
from shopbell.domain.attribution.subscribers import RENEWED
from shopbell.domain.clock import Clock, Instant, parse_instant
from shopbell.domain.errors import Conflict, Rejected
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId, StoreId, VapidKeyId, VisitorId, subscription_id
from shopbell.domain.incoming.agents import Agent
from shopbell.domain.incoming.events import visitor_fault
from shopbell.domain.incoming.subscriptions import SubscribeIn
from shopbell.domain.push.endpoints import AllowedHosts, parse_endpoint
from shopbell.domain.push.subscription_keys import parse_receiver_keys, public_key
from shopbell.domain.store import Principal, Store, VapidKey
from shopbell.domain.subscriptions import Consent, Subscription
from shopbell.domain.vapidkeys import VapidKeys, by_public
from shopbell.ports import Events, Subscriptions


@dataclass(frozen=True, slots=True)
class Subscribed:
    """`new` is False when nothing that the fold knows of it has changed."""

    subscription: Subscription
    new: bool


@dataclass(frozen=True, slots=True)
class Subscribe:
    subscriptions: Subscriptions
    events: Events
    allowed: AllowedHosts
    now: Clock
    fresh: Callable[[StoreId], Store | None] = lambda _: None
    """The store as it is now, for a key that `store` does not have: it may be a minute old."""

    def __call__(self, caller: Principal, store: Store, given: SubscribeIn, agent: Agent) -> Subscribed:
        """The same call again changes nothing; a moved or replaced subscription leaves its old visitor."""
        known = self.subscriptions.find(store.id, subscription_id(given.subscription.endpoint))
        replaced = self._replaced(store, given)
        visitor = _visitor(caller, given, replaced)
        made = self._subscription(store, given, visitor, agent, known or replaced)
        row = _aged(made, known)
        self.subscriptions.put(row, replaced.id if replaced else None)
        left = [old for old in (known, replaced) if old and (old.id, old.visitor) != (row.id, row.visitor)]
        now = self.now()
        # left before it came: both visitors may be one customer, whom the later of the two tells of this browser
        items = [system_item(store.id, unsubscribed(old, now - 1, "replaced")) for old in left]
        renewed = replaced is not None or (known is not None and replace(row, seen_at=known.seen_at) != known)
        stored = self.events.append([*items, system_item(store.id, subscribed(row, now, renewed=renewed))])
        return Subscribed(row, stored[-1])

    def _replaced(self, store: Store, given: SubscribeIn) -> Subscription | None:
        wanted = given.replaced
        if wanted is None or wanted == subscription_id(given.subscription.endpoint):
            return None
        return self.subscriptions.find(store.id, wanted)

    def _subscription(
        self, store: Store, given: SubscribeIn, visitor: VisitorId, agent: Agent, before: Subscription | None
    ) -> Subscription:
        endpoint = parse_endpoint(given.subscription.endpoint, self.allowed)
        receiver = parse_receiver_keys(given.subscription.keys.p256dh, given.subscription.keys.auth)
        now = self.now()
        return Subscription(
            store=store.id,
            visitor=visitor,
            id=subscription_id(given.subscription.endpoint),
            service=endpoint.service,
            endpoint=endpoint.url,
            p256dh=receiver.p256dh,
            auth=receiver.auth,
            vapid_key=self._key(store, given),
            created_at=now,
            seen_at=now,
            time_zone=given.time_zone or (before.time_zone if before else None),
            language=given.language or (before.language if before else None),
            browser=agent.browser,
            os=agent.os,
            device=agent.device,
            prompt=given.prompt or (before.prompt if before else None),
            variant=given.variant if given.prompt else (before.variant if before else None),
            consent=_consent(given) or (before.consent if before else None),
            topics=before.topics if before else (),
            snooze_until=before.snooze_until if before else None,
        )

    def _key(self, store: Store, given: SubscribeIn) -> VapidKeyId:
        """What the browser says it subscribed with goes before any id: it cannot be mistaken."""
        found = _named(store.vapid_keys, given)
        if found is None:
            newest = self.fresh(store.id)
            found = _named(newest.vapid_keys, given) if newest else None
        if found is not None:
            return found.id
        if given.vapid_key_id is None and given.vapid_public_key is None:
            raise Conflict("the store has no active VAPID key: make one before anybody subscribes")
        path = "vapid_key_id" if given.vapid_public_key is None else "vapid_public_key"
        raise Rejected.at(path, "is not a key of this store")


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    subscriptions: Subscriptions
    events: Events
    now: Clock

    def __call__(self, caller: Principal, endpoint: str) -> bool:
        """False if there is none (any more): to be rid of it is what the caller wanted."""
        found = self.subscriptions.find(caller.store, subscription_id(endpoint))
        if found is None:
            return False
        # the event first: once the row is gone, a repeat could no longer tell the fold
        self.events.append([system_item(caller.store, unsubscribed(found, self.now(), "left"))])
        self.subscriptions.retire(found, self.now(), "left")
        return True


def subscribed(row: Subscription, now: Instant, *, renewed: bool = False) -> Event:
    """Named by its content, so that a browser which reports the same on every visit makes one event.

    `renewed`: the subscription, or one that it takes the place of, was there before.
    """
    properties = _facts(row)
    content = orjson.dumps([row.visitor, row.created_at, properties], option=orjson.OPT_SORT_KEYS)
    return _event("subscribed", row, now, {**properties, RENEWED: True} if renewed else properties, content)


def unsubscribed(row: Subscription, now: Instant, reason: str) -> Event:
    """One for each life of a subscription. It repeats the facts, since the latest event alone tells what is known."""
    content = orjson.dumps([row.visitor, row.id, row.created_at])
    return _event("unsubscribed", row, now, {**_facts(row), "reason": reason}, content)


def changed(row: Subscription, now: Instant) -> Event:
    """What the subscriber wants now. `since`: when the subscription began."""
    properties: dict[str, Json] = {**_facts(row), "since": row.created_at}
    content = orjson.dumps([row.visitor, now, properties], option=orjson.OPT_SORT_KEYS)
    return _event("subscription_changed", row, now, properties, content)


def _facts(row: Subscription) -> dict[str, Json]:
    return {
        **({"topics": list(row.topics)} if row.topics else {}),
        **({"variant": row.variant} if row.variant else {}),
        "subscription_id": row.id,
        "service": row.service,
        "vapid_key_id": row.vapid_key,
        "browser": row.browser,
        "os": row.os,
        "device": row.device,
        "prompt": row.prompt,
        "time_zone": row.time_zone,
        "language": row.language,
    }


def _event(name: str, row: Subscription, now: Instant, properties: dict[str, Json], content: bytes) -> Event:
    digest = hashlib.sha256(content).hexdigest()[:32]
    return Event(EventId(f"{name}:{digest}"), name, row.visitor, now, now, properties, trusted=True)


def _visitor(caller: Principal, given: SubscribeIn, replaced: Subscription | None) -> VisitorId:
    """A service worker that renews a subscription knows the old one alone; its visitor is taken over."""
    if given.visitor_id is None:
        if replaced is None:
            raise Rejected.at("visitor_id", "is required unless `replaces` names a subscription of this store")
        return replaced.visitor
    if (fault := visitor_fault(given.visitor_id, trusted=caller.kind == "srv")) is not None:
        raise Rejected.at("visitor_id", fault)
    return VisitorId(given.visitor_id)


def _consent(given: SubscribeIn) -> Consent | None:
    return Consent(given.consent.version, parse_instant(given.consent.at)[0]) if given.consent else None


def _named(known: VapidKeys, given: SubscribeIn) -> VapidKey | None:
    if given.vapid_public_key is not None:
        return by_public(known, public_key(given.vapid_public_key))
    if given.vapid_key_id is not None:
        return next((key for key in known if key.id == given.vapid_key_id), None)
    return next((key for key in known if key.state == "active"), None)


def _aged(made: Subscription, known: Subscription | None) -> Subscription:
    """What is reported unchanged keeps the instant at which it began to be so; that instant names its event."""
    if known is not None and replace(made, created_at=known.created_at, seen_at=known.seen_at) == known:
        return replace(made, created_at=known.created_at)
    return made
