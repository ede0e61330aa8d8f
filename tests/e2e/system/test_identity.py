"""From an anonymous browser to a customer who is reached, over the public API and real functions alone."""

import time
from base64 import urlsafe_b64encode
from typing import Any, Final

import pytest
from shopbell.domain.signatures import signature
from shopbell.local.pushd.receivers import new_receiver

from tests.e2e.browsers.mailboxes import Channel
from tests.e2e.browsers.push_services import PushServices
from tests.e2e.system.api import Shop
from tests.e2e.system.waiting import eventually

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PHONE: Final = "phone-of-anna"
LAPTOP: Final = "laptop-of-anna"
ANNA: Final = "c:anna"
CAN_WAIT: Final = 60.0


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def subscribe(shop: Shop, services: PushServices, visitor: str) -> str:
    """A subscription at the stand-in of Mozilla's service that no browser listens to; its token."""
    token, keys = f"{shop.store_id}-{visitor}", new_receiver().keys
    services.firefox.mailboxes.open(Channel(token, visitor, "channel", None))
    given = {
        "endpoint": f"{services.firefox.origin}/wpush/v2/{token}",
        "keys": {"p256dh": base64url(keys.p256dh), "auth": base64url(keys.auth)},
    }
    shop.storefront.ok("POST", "/v1/subscriptions", {"visitor_id": visitor, "subscription": given})
    return token


def view(shop: Shop, visitor: str, number: int) -> None:
    event = {
        "id": f"view-{visitor}-{number}",
        "type": "product_view",
        "visitor_id": visitor,
        "properties": {"product_id": "boot"},
    }
    assert shop.storefront.ok("POST", "/v1/events", {"events": [event]})["accepted"] == 1


def identify(shop: Shop, secret: str, visitor: str, customer: str = "anna") -> int:
    signed = signature(secret, visitor, customer, int(time.time()) + 600)
    given = {"visitor_id": visitor, "customer_id": customer, "signature": signed}
    return shop.storefront.call("POST", "/v1/identify", given).status


def buy(shop: Shop, customer: str) -> None:
    """As the shop's server reports an order."""
    order = {"order_id": "o1", "total": 7999, "currency": "EUR", "items": [{"product_id": "boot", "quantity": 1}]}
    event = {"id": "order-1", "type": "purchase", "customer_id": customer, "properties": order}
    assert shop.server.ok("POST", "/v1/events", {"events": [event]})["accepted"] == 1


def send_campaign(shop: Shop, segment: str) -> str:
    """The path of its report."""
    content = {"title": "Thank you", "body": "Care for your boots", "url": "http://127.0.0.1/care"}
    wanted = {"name": "Care", "audience": {"include": [segment]}, "content": content}
    made = shop.marketer.ok("POST", "/v1/campaigns", wanted)
    shop.marketer.ok("POST", f"/v1/campaigns/{made['id']}/send")
    return f"/v1/campaigns/{made['id']}/report"


def visitor(shop: Shop, name: str) -> Any:
    answer = shop.marketer.call("GET", f"/v1/visitors/{name}")
    return answer.body if answer.status == 200 else {"visitor_id": None, "segments": [], "subscriptions": []}


def test_two_browsers_and_an_order_become_one_customer_who_is_reached_once_on_each(
    shop: Shop, push_services: PushServices
) -> None:
    segment = shop.segment(
        "Looked twice and bought", {"and": [{"event": "product_view", "value": 2}, {"event": "purchase"}]}
    )
    tokens = {name: subscribe(shop, push_services, name) for name in (PHONE, LAPTOP)}
    view(shop, PHONE, 1)
    view(shop, LAPTOP, 1)
    eventually(lambda: visitor(shop, LAPTOP)["subscriptions"], "the anonymous laptop", seconds=CAN_WAIT)

    secret = shop.marketer.ok("POST", "/v1/keys", {"kind": "identify"})["secret"]
    assert [identify(shop, secret, name) for name in (PHONE, LAPTOP, PHONE)] == [200, 200, 200]
    assert identify(shop, secret, PHONE, "otto") == 409
    assert identify(shop, "guessed", "stranger") == 403
    buy(shop, "anna")

    eventually(lambda: shop.members(segment) == {ANNA}, "the customer in the segment", seconds=CAN_WAIT)
    for name in (PHONE, LAPTOP, ANNA):
        seen = visitor(shop, name)
        assert (seen["visitor_id"], seen["customer_id"]) == (ANNA, "anna")
        assert [one["active"] for one in seen["subscriptions"]] == [True, True]
    log = list(shop.marketer.items(f"/v1/visitors/{PHONE}/log"))
    assert {line["cause"] for line in log if line["change"] == "merged"} == {f"merge:{PHONE}", f"merge:{LAPTOP}"}

    report = send_campaign(shop, segment)
    eventually(lambda: shop.marketer.ok("GET", report)["accepted"] == 2, "both messages", seconds=CAN_WAIT)
    final = shop.marketer.ok("GET", report)
    assert (final["targeted"], final["skipped"], final["failed"]) == (2, {}, 0)
    for token in tokens.values():
        assert len(push_services.firefox.record.of("accepted", token=token)) == 1
