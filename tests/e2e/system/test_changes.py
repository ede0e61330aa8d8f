"""What the office changes reaches the pages within a minute: whom to ask, and which key to subscribe with."""

from typing import Any, Final

import pytest

from tests.e2e.browsers.desktop import Desktop
from tests.e2e.browsers.firefox import Firefox
from tests.e2e.system.api import Shop
from tests.e2e.system.shopfront import SDK_READY, Shopfront
from tests.e2e.system.waiting import eventually

pytestmark = [pytest.mark.engine, pytest.mark.browser]

CAN_WAIT: Final = 120.0
ASKED_ANEW: Final = """fetch('%s/v1/config?key=%s', { credentials: 'omit', cache: 'reload' })
  .then(answer => answer.json()).then(told => told.vapid_key_id)"""
"""What the browser keeps of the settings for five minutes is over now."""


def keys(shop: Shop) -> dict[str, tuple[str, int]]:
    return {row["id"]: (row["state"], row["subscriptions"]) for row in shop.marketer.items("/v1/vapid-keys")}


def subscriptions(shop: Shop, visitor: str) -> list[bool]:
    found = shop.marketer.ok("GET", f"/v1/visitors/{visitor}")["subscriptions"]
    return sorted(one["active"] for one in found)


def asked(shop: Shop, visitor: str) -> Any:
    """None while the page is still told of no audience: the tracking function remembers a store for a minute."""
    answer = shop.storefront.ok("POST", "/v1/prompt", {"visitor_id": visitor})
    told = shop.storefront.ok("GET", "/v1/config")["prompt"]
    return answer if told.get("ask") and (answer["reason"] or visitor == "somebody-else") else None


def way(shop: Shop) -> list[int]:
    found = shop.marketer.ok("GET", "/v1/reports/prompt")
    return [found[step] for step in ("shown", "accepted", "granted", "subscribed")]


def send(shop: Shop, shopfront: Shopfront, visitor: str, title: str) -> None:
    content = {"title": title, "body": "It is signed all the same.", "url": f"{shopfront.url}/"}
    campaign = shop.marketer.ok("POST", "/v1/campaigns", {"name": title, "content": content})["id"]
    shop.marketer.ok("POST", f"/v1/campaigns/{campaign}/test", {"visitor_ids": [visitor]})


@pytest.mark.timeout(600)
def test_a_page_learns_whom_to_ask_and_moves_to_a_new_key_under_which_and_before_which_messages_arrive(
    shop: Shop, shopfront: Shopfront, firefox: Firefox, desktop: Desktop
) -> None:
    desktop.clear()
    segment = shop.segment("Was here", {"event": "page_view"})
    visitor = shopfront.subscribe(firefox)
    old = shopfront.endpoint(firefox)
    eventually(lambda: visitor in shop.members(segment), "the visitor to be in the segment", seconds=CAN_WAIT)
    settings = {"enabled": True, "audience": {"exclude": [segment]}}
    shop.marketer.ok("PUT", "/v1/scenarios/permission_prompt", settings)
    made = shop.marketer.ok("POST", "/v1/vapid-keys/rotate", headers={"Idempotency-Key": "spring"})
    assert (made["id"], keys(shop)) == ("k2", {"k1": ("retiring", 1), "k2": ("active", 0)})
    send(shop, shopfront, visitor, "By the old key")
    eventually(lambda: desktop.shown("By the old key"), "the message", seconds=CAN_WAIT)

    answer = eventually(lambda: asked(shop, visitor), "the prompt to be for others", seconds=CAN_WAIT)
    assert answer == {"show": False, "reason": "audience"}
    assert asked(shop, "somebody-else") == {"show": True, "reason": None}
    eventually(lambda: way(shop) == [1, 1, 1, 1], "the way to the subscription to be reported", seconds=CAN_WAIT)

    told = ASKED_ANEW % (shop.storefront.url, shop.storefront.key)
    eventually(lambda: firefox.evaluate(told) == "k2", "the page to be told of the new key", seconds=CAN_WAIT)
    firefox.open(f"{shopfront.url}/quiet.html")
    eventually(lambda: firefox.evaluate(SDK_READY), "the SDK")
    moved = {"k1": ("retiring", 0), "k2": ("active", 1)}
    eventually(lambda: keys(shop) == moved, "the browser to subscribe anew", seconds=CAN_WAIT)
    assert shopfront.endpoint(firefox) not in {None, old}
    eventually(lambda: subscriptions(shop, visitor).count(True) == 1, "the new one alone to count", seconds=CAN_WAIT)
    send(shop, shopfront, visitor, "By the new key")
    eventually(lambda: desktop.shown("By the new key"), "the message", seconds=CAN_WAIT)
    assert len(desktop.shown("By the old key")) == len(desktop.shown("By the new key")) == 1
