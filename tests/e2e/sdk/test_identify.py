"""A login in the shop: the page says who the visitor is, once, and what follows still carries the visitor."""

import pytest

from tests.e2e.browsers.driver import Browser
from tests.e2e.browsers.polling import eventually
from tests.e2e.sdk.conftest import Site

pytestmark = pytest.mark.browser
LOGIN = "shopbell('identify', {customer_id: 7, signature: 'v1.1.ab'})"


def test_a_login_is_told_once_and_events_keep_their_visitor(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/")
    visitor = browser.evaluate("shopbell('status').visitor_id")
    browser.evaluate(LOGIN)
    eventually(lambda: len(site.api.identified) == 1, "the customer to be told", pause=browser.pause)
    assert site.api.identified == [{"visitor_id": visitor, "customer_id": "7", "signature": "v1.1.ab"}]

    browser.open(f"{site.origin}/next")
    browser.evaluate(LOGIN)
    browser.evaluate("shopbell('track', 'wishlist_add', {product_id: 'p1'}), shopbell('flush')")
    eventually(lambda: site.api.of_type("wishlist_add"), "the event", pause=browser.pause)
    assert {event["visitor_id"] for event in site.api.events.values()} == {visitor}
    assert len(site.api.identified) == 1


def test_the_next_person_at_the_browser_is_told_anew(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/")
    browser.evaluate(LOGIN)
    eventually(lambda: len(site.api.identified) == 1, "the first customer to be told", pause=browser.pause)
    browser.evaluate("shopbell('reset'), shopbell('identify', {customer_id: 8, signature: 'v1.1.cd'})")
    eventually(lambda: len(site.api.identified) == 2, "the second customer to be told", pause=browser.pause)
    first, second = site.api.identified
    assert first["visitor_id"] != second["visitor_id"]
    assert second["customer_id"] == "8"


def test_what_failed_is_tried_again_by_the_next_page(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/")
    site.api.failing["/v1/identify"] = [503]
    browser.evaluate(LOGIN)
    eventually(lambda: not site.api.failing["/v1/identify"], "the request", pause=browser.pause)
    browser.open(f"{site.origin}/next")
    browser.evaluate(LOGIN)
    eventually(lambda: len(site.api.identified) == 1, "the customer to be told", pause=browser.pause)
