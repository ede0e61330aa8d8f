"""New arrivals and top sellers: the store's time comes, the schedule plans, products are picked for each."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from tests.e2e.browsers.desktop import Desktop
from tests.e2e.browsers.driver import Browser
from tests.e2e.system.api import Shop
from tests.e2e.system.machine import Machine
from tests.e2e.system.shopfront import Shopfront
from tests.e2e.system.waiting import eventually

pytestmark = [pytest.mark.engine, pytest.mark.browser, pytest.mark.timeout(600)]

ALL_DAY: Final = {"quiet_hours": {"start": "00:00", "end": "00:00"}, "caps": []}
"""So that the hour at which the test is run, and the other scenario, hold nothing back."""
TITLES: Final = {"new_arrivals": "New: {{ product.title }}", "top_sellers": "Loved: {{ product.title }}"}
BESTSELLER: Final = "hiking-boots"


def stock(shop: Shop, shopfront: Shopfront) -> None:
    now = datetime.now(UTC)
    products = [
        {
            "id": name,
            "title": name.replace("-", " ").title(),
            "url": f"{shopfront.url}/{name}",
            "image_url": f"{shopfront.url}/{name}.jpg",
            "price": 9_900,
            "currency": "EUR",
            "categories": ["Outdoor/Boots"],
            "created_at": (now - timedelta(hours=1 if name.startswith("new") else 2_400)).isoformat(),
        }
        for name in ("new-boots", "new-socks", "new-laces", BESTSELLER, "old-boots")
    ]
    shop.server.ok("PUT", "/v1/products", {"products": products})


def sell(shop: Shop, product: str, times: int) -> None:
    now = datetime.now(UTC)
    item = {"product_id": product, "quantity": 1, "price": 9_900}
    orders = [
        {
            "id": f"order-{number}",
            "type": "purchase",
            "visitor_id": f"buyer-{number}",
            "occurred_at": (now - timedelta(hours=number + 1)).isoformat(timespec="milliseconds"),
            "properties": {"order_id": f"o{number}", "total": 9_900, "currency": "EUR", "items": [item]},
        }
        for number in range(times)
    ]
    shop.server.ok("POST", "/v1/events", {"events": orders})


def switch_on(shop: Shop, shopfront: Shopfront, name: str, time: str) -> None:
    content = {"title": TITLES[name], "body": "Have a look.", "url": shopfront.url}
    parameters = {"weekday": "daily", "time": time}
    shop.marketer.ok("PUT", f"/v1/scenarios/{name}", {"enabled": True, "parameters": parameters, "content": content})


def report(shop: Shop, name: str) -> Any:
    return shop.marketer.ok("GET", f"/v1/scenarios/{name}/report")


def would_get(shop: Shop, name: str) -> Any:
    return shop.marketer.ok("POST", f"/v1/scenarios/{name}/dry-run", {})["would_get"]["sample"]


def test_at_the_store_s_time_each_visitor_gets_what_is_new_and_what_sells(
    machine: Machine, shop: Shop, shopfront: Shopfront, browser: Browser, desktop: Desktop
) -> None:
    desktop.clear()
    shop.marketer.ok("PATCH", "/v1/store", ALL_DAY)
    stock(shop, shopfront)
    sell(shop, BESTSELLER, 6)
    visitor = shopfront.subscribe(browser)
    machine.fire()  # whatever is on its way has arrived
    due = (datetime.now(UTC) + timedelta(seconds=80)).replace(second=0, microsecond=0)
    for name in TITLES:
        switch_on(shop, shopfront, name, due.strftime("%H:%M"))
    tried = {name: would_get(shop, name) for name in TITLES}
    assert [[one["visitor_id"] for one in found] for found in tried.values()] == [[visitor], [visitor]]
    assert tried["top_sellers"][0]["products"][0]["product_id"] == BESTSELLER
    eventually(lambda: datetime.now(UTC) > due, "the time of the store", seconds=150, every=1)
    machine.fire()
    shown = eventually(lambda: desktop.shown("Loved: Hiking Boots"), "what sells best, on the desktop")
    assert len(shown) == 1
    (new,) = tried["new_arrivals"]
    assert len(eventually(lambda: desktop.shown(new["title"]), "what is new, on the desktop")) == 1
    machine.fire()
    for name in TITLES:
        again = report(shop, name)
        assert (again["targeted"], again["accepted"]) == (1, 1), name
