"""A refund of a test order is a test, too, whether it says so or not, and counts for nothing."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.adapters.memory.demand import MemoryDemandCounters
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.demand import CountDemand, Record
from shopbell.app.tracking.refunds import NameReturned
from shopbell.app.tracking.track import Batch, Track
from shopbell.domain.attribution.facts import facts_of
from shopbell.domain.clock import DAY, MINUTE
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import ProductId, StoreId, VisitorId, customer
from shopbell.domain.profile import Alias, Profile
from shopbell.domain.recommend.lists import Demand
from shopbell.domain.store import Principal, Store
from shopbell.domain.visits.interactions import fold_interactions, join_interactions
from shopbell.domain.visits.returns import order_of

from tests.unit.visits.histories import BASE, happening

SHOP, ANN = StoreId("shop"), VisitorId("ann")
STORE = Store(SHOP, "Shop", 1, BASE, "mailto:post@shop.example")
NOW = BASE + MINUTE
LINES: Sequence[dict[str, Json]] = ({"product_id": "boot", "quantity": 2, "price": 4_000},)


def bought(order: str = "o1", minute: int = 0, **more: Json) -> Event:
    said: dict[str, Json] = {"order_id": order, "total": 8_000, "currency": "EUR", "items": list(LINES)}
    return happening(f"e-{order}-{minute}", "purchase", minute, {**said, **more})


def told(world: MemoryWorld, *events: dict[str, object]) -> None:
    """In one call of the shop's server."""
    track = Track(MemoryEvents(world), MemoryCatalogue(world), lambda: NOW, None, NameReturned(MemoryVisitors(world)))
    done = track(Principal(SHOP, "srv"), Batch(events))
    assert not done.rejected, done.rejected


def refund(**said: Json) -> dict[str, object]:
    return {"id": "r", "type": "refund", "visitor_id": "ann", "properties": {"order_id": "o1", **said}}


def stored(world: MemoryWorld, who: VisitorId = ANN) -> list[Event]:
    return [event for item in MemoryEvents(world).of(SHOP, who) for event in item.events]


def sold(world: MemoryWorld, who: VisitorId = ANN) -> dict[ProductId, Demand]:
    """What the stored events say of what sells, each record told twice."""
    counters = MemoryDemandCounters(world)
    count = CountDemand(counters, lambda _: STORE, lambda: NOW)
    records = [Record(item, str(who), str(place)) for place, item in enumerate(MemoryEvents(world).of(SHOP, who), 1)]
    count(records)
    count(records)
    return {product: row for product, row in counters.day(SHOP, NOW // DAY) if row != Demand()}


@pytest.mark.parametrize(
    "said",
    [{}, {"amount": 8_000}, {"amount": 100}, {"items": list(LINES)}, {"test": False}],
    ids=["by its number", "all of it", "a part of it", "by its items", "said to be none"],
)
@pytest.mark.parametrize("test", [True, False], ids=["a test", "an order"])
def test_a_refund_of_a_test_order_says_that_it_is_a_test(said: dict[str, Json], test: bool) -> None:
    world = MemoryWorld()
    state = fold_interactions(b"", [bought(test=test)])
    world.profiles[SHOP, ANN] = Profile(SHOP, ANN, interactions=state)

    told(world, refund(**said))

    (event,) = stored(world)
    lowers = not test and said != {"amount": 100}
    assert bool(event.properties.get("test")) is test
    assert sold(world) == ({ProductId("boot"): Demand(-1, -2, -8_000)} if lowers else {})
    assert bool(facts_of([event], STORE).refunds) is not test


@pytest.mark.parametrize("first", ["purchase", "refund"])
def test_it_is_known_where_one_call_tells_of_both_in_either_order(first: str) -> None:
    world = MemoryWorld()
    order: dict[str, Json] = {"order_id": "o1", "total": 8_000, "currency": "EUR", "test": True, "items": list(LINES)}
    purchase: dict[str, object] = {"id": "p", "type": "purchase", "visitor_id": "ann", "properties": order}
    both = [purchase, refund(items=list(LINES))]

    told(world, *(both if first == "purchase" else both[::-1]))

    assert [event.properties.get("test") for event in stored(world)] == [True, True]
    assert sold(world) == {}


def test_a_refund_by_number_that_comes_before_its_test_order_lowers_nothing() -> None:
    world = MemoryWorld()
    told(world, refund())
    told(world, {"id": "p", "type": "purchase", "visitor_id": "ann", "properties": bought(test=True).properties})

    assert sold(world) == {}


def test_after_a_login_the_order_of_the_guest_is_known() -> None:
    world = MemoryWorld()
    whose = customer("7")
    guest, before = fold_interactions(b"", [bought(test=True)]), fold_interactions(b"", [bought("o2", 1)])
    world.profiles[SHOP, whose] = Profile(SHOP, whose, interactions=join_interactions(before, guest))
    world.profiles[SHOP, ANN] = Profile(SHOP, ANN, alias=Alias(whose, NOW, joined=True))

    told(world, refund(), {**refund(order_id="o2"), "id": "r2"})

    assert [event.properties.get("test") for event in stored(world)] == [True, None]


@pytest.mark.parametrize("also", ["a real report", "another order"])
def test_an_order_that_one_report_calls_real_is_no_test(also: str) -> None:
    other = bought(minute=1) if also == "a real report" else bought("o2")
    order = order_of(fold_interactions(b"", [bought(test=True), other]), "o1")

    assert order is not None
    assert order.test is (also == "another order")


@given(st.lists(st.tuples(st.sampled_from(("o1", "o2")), st.integers(0, 2), st.booleans()), max_size=6), st.data())
def test_what_is_known_of_tests_is_the_same_in_any_order_repetition_and_merge(
    told: list[tuple[str, int, bool]], data: st.DataObject
) -> None:
    made = {(order, minute): test for order, minute, test in told}
    events = [bought(order, minute, test=test) for (order, minute), test in made.items()]
    whole = fold_interactions(b"", events)
    shuffled = data.draw(st.permutations([*events, *events]))
    parts = data.draw(st.integers(0, len(shuffled)))
    one, other = fold_interactions(b"", shuffled[:parts]), fold_interactions(b"", shuffled[parts:])

    assert join_interactions(one, other) == join_interactions(other, one) == whole


def test_notes_of_tests_go_with_the_rows_of_their_orders() -> None:
    views = [happening(f"v{number}", "product_view", number, {"product_id": "cup"}) for number in range(1, 201)]
    for batch in permutations(([bought(test=True)], views)):
        state = b""
        for events in batch:
            state = fold_interactions(state, events)
        assert b"tests" not in state
