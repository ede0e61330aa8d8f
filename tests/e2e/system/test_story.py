"""The whole story in both browsers: subscribe, browse, segment, campaign, notification, click, report."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.browsers.desktop import Desktop
from tests.e2e.browsers.driver import Browser
from tests.e2e.browsers.firefox import Firefox
from tests.e2e.browsers.photograph import photograph
from tests.e2e.system.api import Shop
from tests.e2e.system.shopfront import Shopfront
from tests.e2e.system.waiting import eventually

pytestmark = [pytest.mark.engine, pytest.mark.browser]

PHOTOGRAPH: Final = Path(__file__).parents[3] / ".build" / "photographs" / "notification.png"
CAN_WAIT: Final = 60.0


def content(shopfront: Shopfront, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "body": "Hello {{ visitor.traits.city | default: 'there' }}: the boots you looked at are waiting.",
        "url": f"{shopfront.url}/product.html?id=boot",
        "actions": [{"action": "cart", "title": "To the cart", "url": f"{shopfront.url}/cart.html"}],
    }


def send_campaign(shop: Shop, name: str, segment: str, message: dict[str, Any]) -> str:
    made = shop.marketer.ok(
        "POST", "/v1/campaigns", {"name": name, "audience": {"include": [segment]}, "content": message}
    )
    shop.marketer.ok("POST", f"/v1/campaigns/{made['id']}/send")
    return str(made["id"])


def report(shop: Shop, campaign: str) -> dict[str, Any]:
    answer: dict[str, Any] = shop.marketer.ok("GET", f"/v1/campaigns/{campaign}/report")
    return answer


def buy(shop: Shop, visitor: str) -> None:
    """As the shop's server reports an order."""
    order = {"order_id": f"of-{visitor}", "total": 7999, "currency": "EUR", "items": [{"product_id": "boot"}]}
    event = {"id": f"order-{visitor}", "type": "purchase", "visitor_id": visitor, "properties": order}
    assert shop.server.ok("POST", "/v1/events", {"events": [event]})["accepted"] == 1


def move_to_graz(shop: Shop, visitor: str) -> None:
    shop.server.ok("PATCH", f"/v1/visitors/{visitor}", {"traits": {"city": "Graz", "country": "AT"}})
    known = eventually(lambda: shop.marketer.ok("GET", f"/v1/visitors/{visitor}")["traits"].get("city"), "the trait")
    assert known == "Graz"


def test_from_a_subscription_to_a_click_in_the_report(
    shop: Shop, shopfront: Shopfront, browser: Browser, desktop: Desktop
) -> None:
    desktop.clear()
    segment = shop.segment("Looked at the boots", {"event": "product_view", "where": [shopfront.viewed("boot")]})
    visitor = shopfront.subscribe(browser)
    browser.open(f"{shopfront.url}/product.html?id=boot")
    eventually(lambda: visitor in shop.members(segment), "the visitor to be in the segment", seconds=CAN_WAIT)
    move_to_graz(shop, visitor)

    title = f"Boots for {browser.name}"
    campaign = send_campaign(shop, "Boots", segment, content(shopfront, title))
    shown = eventually(lambda: desktop.shown(title), "the notification on the desktop", seconds=CAN_WAIT)[0]
    assert "Hello Graz: the boots you looked at are waiting." in shown.body
    eventually(lambda: report(shop, campaign)["shown"] == 1, "the report to show it", seconds=CAN_WAIT)

    desktop.press(shown)
    eventually(
        lambda: any("/product.html?id=boot" in address for address in browser.addresses()),
        "the landing page",
        seconds=CAN_WAIT,
    )
    final = eventually(
        lambda: (now := report(shop, campaign))["clicked"] == 1 and now["landed"] == 1 and now,
        "the click and the landing in the report",
        seconds=CAN_WAIT,
    )
    assert [final[name] for name in ("targeted", "accepted", "failed", "retired", "skipped")] == [1, 1, 0, 0, {}]
    eventually(
        lambda: shop.marketer.ok("GET", f"/v1/campaigns/{campaign}")["status"] == "sent", "the campaign to be sent"
    )
    assert [len(desktop.shown(title)), final["closed"]] == [1, 0]
    buy(shop, visitor)
    brought = eventually(lambda: (now := report(shop, campaign))["orders"] and now, "the order", seconds=CAN_WAIT)
    assert (brought["orders"], brought["revenue"]) == (1, {"EUR": 7999})


def test_an_unsubscribed_browser_is_left_out_and_the_report_says_why(
    shop: Shop, shopfront: Shopfront, browser: Browser, desktop: Desktop
) -> None:
    desktop.clear()
    segment = shop.segment("Everyone who viewed", {"event": "page_view"})
    visitor = shopfront.subscribe(browser)
    eventually(lambda: visitor in shop.members(segment), "the visitor to be in the segment", seconds=CAN_WAIT)
    endpoint = shopfront.endpoint(browser)
    browser.evaluate("shopbell('unsubscribe')")
    eventually(
        lambda: not any(s["active"] for s in shop.marketer.ok("GET", f"/v1/visitors/{visitor}")["subscriptions"]),
        "the subscription to be gone",
        seconds=CAN_WAIT,
    )
    title = f"Nobody sees {browser.name}"
    campaign = send_campaign(shop, "Nobody", segment, content(shopfront, title))
    eventually(
        lambda: shop.marketer.ok("GET", f"/v1/campaigns/{campaign}")["status"] == "sent",
        "the campaign to end",
        seconds=CAN_WAIT,
    )
    final = report(shop, campaign)
    assert final["accepted"] == 0
    assert final["targeted"] == sum(final["skipped"].values())
    assert final["skipped"].get("unsubscribed") == 1
    assert not desktop.shown(title)
    assert endpoint


def test_a_photograph_of_the_notification(shop: Shop, shopfront: Shopfront, firefox: Firefox) -> None:
    """The picture of README: what a visitor sees, drawn by Firefox from a message of the system itself."""
    segment = shop.segment("For the picture", {"event": "page_view"})
    visitor = shopfront.subscribe(firefox)
    eventually(lambda: visitor in shop.members(segment), "the visitor to be in the segment", seconds=CAN_WAIT)
    message = content(shopfront, "Your size is back")
    message["body"] = "The hiking boots that you looked at are in stock again."
    PHOTOGRAPH.parent.mkdir(parents=True, exist_ok=True)
    photograph(
        firefox, PHOTOGRAPH, lambda: send_campaign(shop, "Picture", segment, message), title="Your size is back"
    )
    assert PHOTOGRAPH.read_bytes().startswith(b"\x89PNG")
    assert PHOTOGRAPH.stat().st_mtime <= datetime.now(UTC).timestamp()
