"""The calendar: the store's time, times of the marketer's own, a campaign at its hour; each gets their products."""

from datetime import UTC, datetime, timedelta
from functools import partial
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
TITLES: Final = {
    "new_arrivals": "New: {{ product.title }}",
    "top_sellers": "Loved: {{ product.title }}",
    "push_recommendation": "Just this once",
}
CAMPAIGN: Final = "At its hour"
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


def switch_on(shop: Shop, shopfront: Shopfront, due: datetime) -> None:
    """One by day and time, one by a cron, one at an instant: the most important first, so that none waits."""
    times: dict[str, dict[str, Any]] = {
        "new_arrivals": {"weekday": "daily", "time": due.strftime("%H:%M")},
        "top_sellers": {"cron": f"{due.minute} {due.hour} * * ? *", "priority": 60},
        "push_recommendation": {"at": due.isoformat(), "algorithm": "none", "fallback_max_level": 5, "priority": 50},
    }
    for name, parameters in times.items():
        content = {"title": TITLES[name], "body": "Have a look.", "url": shopfront.url}
        body = {"enabled": True, "parameters": parameters, "content": content}
        shop.marketer.ok("PUT", f"/v1/scenarios/{name}", body)


def schedule(shop: Shop, shopfront: Shopfront, due: datetime) -> str:
    """A campaign of that instant."""
    content = {"title": CAMPAIGN, "body": "Have a look.", "url": shopfront.url}
    name = str(shop.marketer.ok("POST", "/v1/campaigns", {"name": "Hour", "content": content})["id"])
    made = shop.marketer.ok("POST", f"/v1/campaigns/{name}/schedule", {"at": due.isoformat()})
    assert (made["status"], datetime.fromisoformat(made["next_run_at"])) == ("scheduled", due)
    return name


def of_all(shop: Shop, name: str) -> Any:
    """The result of a dry run of everybody."""
    job = shop.marketer.ok("POST", f"/v1/scenarios/{name}/dry-run", {"all": True})["job_id"]

    def ended() -> Any:
        found = shop.marketer.ok("GET", f"/v1/jobs/{job}")
        return found if found["state"] in {"done", "failed"} else None

    found = eventually(ended, "the end of the job", seconds=120, every=0.5)
    assert (found["state"], found["errors"]) == ("done", [])
    assert found["download_url"]
    return found["result"]


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
    switch_on(shop, shopfront, due)
    campaign = schedule(shop, shopfront, due)
    tried = {name: would_get(shop, name) for name in TITLES}
    assert [[one["visitor_id"] for one in found] for found in tried.values()] == [[visitor]] * 3
    assert tried["top_sellers"][0]["products"][0]["product_id"] == BESTSELLER
    whole = of_all(shop, "top_sellers")
    assert (whole["would_get"], whole["visitors"]) == (1, 7), whole
    eventually(lambda: datetime.now(UTC) > due, "the time of the store", seconds=150, every=1)
    for title in ("Loved: Hiking Boots", TITLES["push_recommendation"], CAMPAIGN):
        shown = eventually(partial(desktop.shown, title), f"{title}, by a schedule of its own", seconds=120)
        assert len(shown) == 1
    machine.fire()
    (new,) = tried["new_arrivals"]
    assert len(eventually(lambda: desktop.shown(new["title"]), "what is new, on the desktop")) == 1
    machine.fire()
    for path in (*(f"/v1/scenarios/{name}" for name in TITLES), f"/v1/campaigns/{campaign}"):
        again = shop.marketer.ok("GET", f"{path}/report")
        assert (again["targeted"], again["accepted"]) == (1, 1), path
