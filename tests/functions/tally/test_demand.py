"""The function `tally` counts what sells from the stream of events, beside receipts and sizes."""

import pytest
from shopbell.adapters.dynamo.event_items import encode
from shopbell.adapters.memory.demand import MemoryDemandCounters
from shopbell.app.demand import CountDemand
from shopbell.app.tallying import Tally
from shopbell.app.tracking.items import system_item
from shopbell.domain.clock import DAY
from shopbell.domain.events import Event, EventItem
from shopbell.domain.ids import EventId, ProductId, VisitorId
from shopbell.domain.recommend.lists import Demand

from functions.tally.handler import handler
from tests.functions.lambda_events import appended, context, counted, stream_event
from tests.unit.app.shop import NOON, STORE, Shop


def item(visitor: str, kind: str) -> EventItem:
    properties = {"product_id": "boots", "order_id": f"{visitor}'s", "run": "r1", "campaign": "spring"}
    who = VisitorId(visitor)
    return system_item(STORE, Event(EventId(f"{kind}:{visitor}"), kind, who, NOON, NOON, properties, trusted=True))


def test_views_and_orders_count_once_for_their_product_and_day(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    demand = CountDemand(MemoryDemandCounters(shop.world), shop.stores.get, shop.clock)
    tally = Tally(shop.counters, demand=demand, reports=shop.reports)
    records = [
        appended(item("ann", "product_view"), 1),
        appended(item("ann", "purchase"), 2),
        appended(item("bob", "product_view"), 3),
        appended(item("bob", "push_shown"), 4),
    ]
    handler(stream_event(*records), context(), tally)
    assert counted(capsys.readouterr().out)["demand_counted"] == 3
    handler(stream_event(*records[1:]), context(), tally)

    assert counted(capsys.readouterr().out)["demand_counted_before"] == 2
    assert dict(MemoryDemandCounters(shop.world).day(STORE, NOON // DAY)) == {ProductId("boots"): Demand(1, 1, 0, 2)}
    assert shop.report_counts.totals(STORE, "spring") == {"0|shown|": 1}


@pytest.mark.parametrize(
    ("kind", "flag"),
    [("product_view", True), ("purchase", True), ("refund", True), ("page_view", False), ("push_shown", False)],
)
def test_only_items_that_say_something_of_demand_are_sent_for_it(kind: str, flag: bool) -> None:
    assert ("demand" in encode(item("ann", kind))) is flag
