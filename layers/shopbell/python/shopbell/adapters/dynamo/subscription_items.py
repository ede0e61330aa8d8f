"""A push subscription as stored: one row in its shard, one under the hash of its endpoint."""

from collections.abc import Mapping
from typing import Final, cast

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Attribute, Item, b, binary, maybe_text, n, number, s, text
from shopbell.adapters.dynamo.database import Condition
from shopbell.domain.ids import StoreId, SubscriptionId, VapidKeyId, VisitorId
from shopbell.domain.subscriptions import Consent, PushService, Subscription, SubscriptionState

_OPTIONAL: Final = ("time_zone", "language", "browser", "os", "device", "prompt", "variant", "source")


def encode(row: Subscription, key: Mapping[str, Attribute]) -> Item:
    """The same attributes in both places, so that either can be read alone."""
    optional = {name: getattr(row, name) for name in _OPTIONAL}
    return {
        **key,
        "store": s(row.store),
        "visitor": s(row.visitor),
        "sub": s(row.id),
        "service": s(row.service),
        "endpoint": s(row.endpoint),
        "p256dh": b(row.p256dh),
        "auth": b(row.auth),
        "vapid": s(row.vapid_key),
        "created": n(row.created_at),
        "seen": n(row.seen_at),
        "state": s(row.state),
        **{name: s(value) for name, value in optional.items() if value is not None},
        **({} if row.consent is None else {"consent": s(row.consent.version), "consent_at": n(row.consent.at)}),
        **({"topics": {"L": [s(topic) for topic in row.topics]}} if row.topics else {}),
        **({} if row.snooze_until is None else {"snooze": n(row.snooze_until)}),
        **({} if row.refused_at is None else {"refused": n(row.refused_at)}),
    }


def decode(row: Item) -> Subscription:
    return Subscription(
        store=StoreId(text(row, "store")),
        visitor=VisitorId(text(row, "visitor")),
        id=SubscriptionId(text(row, "sub")),
        service=cast("PushService", text(row, "service")),
        endpoint=text(row, "endpoint"),
        p256dh=binary(row, "p256dh"),
        auth=binary(row, "auth"),
        vapid_key=VapidKeyId(text(row, "vapid")),
        created_at=number(row, "created"),
        seen_at=number(row, "seen"),
        state=cast("SubscriptionState", text(row, "state")),
        consent=Consent(text(row, "consent"), number(row, "consent_at")) if "consent" in row else None,
        topics=tuple(topic["S"] for topic in row["topics"]["L"]) if "topics" in row else (),
        snooze_until=number(row, "snooze") if "snooze" in row else None,
        refused_at=number(row, "refused") if "refused" in row else None,
        **{name: maybe_text(row, name) for name in _OPTIONAL},
    )


def place(row: Subscription, shard: int) -> keys.Key:
    """Where its row lies among those of its shard."""
    return keys.subscription(row.store, shard, row.service, row.visitor, row.id)


def address(row: Subscription) -> tuple[str, str]:
    """Whose it is and where it is posted to: what makes it the same one still."""
    return row.endpoint, row.visitor


def unchanged(row: Subscription) -> Condition:
    """The same endpoint of the same visitor, counted for the same key: what else changes does not move its rows."""
    names = {"#endpoint": "endpoint", "#visitor": "visitor", "#vapid": "vapid", "#state": "state"}
    values = {
        ":endpoint": s(row.endpoint),
        ":visitor": s(row.visitor),
        ":vapid": s(row.vapid_key),
        ":state": s(row.state),
    }
    said = " AND ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
    return Condition(said, names, values)
