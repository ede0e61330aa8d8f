"""Whenever it is said who a visitor is, in whatever order all comes, the customer is what one fold would give."""

import random
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.adapters.memory.unreliable import unreliable
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.subscribe import subscribed, unsubscribed
from shopbell.domain.clock import HOUR, SECOND
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import EventId, VisitorId
from shopbell.domain.profile import SUPPRESSED, Profile
from shopbell.domain.segments.fold import fold
from shopbell.domain.segments.joining import join

from tests.unit.app.merging import ANNA, PEOPLE, check, say, shop_with_rules, state
from tests.unit.app.shop import NOON, STORE, Shop

KINDS = st.sampled_from(
    [
        "page_view",
        "product_view",
        "cart_add",
        "cart_clear",
        "purchase",
        "refund",
        "country",
        "suppress",
        "lift",
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
    name, order = kind, f"o{which}"
    properties: dict[str, Json] = {"url": "https://a.b/", "product_id": "boots", "order_id": order, "total": 2000}
    if kind == "country":
        name, properties = "traits_changed", {"country": "AT" if which % 2 else "DE"}
    if kind in {"suppress", "lift"}:
        name, properties = "traits_changed", {"traits": {SUPPRESSED: {"reason": "x"} if kind == "suppress" else None}}
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
