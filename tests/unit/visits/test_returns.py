"""A refund that names an order and no products gives back all of it, or nobody can tell what; of a test it is one."""

from collections.abc import Sequence

import pytest
from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.tracking.refunds import NameReturned
from shopbell.app.tracking.track import Batch, Track
from shopbell.domain.clock import MINUTE
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.store import Principal
from shopbell.domain.visits.interactions import fold_interactions, interactions_of
from shopbell.domain.visits.returns import order_of, returned

from tests.unit.visits.histories import BASE, happening

SHOP = StoreId("shop")
LINES: Sequence[dict[str, Json]] = (
    {"product_id": "boot", "quantity": 2, "price": 4_000},
    {"product_id": "boot", "quantity": 1, "price": 4_000},
    {"product_id": "pan"},
)
ORDER: dict[str, Json] = {"order_id": "o1", "total": 12_500, "currency": "EUR", "items": list(LINES)}
ITEMS = [{"product_id": "boot", "quantity": 3, "price": 4_000}, {"product_id": "pan", "quantity": 1, "price": 900}]


def bought(minute: int = 0, **changes: Json) -> Event:
    return happening("e1", "purchase", minute, ORDER | changes)


def given_back(said: dict[str, Json]) -> Event:
    return happening("e2", "refund", 9, said)


@pytest.mark.parametrize(
    ("refund", "whole"),
    [
        ({}, True),
        ({"amount": 12_500, "currency": "EUR"}, True),
        ({"amount": 13_000}, True),
        ({"amount": 12_499, "currency": "EUR"}, False),
        ({"amount": 12_500, "currency": "USD"}, False),
    ],
    ids=["no amount", "all of it", "more than all", "a part", "other money"],
)
def test_all_of_an_order_is_given_back_where_no_less_than_its_total_is_named(
    refund: dict[str, Json], whole: bool
) -> None:
    order = order_of(fold_interactions(b"", [bought()]), "o1")
    assert order is not None

    said: dict[str, Json] = {"order_id": "o1", **refund}
    found = returned(given_back(said), order).properties

    assert found == ({"currency": "EUR", **said, "items": ITEMS} if whole else said)


def test_of_several_reports_of_an_order_the_newest_says_what_it_cost() -> None:
    state = fold_interactions(b"", [bought(5, total=9_000), bought(0)])
    order = order_of(fold_interactions(state, [happening("v", "product_view", 9, {"product_id": "cup"})]), "o1")

    assert order is not None
    assert (order.total, list(order.items)) == ((9_000, "EUR"), ITEMS)


def test_an_order_that_is_not_known_or_told_no_total_gives_back_nothing_by_its_amount() -> None:
    state = fold_interactions(b"", [bought(total="much")])
    order = order_of(state, "o1")

    assert order_of(state, "o2") is None
    assert order is not None
    refund = given_back({"order_id": "o1", "amount": 12_500})
    assert returned(refund, order) == refund


def test_a_total_goes_with_the_rows_of_its_order() -> None:
    views = [happening(f"v{number}", "product_view", number, {"product_id": "cup"}) for number in range(1, 201)]
    state = fold_interactions(fold_interactions(b"", [bought()]), views)

    assert (order_of(state, "o1"), b"totals" in state) == (None, False)
    assert {one.quantity for one in interactions_of(state)} == {1}


@pytest.mark.parametrize("together", [True, False], ids=["in the call of its order", "later"])
def test_a_refund_is_stored_with_what_it_gives_back(together: bool) -> None:
    world = MemoryWorld()
    now, visitors = BASE + MINUTE, MemoryVisitors(world)
    track = Track(MemoryEvents(world), MemoryCatalogue(world), lambda: now, None, NameReturned(visitors))
    order: dict[str, object] = {"id": "e1", "type": "purchase", "visitor_id": "ann", "properties": ORDER}
    refund = {"id": "e2", "type": "refund", "visitor_id": "ann", "properties": {"order_id": "o1", "amount": 12_500}}
    partial = {"id": "e3", "type": "refund", "visitor_id": "ann", "properties": {"order_id": "o1", "amount": 500}}
    if not together:
        known = Profile(SHOP, VisitorId("ann"), interactions=fold_interactions(b"", [bought()]))
        world.profiles[SHOP, VisitorId("ann")] = known
    track(Principal(SHOP, "srv"), Batch([*([order] if together else []), refund, partial]))

    items = MemoryEvents(world).of(SHOP, VisitorId("ann"))
    refunds = [event.properties for item in items for event in item.events if event.type == "refund"]
    assert [len(one.get("items", ())) for one in refunds] == [2, 0]  # type: ignore[arg-type]
