"""What a message shows: products picked for the person when it goes, or nothing where that is not enough."""

import json
from dataclasses import replace
from typing import Any

import pytest
from shopbell.app.ends import Done
from shopbell.domain.clock import DAY
from shopbell.domain.content import Content
from shopbell.domain.ids import ProductId, VisitorId
from shopbell.domain.push.payload import MAX_PLAINTEXT
from shopbell.domain.runs import Terms
from shopbell.domain.scenarios.plan import STATIC, Selection, Step

from tests.unit.app.chunks import ends, send
from tests.unit.app.shop import STORE, Shop
from tests.unit.delivery.steps import SHOWN, deliver, greeting, report, showing, visitor, work


def shown(shop: Shop, place: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shop.push.posts[place].body)["notification"]
    return found


def test_the_first_product_gives_words_picture_and_link() -> None:
    shop = Shop()
    greeting(shop, showing(2))
    visitor(shop)
    shop.shelf.put("boots", 4_900, 7_000)
    shop.shelf.put("socks", 500, 1_000)
    deliver(shop, work(shop))
    said = shown(shop)
    assert (said["title"], said["body"]) == ("Boots", "From 49.00 EUR, up to 50 % off")
    assert said["image"] == "https://shop.example.com/boots.jpg"
    page = "https://shop.example.com/boots?utm_source=shopbell&utm_medium=push&utm_campaign=nice_to_meet_you&sb_m="
    assert said["navigate"].startswith(page)


def test_what_was_shown_stands_in_the_record_and_is_not_shown_again() -> None:
    shop = Shop()
    greeting(shop, showing())
    visitor(shop)
    shop.shelf.put("boots")
    shop.shelf.put("socks")
    deliver(shop, work(shop))
    shop.clock.now += DAY
    deliver(shop, work(shop, key="signup-2"))
    assert [shown(shop, place)["title"] for place in (0, 1)] == ["Boots", "Socks"]
    sent = shop.sends.of(STORE, [VisitorId("ann")])[VisitorId("ann")].sent
    assert [one.products for one in sent] == [(ProductId("boots"),), (ProductId("socks"),)]


def test_a_person_with_three_devices_sees_the_same_product_on_each_picked_once() -> None:
    shop = Shop()
    greeting(shop, showing())
    visitor(shop, "ann", "a", "b", "c")
    shop.shelf.put("boots")
    deliver(shop, work(shop))
    assert {shown(shop, place)["title"] for place in range(3)} == {"Boots"}
    assert shop.shelf.asked == [VisitorId("ann")]


@pytest.mark.parametrize(
    ("picks", "level", "on_shelf", "reason"),
    [
        pytest.param({"count": 3, "minimum": 2}, 0, 1, "products", id="fewer than the minimum"),
        pytest.param({"fallback_max_level": 2}, 3, 1, "level", id="from too far down the chain"),
        pytest.param({"fallback_max_level": 4}, 0, 0, "level", id="none at all"),
    ],
)
def test_too_little_to_show_is_no_content_and_says_why(
    picks: dict[str, Any], level: int, on_shelf: int, reason: str
) -> None:
    shop = Shop()
    greeting(shop, showing(**{"count": 1, **picks}))
    visitor(shop)
    shop.shelf.level = level
    for number in range(on_shelf):
        shop.shelf.put(f"p{number}")
    end = deliver(shop, work(shop))
    assert end == Done({"skipped:no_content": 1, f"no_content_{reason}": 1, "steps_done": 1})
    assert (shop.push.posts, report(shop).skipped) == ([], {"no_content": 1})


def test_words_that_do_without_a_product_go_without_one() -> None:
    words = Content("{% if product %}{{ product.title }}{% else %}Hello{% endif %}{{ coupon.code }}", "x", "/")
    shop = Shop()
    greeting(shop, Step(0, words, Selection("smart_offers", fallback_max_level=STATIC)))
    visitor(shop)
    deliver(shop, work(shop))
    assert shown(shop)["title"] == "Hello"


def test_nothing_is_picked_for_who_is_not_sent_to() -> None:
    shop = Shop()
    greeting(shop, showing())
    shop.subscribe("ann")
    shop.shelf.put("boots")
    deliver(shop, work(shop))
    assert shop.shelf.asked == []


def test_a_campaign_shows_products_too_each_person_their_own_record() -> None:
    shop = Shop()
    shop.shelf.put("boots")
    run = shop.run(content=SHOWN, terms=Terms(products=Selection("smart_offers", fallback_max_level=3)))
    chunk = shop.chunk(run, *((name, shop.subscribe(name)) for name in ("ann", "ben")))
    send(shop, chunk)
    assert ends(shop, run, chunk) == ["accepted"] * 2
    assert shop.shelf.asked == [VisitorId("ann"), VisitorId("ben")]


def test_a_long_picture_and_long_words_are_trimmed_to_what_a_push_may_hold() -> None:
    shop = Shop()
    product = shop.shelf.put("boots")
    shop.shelf.products[0] = replace(
        product, title="Boots " * 300, image_url=f"https://shop.example.com/{'x' * 1_900}.jpg"
    )
    greeting(shop, Step(0, replace(SHOWN, body="{{ product.title }}{{ product.title }}"), Selection("smart_offers")))
    visitor(shop)
    end = deliver(shop, work(shop))
    assert (end.counts["accepted"], end.counts["trimmed_image_url"], end.counts["trimmed_body"]) == (1, 1, 1)
    assert len(shop.push.posts[0].body) <= MAX_PLAINTEXT
    assert shown(shop)["title"].startswith("Boots Boots")


def test_the_cart_can_be_named() -> None:
    shop = Shop()
    words = Content(
        "{{ cart.count }} for {{ cart.value | money: cart.currency }}", "{{ cart.lines[0].product_id }}", "/"
    )
    greeting(shop, Step(0, words))
    visitor(shop)
    shop.fold(shop.event("ann", "cart_add", None, {"product_id": "boots", "quantity": 2, "price": 4_900}))
    deliver(shop, work(shop))
    assert (shown(shop)["title"], shown(shop)["body"]) == ("2 for 98.00 EUR", "boots")


@pytest.mark.parametrize(
    ("subscription", "trait", "title"),
    [
        pytest.param("de-AT", None, "Boots für dich", id="the device's language"),
        pytest.param(None, "de", "Boots für dich", id="the visitor's"),
        pytest.param("fr", None, "Boots for you", id="else the store's"),
    ],
)
def test_words_come_in_the_language_of_device_visitor_or_store(
    subscription: str | None, trait: str | None, title: str
) -> None:
    shop = Shop()
    words = Content(
        "{{ product.title }} for you", "x", "/", translations={"de": {"title": "{{ product.title }} für dich"}}
    )
    greeting(shop, Step(0, words, Selection("smart_offers")))
    visitor(shop)
    (row,) = shop.world.subscriptions.values()
    shop.subscriptions.put(replace(row, language=subscription), None)
    if trait:
        shop.fold(shop.event("ann", "traits_changed", None, {"traits": {"language": trait}}))
    shop.shelf.put("boots")
    deliver(shop, work(shop))
    assert shown(shop)["title"] == title
