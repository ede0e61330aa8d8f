"""What is stored of a person in forms of our own, as they may read it (GDPR Art. 15, 20)."""

from collections.abc import Mapping, Sequence

from shopbell.domain.clock import Instant, format_instant
from shopbell.domain.events import EventItem, Json
from shopbell.domain.profile import Profile
from shopbell.domain.sends import Sent
from shopbell.domain.visits.cart import cart_of
from shopbell.domain.visits.interactions import interactions_of
from shopbell.domain.visits.sessions import starts_of

Shown = Mapping[str, Json]


def sends_shown(sent: Sequence[Sent], clicked_at: Instant | None) -> Shown:
    return {
        "clicked": None if clicked_at is None else format_instant(clicked_at),
        "messages": [
            {"at": format_instant(one.at), "source": one.source_id, "step": one.step, "products": list(one.products)}
            for one in sent
        ],
    }


def events_shown(item: EventItem) -> Shown:
    return {
        "visitor_id": item.visitor,
        "events": [
            {
                "id": event.id,
                "type": event.type,
                "occurred_at": format_instant(event.at),
                "received_at": format_instant(event.received_at),
                "properties": event.properties,
                "trusted": event.trusted,
                "products": {
                    name: {"categories": list(facts.categories), "brand": facts.brand, "price": facts.price}
                    for name, facts in event.products.items()
                },
            }
            for event in item.events
        ],
    }


def profile_shown(profile: Profile) -> Shown:
    return {
        "visitor_id": profile.visitor,
        "traits": {name: trait.value for name, trait in sorted(profile.traits.items())},
        "subscriptions": [
            {"id": fact.id, "active": fact.active, "service": fact.service, "browser": fact.browser, "os": fact.os}
            for fact in profile.subscriptions.values()
        ],
        "segments": {name: format_instant(at) for name, at in sorted(profile.memberships.items())},
        "left_segments": {name: format_instant(at) for name, at in sorted(profile.left.items())},
        "cart": [
            {"product_id": line.product, "quantity": line.quantity, "price": line.price}
            for line in cart_of(profile.cart).lines
        ],
        "visits": [format_instant(at) for at in sorted(starts_of(profile.sessions))],
        "products": [
            {"product_id": one.product, "type": one.kind, "at": format_instant(one.at)}
            for one in interactions_of(profile.interactions)
        ],
        "scores": dict(profile.scores),
        "scenarios": {
            name: [{"started_at": format_instant(one.started_at), "sent": one.sent} for one in ran]
            for name, ran in sorted(profile.ran.items())
        },
        "waiting": [{"source": step.source_id, "due": format_instant(step.due)} for step in profile.steps],
        "first_seen": None if profile.first_seen is None else format_instant(profile.first_seen),
        "last_seen": None if profile.last_seen is None else format_instant(profile.last_seen),
    }
