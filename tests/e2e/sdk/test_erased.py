"""A browser whose visitor was erased: it takes a new id as soon as it hears of it, and goes on as somebody else."""

import pytest

from tests.e2e.browsers.driver import Browser
from tests.e2e.browsers.polling import eventually
from tests.e2e.sdk.conftest import Site

pytestmark = pytest.mark.browser
WHO = "shopbell('status').visitor_id"


def test_it_takes_a_new_id_at_the_first_refusal_and_is_heard_again_under_it(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/")
    first = browser.evaluate(WHO)
    eventually(lambda: site.api.of_type("page_view"), "the first page", pause=browser.pause)
    site.api.erased.add(str(first))

    browser.evaluate("shopbell('track', 'wishlist_add', {product_id: 'p1'})")
    browser.evaluate("shopbell('track', 'search', {query: 'boots'}), shopbell('flush')")
    eventually(lambda: browser.evaluate(WHO) != first, "another id", pause=browser.pause)
    second = browser.evaluate(WHO)
    assert not site.api.of_type("wishlist_add"), "what was said under the old id is not said again"

    browser.evaluate("shopbell('track', 'cart_add', {product_id: 'p2', price: 1999}), shopbell('flush')")
    eventually(lambda: site.api.of_type("cart_add"), "an event under the new id", pause=browser.pause)
    browser.open(f"{site.origin}/next")
    eventually(lambda: len(site.api.of_type("page_view")) == 2, "the next page", pause=browser.pause)
    late = [*site.api.of_type("cart_add"), site.api.of_type("page_view")[-1]]
    assert {event["visitor_id"] for event in late} == {second}
    assert browser.evaluate(WHO) == second, "two refusals of one batch are one new id"


def test_its_subscription_is_told_anew_under_the_new_id(browser: Browser, site: Site) -> None:
    report = site.subscribe(browser)
    first = browser.evaluate(WHO)
    assert report["visitor_id"] == first
    site.api.erased.add(str(first))
    browser.evaluate("shopbell('track', 'wishlist_add', {product_id: 'p1'}), shopbell('flush')")
    eventually(lambda: browser.evaluate(WHO) != first, "another id", pause=browser.pause)
    second = browser.evaluate(WHO)
    eventually(
        lambda: any(one["visitor_id"] == second for one in list(site.api.reports)), "the device", pause=browser.pause
    )
