"""Caps count for a person, under whatever ids they were sent to, before they were known to be one and after."""

from shopbell.domain.clock import HOUR
from shopbell.domain.content import Content
from shopbell.domain.ids import SubscriptionId, VisitorId
from shopbell.domain.runs import Run

from tests.unit.app.chunks import ends, send
from tests.unit.app.merging import ANNA, say
from tests.unit.app.shop import STORE, Shop

PHONE, LAPTOP = VisitorId("phone"), VisitorId("laptop")


def shop_with_devices() -> tuple[Shop, dict[VisitorId, SubscriptionId]]:
    shop = Shop()
    shop.segment("viewers", {"event": "product_view"})
    return shop, {who: shop.subscribe(who, device="a") for who in (PHONE, LAPTOP, ANNA)}


def sends(shop: Shop, *to: tuple[VisitorId, SubscriptionId], run: Run | None = None) -> list[str]:
    """One campaign to these; its outcomes."""
    made = run or shop.run(content=Content(f"News {shop.clock.now}", "x", "/"))
    chunk = shop.chunk(made, *to)
    send(shop, chunk)
    shop.clock.now += HOUR
    return ends(shop, made, chunk)


def test_what_an_anonymous_visitor_was_sent_counts_once_they_are_a_customer() -> None:
    shop, devices = shop_with_devices()
    assert sends(shop, (PHONE, devices[PHONE])) == ["accepted"]
    assert sends(shop, (ANNA, devices[ANNA])) == ["accepted"]
    shop.fold(say(shop, PHONE))
    shop.clock.now += 6 * HOUR

    assert sends(shop, (ANNA, devices[ANNA])) == ["skipped:frequency_cap"]
    record = shop.sends.of(STORE, [ANNA, PHONE])
    assert record[ANNA].sent == record[PHONE].sent
    assert len(record[ANNA].sent) == 2


def test_what_goes_to_an_old_id_counts_for_the_customer() -> None:
    shop, devices = shop_with_devices()
    shop.fold(say(shop, PHONE), say(shop, LAPTOP))

    assert sends(shop, (PHONE, devices[PHONE])) == ["accepted"]
    assert sends(shop, (LAPTOP, devices[LAPTOP])) == ["skipped:frequency_cap"]
    assert sends(shop, (ANNA, devices[ANNA])) == ["skipped:frequency_cap"]


def test_one_message_to_all_ids_of_a_person_is_one_message() -> None:
    shop, devices = shop_with_devices()
    shop.fold(say(shop, PHONE), say(shop, LAPTOP))

    assert sends(shop, *devices.items()) == ["accepted"] * 3
    assert len(shop.sends.of(STORE, [ANNA])[ANNA].sent) == 1
