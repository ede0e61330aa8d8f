"""Traits and subscriptions as the events leave them: the latest word on each stands."""

from collections.abc import Mapping, Sequence
from heapq import nlargest
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import SubscriptionId, VapidKeyId
from shopbell.domain.profile import SUPPRESSED, Trait
from shopbell.domain.subscriptions import SERVICES, PushService, SubscriptionFact

MAX_TRAITS: Final = 200
MAX_SUBSCRIPTIONS: Final = 50
MAX_TOPICS: Final = 50
"""Of one subscription."""
MAX_TOPIC: Final = 64
"""Characters."""
_OTHER: Final[PushService] = "other"
_OF_SUBSCRIPTIONS: Final = frozenset({"subscribed", "unsubscribed", "subscription_changed"})


def fold_traits(known: Mapping[str, Trait], events: Sequence[Event]) -> tuple[Mapping[str, Trait], set[str]]:
    """The latest value by (received_at, request) wins; a removed trait stays as a tombstone."""
    found: dict[str, Trait] = {}
    for event in events:
        if event.type == "traits_changed":
            for name, value in _flat(event.properties).items():
                trait = Trait(event.received_at, event.id, value)
                if name not in found or trait > found[name]:
                    found[name] = trait
    newer = {name: trait for name, trait in found.items() if name not in known or trait > known[name]}
    if not newer:
        return known, set()
    merged = {**known, **newer}
    if len(merged) > MAX_TRAITS:
        merged = newest(merged)
    return merged, set(newer)


def newest(traits: Mapping[str, Trait]) -> dict[str, Trait]:
    """As many as are kept. That nothing is to be sent is never the one that goes."""
    return dict(nlargest(MAX_TRAITS, traits.items(), key=lambda row: (row[0] == SUPPRESSED, row[1], row[0])))


def _flat(properties: Mapping[str, Json]) -> Mapping[str, Json]:
    """Trait names as rules know them: `country`, `custom.plan`."""
    inside = properties.get("traits", properties)
    flat: dict[str, Json] = {}
    for name, value in (inside if isinstance(inside, Mapping) else {}).items():
        if name == "custom" and isinstance(value, Mapping):
            flat.update({f"custom.{key}": each for key, each in value.items()})
        else:
            flat[name] = value
    return flat


def fold_subscriptions(
    known: Mapping[SubscriptionId, SubscriptionFact], events: Sequence[Event]
) -> Mapping[SubscriptionId, SubscriptionFact]:
    """Of each subscription the latest change by (at, event id) stands."""
    merged = dict(known)
    for event in events:
        if event.type in _OF_SUBSCRIPTIONS:
            fact = _fact(event)
            if fact.id and (fact.id not in merged or _order(fact) > _order(merged[fact.id])):
                merged[fact.id] = fact
    if merged == known:
        return known
    if len(merged) > MAX_SUBSCRIPTIONS:
        merged = dict(nlargest(MAX_SUBSCRIPTIONS, merged.items(), key=lambda row: (_order(row[1]), row[0])))
    return merged


def _order(fact: SubscriptionFact) -> tuple[Instant, str]:
    return fact.changed_at, fact.event


def _fact(event: Event) -> SubscriptionFact:
    said = {name: value for name, value in event.properties.items() if isinstance(value, str)}
    return SubscriptionFact(
        id=SubscriptionId(said.get("subscription_id", "")),
        active=event.type != "unsubscribed",
        changed_at=event.at,
        event=event.id,
        service=next((known for known in SERVICES if known == said.get("service")), _OTHER),
        vapid_key=VapidKeyId(said.get("vapid_key_id", "")),
        browser=said.get("browser"),
        os=said.get("os"),
        device=said.get("device"),
        prompt=said.get("prompt"),
        time_zone=said.get("time_zone"),
        language=said.get("language"),
        topics=_topics(event.properties.get("topics")),
        since=since if isinstance(since := event.properties.get("since"), int) else None,
    )


def _topics(said: Json) -> tuple[str, ...]:
    named = said if isinstance(said, Sequence) and not isinstance(said, str) else ()
    return tuple(sorted({topic[:MAX_TOPIC] for topic in named if isinstance(topic, str)})[:MAX_TOPICS])
