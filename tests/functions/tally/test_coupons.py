"""The function `tally` finds the codes that orders came with: each counts once, however often the stream tells."""

from dataclasses import replace

import pytest
from shopbell.adapters.memory.coupons import MemoryCouponPools, MemoryCoupons
from shopbell.app.coupons.redeeming import Redeem
from shopbell.app.tallying import Tally
from shopbell.app.tracking.items import system_item
from shopbell.domain.clock import DAY
from shopbell.domain.coupons import Claim, Stock, counted
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import EventId, RunId, VisitorId

from functions.tally.handler import handler
from tests.functions import lambda_events as events
from tests.unit.app.giving import SPRING, pool
from tests.unit.app.shop import NOON, STORE, Shop


def order(
    coupon: Json, name: str = "o1", visitor: str = "ben", *, trusted: bool = True, test: bool = False
) -> EventItem:
    who = VisitorId(visitor)
    properties: dict[str, Json] = {
        "order_id": name,
        "total": 100,
        "coupon": coupon,
        **({"test": True} if test else {}),
    }
    event = Event(EventId(f"{name}:{visitor}"), "purchase", who, NOON, NOON, properties, trusted=trusted)
    return system_item(STORE, event)


class Counted:
    """A shop whose ann holds one of two codes."""

    def __init__(self) -> None:
        self.shop = Shop()
        pool(self.shop.world, STORE, 2)
        self.coupons = MemoryCoupons(self.shop.world)
        claim = Claim(STORE, VisitorId("ann"), b"12345678", SPRING, RunId("r1"), "birthday", NOON, NOON + DAY)
        (held,) = self.coupons.claim([claim])
        assert held is not None
        self.code = held.code
        pools = MemoryCouponPools(self.shop.world)
        redeem = Redeem(pools, self.coupons, self.shop.events, self.shop.stores.get, self.shop.clock)
        self.tally = Tally(self.shop.counters, redeem=redeem)

    def __call__(self, *items: EventItem) -> None:
        records = [events.appended(item, number) for number, item in enumerate(items, 1)]
        handler(events.stream_event(*records), events.context(), self.tally)

    @property
    def stock(self) -> Stock:
        return Stock.of(self.shop.counters.total(STORE, counted(SPRING)))

    def told(self) -> list[tuple[str, Json]]:
        stored = [item for rows in self.shop.world.events.values() for item in rows.values()]
        found = [event for item in stored for event in item.events if event.type == "coupon_redeemed"]
        return [(event.visitor, event.properties["order_id"]) for event in found]


def test_a_code_is_redeemed_once_and_its_buyer_is_told_of() -> None:
    seen = Counted()
    for _ in range(2):
        seen(order(seen.code.lower()), order(seen.code, "o2", "cem"))
    assert seen.stock == Stock(codes=2, assigned=1, redeemed=1)
    assert seen.told() == [("ben", "o1")]


def test_the_same_order_told_by_page_and_server_counts_once() -> None:
    seen = Counted()
    seen(order(seen.code), order(seen.code, "o1", "c:77"))
    assert seen.stock.redeemed == len(seen.told()) == 1


def test_one_of_several_codes_of_an_order_is_found() -> None:
    seen = Counted()
    seen(order(f"SUMMER, {seen.code}"))
    assert seen.stock.redeemed == 1


@pytest.mark.parametrize("coupon", ["SUMMER", "", 5, None, "a code with spaces"])
def test_other_codes_are_the_shops_own_business(coupon: Json) -> None:
    seen = Counted()
    seen(order(coupon))
    assert (seen.stock.redeemed, seen.told()) == (0, [])


def test_what_does_not_count_as_an_order_redeems_nothing() -> None:
    seen = Counted()
    seen(order(seen.code, test=True))
    stores = seen.shop.world.stores
    stores[STORE] = replace(stores[STORE], revenue_source="server")
    seen(order(seen.code, trusted=False))
    assert seen.stock.redeemed == 0
    seen(order(seen.code))
    assert seen.stock.redeemed == 1


def test_a_code_that_nobody_was_given_is_spent_by_an_order_as_well() -> None:
    seen = Counted()
    free = {"CODE000", "CODE001"} - {seen.code}
    seen(order(free.pop()))
    assert (seen.stock.redeemed, seen.stock.free) == (1, 0)


def test_no_code_is_written_to_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    seen = Counted()
    seen(order(seen.code))
    assert "CODE00" not in capsys.readouterr().out
