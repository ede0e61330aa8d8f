"""Origins as real browsers enforce them: the pages of a shop may call the API elsewhere, foreign pages may not."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.browsers.driver import Browser
from tests.e2e.system.api import Shop
from tests.e2e.system.machine import Machine
from tests.e2e.system.shopfront import Shopfront

pytestmark = [pytest.mark.engine, pytest.mark.browser]

BLOCKED: Final = "blocked"
SIMPLE: Final = {"method": "POST", "headers": {"Content-Type": "text/plain"}}
"""As a beacon calls: no preflight."""


def call(browser: Browser, shop: Shop, options: dict[str, object], path: str) -> object:
    """The status that the page's script sees, or `blocked` where the browser lets it see nothing."""
    view = {
        "id": f"origin-{browser.name}",
        "type": "page_view",
        "visitor_id": "v",
        "properties": {"url": "https://a.b/"},
    }
    given = json.dumps({**options, "body": json.dumps({"events": [view]})})
    address = json.dumps(shop.storefront.url + path)
    return browser.evaluate(f"fetch({address}, {given}).then(r => r.status, () => {json.dumps(BLOCKED)})")


def with_preflight(shop: Shop) -> dict[str, object]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {shop.storefront.key}"}
    return {"method": "POST", "headers": headers}


def test_a_page_of_the_shop_calls_the_api_on_another_origin(
    shop: Shop, shopfront: Shopfront, browser: Browser
) -> None:
    browser.open(f"{shopfront.url}/quiet.html")
    assert call(browser, shop, {**SIMPLE}, f"/v1/events?key={shop.storefront.key}") == 202
    assert call(browser, shop, with_preflight(shop), "/v1/events") == 202


def test_a_foreign_page_is_refused_with_and_without_a_preflight(
    machine: Machine, browser: Browser, tmp_path: Path
) -> None:
    shop = machine.open_store("Elsewhere", origins=("https://shop.example",))
    with machine.shopfront(shop, tmp_path) as foreign:
        browser.open(f"{foreign.url}/quiet.html")
        simple = call(browser, shop, {**SIMPLE}, f"/v1/events?key={shop.storefront.key}")
        asked = call(browser, shop, with_preflight(shop), "/v1/events")
    assert {simple, asked} <= {403, BLOCKED}
    assert shop.marketer.call("GET", "/v1/visitors/v").status == 404, "nothing of it was taken"
