"""Identified visitors: whenever it is said, in whatever order all comes, the customer is what one fold would give."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.adapters.memory.unreliable import unreliable
from shopbell.app.tracking.identify import identified_item
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.subscribe import subscribed, unsubscribed
from shopbell.domain.clock import DAY, HOUR, SECOND, Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import EventId, VisitorId, customer
from shopbell.domain.profile import Alias, Profile
from shopbell.domain.segments.codec import dump
from shopbell.domain.segments.evaluate import evaluate
from shopbell.domain.segments.fold import fold
from shopbell.domain.segments.joining import join

from tests.unit.app.shop import NOON, STORE, Shop

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


def test_what_an_anonymous_visitor_did_counts_for_the_customer() -> None:
    shop = shop_with_rules()
    phone, laptop, _ = PEOPLE
    shop.fold(view(shop, phone), view(shop, laptop, NOON - HOUR))
    assert "viewers" not in shop.profile(phone)

    shop.fold(say(shop, phone), say(shop, laptop))

    assert "viewers" in shop.profile(ANNA)
    check(shop, {phone, laptop})


def test_memberships_that_end_or_begin_are_logged_with_the_cause_merge() -> None:
    shop = shop_with_rules()
    phone = PEOPLE[0]
    shop.fold(view(shop, phone), view(shop, phone, NOON - HOUR))
    shop.fold(shop.event(ANNA, "purchase", None, {"order_id": "o1"}))
    assert "viewers" in shop.profile(phone)

    shop.clock.now += SECOND
    shop.fold(say(shop, phone))

    ended = {(line.flip.segment, line.flip.change, line.flip.cause) for line in shop.log(phone)[:2]}
    assert ended == {("viewers", "exited", "merge"), ("quiet", "exited", "merge")}
    begun = {line.flip.segment: line.flip for line in shop.log(ANNA) if line.flip.cause == "merge"}
    assert begun.keys() == {"viewers", "viewing-buyers"}
    assert begun["viewers"].leaf == "rule" or begun["viewers"].leaf is not None
    assert shop.log(ANNA)[0].flip.at == shop.clock.now
    check(shop, {phone})


def test_an_order_that_both_know_counts_once() -> None:
    shop = shop_with_rules()
    phone = PEOPLE[0]
    shop.fold(shop.event(phone, "purchase", None, {"order_id": "o1"}))
    shop.fold(shop.event(ANNA, "purchase", NOON - SECOND, {"order_id": "o1"}))
    shop.fold(say(shop, phone))
    assert "buyers" in shop.profile(ANNA)
    assert "two-orders" not in shop.profile(ANNA)
    check(shop, {phone})


def test_events_that_come_later_go_straight_to_the_customer() -> None:
    shop = shop_with_rules()
    phone = PEOPLE[0]
    shop.fold(say(shop, phone))
    before = shop.visitors.load(STORE, phone)
    shop.fold(view(shop, phone), view(shop, phone, NOON - HOUR))
    assert shop.visitors.load(STORE, phone) == before
    assert "viewers" in shop.profile(ANNA)
    check(shop, {phone})


def test_a_visitor_never_seen_before_may_be_identified() -> None:
    shop = shop_with_rules()
    shop.fold(say(shop, PEOPLE[0]))
    assert shop.profile(ANNA) == {"quiet"}
    check(shop, {PEOPLE[0]})


def test_the_clock_of_an_alias_moves_the_customer() -> None:
    shop = shop_with_rules()
    phone = PEOPLE[0]
    shop.fold(view(shop, phone, NOON - 29 * DAY), view(shop, phone, NOON - 28 * DAY), say(shop, phone))
    assert "viewers" in shop.profile(ANNA)
    shop.clock.now = NOON + DAY
    assert shop.evaluate.touch(STORE, [phone])["exited_by_clock"] == 1
    assert "viewers" not in shop.profile(ANNA)


def test_a_rule_that_comes_after_the_merge_is_answered_from_the_logs_of_all_aliases() -> None:
    shop = shop_with_rules()
    phone, laptop, _ = PEOPLE
    shop.fold(shop.event(phone, "search", None, {"query": "boots"}), say(shop, phone), say(shop, laptop))
    shop.fold(shop.event(laptop, "search", None, {"query": "boots"}))
    shop.segment("searchers", {"event": "search", "value": 2})
    assert "searchers" in shop.profile(ANNA)
    check(shop, {phone, laptop})


def test_a_rule_that_comes_between_alias_and_join_is_answered_from_the_log_too() -> None:
    shop = shop_with_rules()
    phone = PEOPLE[0]
    shop.fold(shop.event(phone, "search", None, {"query": "boots"}))
    item = say(shop, phone)
    shop.segment("searchers", {"event": "search"}, state="building")
    shop.fold(item)
    assert "searchers" in shop.profile(ANNA)
    check(shop, {phone})


def test_more_memberships_than_a_transaction_holds_all_move_to_the_customer() -> None:
    shop, phone = Shop(), PEOPLE[0]
    for number in range(60):
        where: Json = [{"field": "product_id", "op": "ne", "value": f"other{number}"}]
        shop.segment(f"s{number:02d}", {"event": "product_view", "where": where})
    shop.fold(view(shop, phone))
    shop.fold(say(shop, phone))
    assert len(shop.profile(ANNA)) == 60
    check(shop, {phone})


@pytest.mark.parametrize("parts", [1, 2, 3, 4])
def test_a_merge_cut_off_anywhere_is_finished_by_whoever_comes_next(parts: int) -> None:
    shop, phone = Shop(), PEOPLE[0]
    for number in range(60):
        where: Json = [{"field": "product_id", "op": "ne", "value": f"other{number}"}]
        shop.segment(f"s{number:02d}", {"event": "product_view", "where": where})
    shop.fold(view(shop, phone))
    item = say(shop, phone)

    class Dying(type(shop.visitors)):  # type: ignore[misc]
        left = parts

        def commit(self, commit: object) -> bool:
            if not Dying.left:
                raise Unavailable("killed")
            Dying.left -= 1
            return bool(super().commit(commit))

    assert replace(shop.evaluate, visitors=Dying(shop.world))([item]).failed == 0
    shop.fold(item)
    check(shop, {phone})


def test_a_membership_of_a_paused_segment_moves_as_well() -> None:
    shop = shop_with_rules()
    phone = PEOPLE[0]
    shop.fold(shop.event(phone, "purchase", None, {"order_id": "o1"}))
    row = next(row for row in shop.segments.all(STORE) if row.id == "buyers")
    assert shop.segments.save(replace(row, state="paused", revision=row.revision + 1), expected=row.revision)
    shop.fold(say(shop, phone))
    assert "buyers" in shop.profile(ANNA)
    assert shop.profile(phone) == set()


KINDS = st.sampled_from(
    [
        "page_view",
        "product_view",
        "cart_add",
        "cart_clear",
        "purchase",
        "refund",
        "country",
        "subscribe",
        "leave",
        "say",
    ]
)
STEP = st.tuples(KINDS, st.sampled_from(PEOPLE), st.integers(0, 6 * 24), st.integers(0, 3))


def happen(shop: Shop, step: tuple[str, VisitorId, int, int], number: int) -> Iterator[EventItem]:
    kind, who, hours, which = step
    at = NOON - hours * HOUR
    if kind == "say":
        if who != ANNA:
            yield say(shop, who, at=NOON)
        return
    if kind in {"subscribe", "leave"}:
        row = replace(shop.register(f"device{which}"), visitor=who, created_at=at)
        made = subscribed(row, at) if kind == "subscribe" else unsubscribed(row, at, "left")
        yield system_item(STORE, made)
        return
    name, properties = (
        kind,
        {"url": "https://shop.example.com/", "product_id": "boots", "order_id": f"o{which}", "total": 2000},
    )
    if kind == "country":
        name, properties = "traits_changed", {"country": "AT" if which % 2 else "DE"}
    received = NOON - which * SECOND
    event = Event(EventId(f"e{number}"), name, who, at, received, properties, trusted=which == 1)
    yield EventItem(STORE, who, "-", 0, (event,))


@settings(max_examples=60, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=14), st.randoms(use_true_random=False))
def test_order_repetition_crashes_and_the_moment_of_identify_do_not_matter(
    steps: list[tuple[str, VisitorId, int, int]], chance: random.Random
) -> None:
    shop = shop_with_rules()
    down = replace(
        shop.evaluate,
        visitors=unreliable(shop.visitors, chance, refused=0.1, lost=0.1),
        rulebook=shop.evaluate.rulebook,
    )
    waiting: list[EventItem] = []
    everything: list[EventItem] = []
    for number, step in enumerate(steps):
        for item in happen(shop, step, number):
            shop.events.append([item])
            waiting.append(item)
            everything.append(item)
        if chance.random() < 0.5 and waiting:
            chance.shuffle(waiting)
            batch = waiting[: chance.randint(1, len(waiting))]
            if down(batch).failed is None:
                waiting = waiting[len(batch) :]
    replayed = [*waiting, *chance.choices(everything, k=2)] if everything else []
    chance.shuffle(replayed)
    for item in replayed:
        shop.fold(item)
    said = {who for kind, who, _, _ in steps if kind == "say" and who != ANNA}
    if said or shop.visitors.load(STORE, ANNA).version:
        check(shop, said)


@given(st.lists(STEP, max_size=12), st.lists(STEP, max_size=12))
@settings(max_examples=60, deadline=None)
def test_joining_two_profiles_is_folding_both_their_events(
    mine: list[tuple[str, VisitorId, int, int]], theirs: list[tuple[str, VisitorId, int, int]]
) -> None:
    shop = shop_with_rules()
    rules = shop.evaluate.rulebook.check(STORE)
    folded = []
    for offset, steps in ((0, mine), (100, theirs)):
        items = [
            item
            for number, step in enumerate(steps)
            for item in happen(shop, (*step[:1], *step[1:]), offset + number)
        ]
        folded.append([event for item in items for event in item.events if event.type != "identified"])
    nobody = Profile(STORE, ANNA)
    one, other = (fold(nobody, events, rules) for events in folded)
    both = state(fold(nobody, [*folded[0], *folded[1]], rules))
    assert state(join(one, other, rules)) == both
    assert state(join(other, one, rules)) == both
    assert state(join(join(one, other, rules), other, rules)) == both
