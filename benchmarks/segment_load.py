"""What the benchmark of segments works on: 50 segments, and visitors with a past as they are stored."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import DAY, MINUTE, Instant
from shopbell.domain.events import Event, Json, ProductFacts
from shopbell.domain.ids import EventId, ProductId, SegmentId, StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.segments.codec import StoredProfile, dump, load
from shopbell.domain.segments.definition import Segment, StoredRules
from shopbell.domain.segments.features import Ruleset, compile_rules
from shopbell.domain.segments.settle import settle
from shopbell.domain.segments.succession import next_rules

STORE: Final = StoreId("benchmark0")
NOW: Final[Instant] = 1_790_000_000_000
CATEGORIES: Final = tuple(f"Category {n}" for n in range(10))
PRODUCTS: Final = tuple(ProductId(f"product-{n}") for n in range(60))
FACTS: Final = {
    product: ProductFacts((CATEGORIES[n % 10],), f"brand-{n % 7}", 1_000 + n, in_stock=True)
    for n, product in enumerate(PRODUCTS)
}
KINDS: Final = ("product_view", "product_view", "product_view", "cart_add", "purchase")
VISITORS: Final = 100
EVENTS_EACH: Final = 20


def rule(number: int) -> Json:
    """(viewed the category n times in d days OR bought the product) AND NOT bought lately: three leaves."""
    under: Json = {"field": "product.category", "op": "under", "value": CATEGORIES[number % 10]}
    bought: Json = {"field": "items.product_id", "op": "eq", "value": PRODUCTS[number % 60]}
    viewed: Json = {
        "event": "product_view",
        "where": [under],
        "value": 1 + number % 3,
        "window": {"last": f"P{10 + number % 30}D"},
    }
    lately: Json = {"event": "purchase", "window": {"last": f"P{1 + number % 14}D"}}
    return {"and": [{"or": [viewed, {"event": "purchase", "where": [bought]}]}, {"not": lately}]}


def _elsewhere(number: int) -> Json:
    """Refers to nothing that the visitors do."""
    return {"event": f"quiz_{number}", "window": {"last": "P30D"}}


def ruleset_of(touched: int, untouched: int = 0) -> Ruleset:
    rules = [rule(n) for n in range(touched)] + [_elsewhere(n) for n in range(untouched)]
    rows = [
        Segment(STORE, SegmentId(f"segment-{n:04}"), "", rule, "active", 1, 1, 0, 0) for n, rule in enumerate(rules)
    ]
    return compile_rules(next_rules(StoredRules(STORE), rows))


@dataclass(frozen=True, slots=True)
class Load:
    """Visitors as stored, and the events that come next, one by one."""

    stored: Sequence[tuple[Profile, StoredProfile]]
    events: Sequence[Sequence[Event]]
    past: Sequence[Sequence[Event]]
    ruleset: Ruleset


def _event(chance: random.Random, visitor: VisitorId, number: int, at: Instant) -> Event:
    kind, product = chance.choice(KINDS), chance.choice(PRODUCTS)
    properties: Mapping[str, Json] = {"product_id": product, "price": 1_000}
    if kind == "purchase":
        items: Json = [{"product_id": product, "quantity": 1}]
        properties = {"order_id": f"o{number}", "total": 1_000, "currency": "EUR", "items": items}
    facts = {product: FACTS[product]}
    return Event(EventId(f"{visitor}-{number}"), kind, visitor, at, at, properties, products=facts)


def prepare(past: tuple[int, int], ruleset: Ruleset) -> Load:
    """Each visitor has from `past[0]` to `past[1]` events behind them, all within 60 days; one a minute follows.

    They follow at once, so that a longer past is not also a longer silence, with all that falls due in it.
    """
    chance = random.Random(7)  # noqa: S311 - a fixed load, no secret
    stored, events, past_events = [], [], []
    for each in range(VISITORS):
        visitor, behind = VisitorId(f"visitor-{each}"), chance.randint(*past)
        instants = sorted(NOW - chance.randrange(60 * DAY) for _ in range(behind))
        history = [_event(chance, visitor, n, at) for n, at in enumerate(instants)]
        settled = settle(Profile(STORE, visitor), history, ruleset, NOW)
        assert settled.commit is not None
        profile = settled.commit.after.with_version(1)
        while settled.more:
            settled = settle(profile, (), ruleset, NOW)
            assert settled.commit is not None
            profile = settled.commit.after.with_version(profile.version + 1)
        stored.append((profile, dump(profile)))
        past_events.append(history)
        coming = range(behind, behind + EVENTS_EACH)
        events.append([_event(chance, visitor, n, NOW + (n - behind + 1) * MINUTE) for n in coming])
    return Load(stored, events, past_events, ruleset)


def run(work: Load, batch: int) -> tuple[float, float]:
    """(CPU seconds an event, segments evaluated an event), each batch from stored bytes to stored bytes."""
    spent, evaluated, count = 0.0, 0, 0
    for (profile, stored), events in zip(work.stored, work.events, strict=True):
        body, version, wake_at = stored, profile.version, profile.wake_at
        started = time.process_time()
        for start in range(0, len(events), batch):
            arrived = events[start : start + batch]
            before = load(STORE, profile.visitor, body, version, work.ruleset.version, wake_at)
            settled = settle(before, arrived, work.ruleset, arrived[-1].at)
            evaluated += settled.evaluated
            if settled.commit is not None:
                body, version = dump(settled.commit.after), version + 1
                wake_at = settled.commit.after.wake_at
        spent += time.process_time() - started
        count += len(events)
    return spent / count, evaluated / count
