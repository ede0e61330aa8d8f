"""What sells in the running system comes back as recommendations: through the stream, the counts and the lists."""

import time
from typing import Any

import pytest

from tests.e2e.system.api import Shop
from tests.e2e.system.waiting import eventually

pytestmark = pytest.mark.engine


def product(name: str, category: str) -> dict[str, Any]:
    where = f"https://shop.example/{name}"
    said = {"id": name, "title": name, "url": where, "image_url": f"{where}.jpg", "price": 5_000, "currency": "EUR"}
    return {**said, "categories": [category], "brand": f"brand of {name}"}


def order(number: int, *names: str) -> dict[str, Any]:
    items = [{"product_id": name, "quantity": 1, "price": 5_000} for name in names]
    properties = {"order_id": f"o{number}", "total": 5_000, "currency": "EUR", "items": items}
    return {"id": f"order-{number}", "type": "purchase", "customer_id": str(number % 7), "properties": properties}


def recommended(shop: Shop, **asked: Any) -> list[str]:
    answer = shop.marketer.ok("POST", "/v1/recommendations", {"algorithm": "top_sellers", **asked})
    return [item["product"]["id"] for item in answer["items"]]


def test_what_is_bought_becomes_a_top_seller_and_what_is_sold_out_is_shown_no_more(shop: Shop) -> None:
    boots = [product(f"boot{number}", "Outdoor/Boots") for number in range(6)]
    lamps = [product(f"lamp{number}", "Home/Lamps") for number in range(6)]
    shop.server.ok("PUT", "/v1/products", {"products": [*boots, *lamps]})
    orders = [order(number, "lamp3", *(["boot1"] if number % 2 else ["lamp2"])) for number in range(9)]
    shop.server.ok("POST", "/v1/events", {"events": [*orders, order(9, "boot1"), order(10, "lamp2")]})

    eventually(lambda: recommended(shop, count=3) == ["lamp3", "lamp2", "boot1"], "the orders to be counted")
    in_boots = {"filters": {"category": "Outdoor"}}
    assert recommended(shop, **in_boots) == ["boot1"]

    shop.server.ok("PUT", "/v1/products", {"products": [{**lamps[3], "in_stock": False}]})
    assert recommended(shop, count=2) == ["lamp2", "boot1"]
    assert {item["id"] for item in shop.marketer.items("/v1/products?limit=5")} == {
        one["id"] for one in [*boots, *lamps]
    }


def test_the_same_orders_sent_again_count_once(shop: Shop) -> None:
    shop.server.ok("PUT", "/v1/products", {"products": [product("a", "X/Y"), product("b", "X/Y")]})
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    twice = [{**order(number, "a"), "occurred_at": now} for number in range(2)]
    for _ in range(3):
        shop.server.ok("POST", "/v1/events", {"events": twice})
    thrice = [{**order(number, "b"), "occurred_at": now} for number in range(10, 13)]
    shop.server.ok("POST", "/v1/events", {"events": thrice})

    eventually(lambda: recommended(shop, count=2) == ["b", "a"], "both to be counted")
    answer = shop.marketer.ok("POST", "/v1/recommendations", {"algorithm": "top_sellers", "count": 2})
    assert [item["reason"] for item in answer["items"]] == ["3 orders in 90 days", "2 orders in 90 days"]
