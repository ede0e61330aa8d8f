"""What sells is counted once for each record, whatever the stream does with its batches."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.adapters.memory.demand import MemoryDemandCounters
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.demand import CountDemand, Record
from shopbell.domain.clock import DAY
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import EventId, ProductId, StoreId, VisitorId
from shopbell.domain.recommend.lists import Demand
from shopbell.domain.store import Store

NOW = 1_790_000_000_000
SHOP = StoreId("shop")
STORE = Store(SHOP, "Shop", 1, NOW, "mailto:post@shop.example")
BOOT, TENT = ProductId("boot"), ProductId("tent")


def said(kind: str, properties: dict[str, Json], *, at: int = NOW, trusted: bool = False) -> Event:
    return Event(EventId(f"{kind}{at}"), kind, VisitorId("ann"), at, at, properties, trusted=trusted)


def order(*lines: dict[str, Json], **more: Json) -> dict[str, Json]:
    return {"order_id": "o1", "currency": "EUR", "items": list(lines), **more}


def record(*events: Event, visitor: str = "ann", sequence: int = 1) -> Record:
    item = EventItem(SHOP, VisitorId(visitor), "-", 0, events)
    return Record(item, f"shop#{visitor}", str(sequence))


def counting(world: MemoryWorld, store: Store | None = STORE) -> CountDemand:
    return CountDemand(MemoryDemandCounters(world), lambda _: store, lambda: NOW)


def counted(world: MemoryWorld, day: int = NOW // DAY) -> dict[ProductId, Demand]:
    return dict(MemoryDemandCounters(world).day(SHOP, day))


LINES: Sequence[dict[str, Json]] = (
    {"product_id": "boot", "quantity": 2, "price": 50},
    {"product_id": "boot", "price": 60},
    {"product_id": "tent"},
)


@pytest.mark.parametrize(
    ("event", "store", "wanted"),
    [
        (said("product_view", {"product_id": "boot"}), STORE, {BOOT: Demand(views=1)}),
        (said("purchase", order(*LINES)), STORE, {BOOT: Demand(1, 3, 160), TENT: Demand(1, 1)}),
        (said("refund", order(*LINES[:1])), STORE, {BOOT: Demand(-1, -2, -100)}),
        (said("refund", {"order_id": "o1"}), STORE, {}),
        (said("purchase", order(*LINES[:1], currency="USD")), STORE, {BOOT: Demand(1, 2, 0)}),
        (said("purchase", order(*LINES[:1], test=True)), STORE, {}),
        (said("purchase", order(*LINES[:1]), at=NOW - 90 * DAY), STORE, {}),
        (said("cart_add", {"product_id": "boot"}), STORE, {}),
    ],
    ids=["view", "order", "refund", "refund of nobody knows what", "other money", "test", "long ago", "cart"],
)
def test_an_event_adds_what_it_says_to_its_day(event: Event, store: Store, wanted: dict[ProductId, Demand]) -> None:
    world = MemoryWorld()
    counting(world, store)([record(event)])

    assert counted(world) == wanted


def test_where_the_server_tells_orders_those_of_browsers_are_not_counted() -> None:
    world = MemoryWorld()
    store = Store(SHOP, "Shop", 1, NOW, "mailto:post@shop.example", revenue_source="server")
    browser, server = said("purchase", order(*LINES[2:])), said("purchase", order(*LINES[2:]), trusted=True)
    counting(world, store)([record(browser, sequence=1), record(server, sequence=2)])

    assert counted(world) == {TENT: Demand(1, 1)}


def test_an_item_with_more_products_than_a_transaction_takes_is_counted_in_parts() -> None:
    world = MemoryWorld()
    views = [said("product_view", {"product_id": f"p{number}"}, at=NOW - number) for number in range(64)]
    lines: list[dict[str, Json]] = [{"product_id": f"q{number}"} for number in range(150)]
    basket = said("purchase", order(*lines))
    ends = counting(world)([record(*views), record(basket, sequence=2), record(*views, visitor="ben")])

    assert ends == {"demand_counted": 5}
    assert len(counted(world)) == 214
    assert counting(world)([record(*views), record(basket, sequence=2)]) == {"demand_counted_before": 4}
    assert counted(world)[ProductId("p3")] == Demand(views=2)


def test_a_store_that_is_gone_counts_nothing() -> None:
    ends = counting(MemoryWorld(), None)([record(said("product_view", {"product_id": "boot"}))])

    assert ends == {"demand_store_gone": 1}


@given(cuts=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=12))
def test_however_batches_are_replayed_each_record_counts_once(cuts: list[tuple[int, int]]) -> None:
    """A stream never goes on before a batch has passed, so a replay begins at or before what was counted."""
    world, view = MemoryWorld(), said("product_view", {"product_id": "boot"})
    log = [record(view, visitor=f"v{number % 5}", sequence=number + 7) for number in range(30)]
    reached = 0
    for start, length in cuts:
        begin = min(start, reached)
        counting(world)(log[begin : begin + length])
        reached = max(reached, min(begin + length, len(log)))
    counting(world)(log[reached:])

    assert counted(world) == {BOOT: Demand(views=30)}
