"""Caps count for a person, under whatever ids they were sent to, before they were known to be one and after."""

from dataclasses import replace

from shopbell.domain.clock import HOUR
from shopbell.domain.content import Content
from shopbell.domain.ids import SubscriptionId, VisitorId
from shopbell.domain.push.values import PushAnswer, PushRequest
from shopbell.domain.runs import Run

from tests.unit.app.chunks import ends, send
from tests.unit.app.merging import ANNA, say
from tests.unit.app.shop import STORE, Shop

PHONE, LAPTOP, ANN = VisitorId("phone"), VisitorId("laptop"), VisitorId("ann")


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


def dead(shop: Shop, *devices: str) -> None:
    def answer(request: PushRequest) -> PushAnswer:
        return PushAnswer(410 if request.url.rsplit("/", 1)[1] in devices else 201)

    shop.push.answer = answer


def test_a_device_that_is_gone_does_not_undo_what_another_got_by_another_service() -> None:
    shop = Shop()
    phone, laptop = shop.subscribe("ann", device="a"), shop.subscribe("ann", "mozilla", device="b")
    made = shop.run(content=Content("News", "x", "/"))
    dead(shop, "ann-b")
    send(shop, shop.chunk(made, ("ann", phone)))
    send(shop, replace(shop.chunk(made, ("ann", laptop), service="mozilla"), id="000-000000-other"))
    assert len(shop.sends.of(STORE, [ANN])[ANN].sent) == 1
    shop.clock.now += HOUR
    assert sends(shop, (ANN, phone)) == ["skipped:frequency_cap"]


def test_what_reached_none_of_a_persons_devices_takes_no_place_of_the_caps() -> None:
    shop = Shop()
    phone, tablet = shop.subscribe("ann", device="a"), shop.subscribe("ann", device="b")
    dead(shop, "ann-a", "ann-b")
    assert sends(shop, (ANN, phone), (ANN, tablet)) == ["retired"] * 2
    assert shop.sends.of(STORE, [ANN])[ANN].sent == ()


def test_of_all_ids_of_a_person_one_device_that_got_it_is_enough() -> None:
    shop, devices = shop_with_devices()
    shop.fold(say(shop, PHONE), say(shop, LAPTOP))
    dead(shop, "laptop-a")
    assert sends(shop, *devices.items()) == ["accepted", "retired", "accepted"]
    assert len(shop.sends.of(STORE, [ANNA])[ANNA].sent) == 1
