"""A feed that lowers a price and a product that is there again, from the shop's server to a desktop."""

from datetime import UTC, datetime
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.e2e.browsers.desktop import Desktop
from tests.e2e.browsers.firefox import Firefox
from tests.e2e.system.api import Shop
from tests.e2e.system.machine import Machine
from tests.e2e.system.shopfront import Shopfront
from tests.e2e.system.test_scenarios import as_its_only_origin, enable, happened, reported, ticked
from tests.e2e.system.waiting import eventually

pytestmark = [pytest.mark.engine, pytest.mark.browser]


def row(shopfront: Shopfront, name: str, **changes: object) -> dict[str, object]:
    said: dict[str, object] = {
        "id": name,
        "title": name.replace("-", " ").title(),
        "url": f"{shopfront.url}/product.html?id={name}",
        "image_url": f"{shopfront.url}/{name}.jpg",
        "price": 9_900,
        "currency": "EUR",
    }
    return {**said, **changes}


def fed(shop: Shop, shopfront: Shopfront, name: str, price: str) -> Any:
    """What came of a feed that was put to an address."""
    told = row(shopfront, name, price=price)
    text = "\n".join([",".join(told), ",".join(map(str, told.values())), "nothing else"])
    made = shop.marketer.ok("POST", "/v1/uploads")
    with urlopen(Request(made["url"], data=text.encode(), method="PUT"), timeout=30) as answer:
        assert answer.status == 200
    begun = shop.marketer.ok("POST", "/v1/feeds", {"format": "csv", "upload_id": made["upload_id"]})

    def look() -> Any:
        job = shop.marketer.ok("GET", f"/v1/jobs/{begun['job_id']}")
        return job if job["state"] in {"done", "failed"} else None

    return eventually(look, "the feed to be taken in", seconds=120)


@pytest.mark.timeout(600)
def test_who_looked_at_it_is_told_once_that_it_costs_less_and_that_it_is_there_again(
    machine: Machine, shop: Shop, shopfront: Shopfront, firefox: Firefox, desktop: Desktop
) -> None:
    desktop.clear()
    as_its_only_origin(shop, shopfront)
    sold_out = row(shopfront, "city-boot", in_stock=False)
    shop.server.ok("PUT", "/v1/products", {"products": [row(shopfront, "hiking-boot"), sold_out]})
    enable(shop, "price_drop", {"settle": "PT0S", "collect_window": "PT0S"})
    enable(shop, "back_in_stock", {"settle": "PT0S"})
    visitor = shopfront.subscribe(firefox, quietly=True)
    machine.settle()
    for name in ("hiking-boot", "city-boot"):
        happened(shop, visitor, "product_view", datetime.now(UTC), product_id=name)
    machine.settle()

    job = fed(shop, shopfront, "hiking-boot", "79.00 EUR")
    assert (job["state"], job["result"]["price_changed"], job["errors"][0]["line"]) == ("done", 1, 3)
    (cheaper,) = ticked(machine, desktop, "Hiking Boot costs less now")
    assert "79.00 EUR" in cheaper.body
    there = row(shopfront, "city-boot", stock=4)
    said = [there, row(shopfront, "hiking-boot", price=7_900)]
    done = shop.server.ok("PUT", "/v1/products", {"products": said})
    assert (done["changed"], done["unchanged"], done["stock_changed"]) == (1, 1, 1)
    ticked(machine, desktop, "City Boot is back")

    for name in ("price_drop", "back_in_stock"):
        totals = reported(shop, name, 1)
        assert (totals["targeted"], totals["accepted"]) == (1, 1)
    (before,) = shop.marketer.items("/v1/products/hiking-boot/versions")
    assert (before["product"]["price"], before["source"]) == (9_900, "api")
    assert len(desktop.shown("Hiking Boot costs less now")) == 1
