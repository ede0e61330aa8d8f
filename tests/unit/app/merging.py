"""A shop whose visitors turn out to be a customer, and what must hold of them then."""

from dataclasses import replace

from shopbell.app.tracking.identify import identified_item
from shopbell.domain.clock import Instant
from shopbell.domain.events import EventItem, Json
from shopbell.domain.ids import VisitorId, customer
from shopbell.domain.profile import Alias, Profile
from shopbell.domain.segments.codec import dump
from shopbell.domain.segments.evaluate import evaluate
from shopbell.domain.segments.fold import fold

from tests.unit.app.shop import STORE, Shop

ANNA = customer("anna")
PEOPLE = (VisitorId("phone"), VisitorId("laptop"), ANNA)
RULES: dict[str, Json] = {
    "viewers": {"event": "product_view", "value": 2, "window": {"last": "P30D"}},
    "buyers": {"event": "purchase"},
    "two-orders": {"event": "purchase", "value": 2},
    "reachable": {"subscription": "active"},
    "austrian": {"trait": "country", "op": "eq", "value": "AT"},
    "quiet": {"not": {"event": "page_view", "window": {"last": "P2D"}}},
    "first-long-ago": {"first": "page_view", "ago": {"op": "gte", "value": "P3D"}},
    "spent": {"event": "purchase", "aggregate": "sum", "of": "total", "op": "gte", "value": 5000},
    "visited-twice": {"event": "session_ended", "value": 2, "window": {"last": "P30D"}},
    "abandoned": {"event": "cart_abandoned", "window": {"last": "P7D"}},
    "full-cart": {"cart": "count", "op": "gte", "value": 2},
    "viewing-buyers": {"and": [{"in_segment": "viewers"}, {"in_segment": "buyers"}]},
}


def shop_with_rules() -> Shop:
    shop = Shop()
    for name, rule in RULES.items():
        shop.segment(name, rule)
    return shop


def say(shop: Shop, visitor: VisitorId, *, at: Instant | None = None) -> EventItem:
    """What `identify` does: the alias, and the event that brings the fold to it."""
    moment = shop.clock.now if at is None else at
    shop.aliases.link(STORE, visitor, Alias(ANNA, moment))
    item = identified_item(STORE, visitor, ANNA, moment)
    shop.events.append([item])
    return item


def refolded(shop: Shop, ids: tuple[VisitorId, ...] = PEOPLE) -> Profile:
    """The union of all events in one fold."""
    rules = shop.evaluate.rulebook.of(STORE)
    events = [event for who in ids for item in shop.events.of(STORE, who) for event in item.events]
    return fold(Profile(STORE, ANNA), events, rules)


def state(profile: Profile) -> object:
    """All that was folded, as it is stored; when memberships began depends on when the shop spoke."""
    return dump(replace(profile, memberships={}, left={}, unsettled=(), stale=()))


def check(shop: Shop, said: set[VisitorId]) -> None:
    anna = shop.visitors.load(STORE, ANNA)
    ids = tuple(who for who in PEOPLE if who in said or who == ANNA)
    assert state(anna) == state(refolded(shop, ids))
    truths = evaluate(anna, shop.evaluate.rulebook.of(STORE), shop.clock.now)
    assert set(anna.memberships) == {name for name, (truth, _) in truths.items() if truth}
    for who in said:
        stub = shop.visitors.load(STORE, who)
        assert stub.alias is not None
        assert stub.alias.joined
        assert (stub.memberships, stub.subscriptions, stub.traits, stub.ledger.size) == ({}, {}, {}, 0)
        assert [line.flip.cause for line in shop.log(ANNA) if line.flip.change == "merged"].count(f"merge:{who}") == 1
    _check_log(shop)


def _check_log(shop: Shop) -> None:
    """The log replayed gives the members, and the members are those whom the profiles name."""
    for who in PEOPLE:
        inside: set[str] = set()
        for line in reversed(shop.log(who)):
            if line.flip.change == "entered":
                assert line.flip.segment not in inside
                inside.add(line.flip.segment)
            elif line.flip.change == "exited":
                inside.remove(line.flip.segment)
        rows = {name for (_, name), people in shop.world.members.items() if who in people}
        assert inside == rows == shop.profile(who)


def view(shop: Shop, visitor: VisitorId, at: Instant | None = None) -> EventItem:
    return shop.event(visitor, "product_view", at, {"product_id": "boots"})
