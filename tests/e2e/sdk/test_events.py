"""Events on their way from a page to the API: batches, beacons, failures, repeats."""

import pytest

from tests.e2e.browsers.driver import Browser
from tests.e2e.browsers.polling import eventually
from tests.e2e.sdk.conftest import Site
from tests.e2e.sdk.storefronts import WATCH
from tests.e2e.sdk.tracking_api import SLOW

pytestmark = pytest.mark.browser
FULL_BATCH = """(() => {
  for (let n = 0; n < 7; n++) shopbell('track', 'custom', {text: 'x'.repeat(7900)});
  shopbell('flush');
})()"""
AGAIN = f"window.rounds = (window.rounds || 1) + 1; if (rounds <= 8) {FULL_BATCH}"


def track(browser: Browser, name: str, properties: str = "{}") -> None:
    browser.evaluate(f"shopbell('track', '{name}', {properties})")


def arrived(browser: Browser, site: Site, name: str, count: int = 1) -> None:
    what = f"{count} events {name}"
    eventually(lambda: len(site.api.of_type(name)) >= count, what, pause=browser.pause)


def test_events_survive_navigation_and_need_no_preflight(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/")
    track(browser, "cart_add", "{product_id: 'p1', price: 1999}")
    browser.open(f"{site.origin}/next")
    arrived(browser, site, "cart_add")
    browser.evaluate("shopbell('flush')")
    arrived(browser, site, "page_view", 2)
    assert site.api.of_type("cart_add")[0]["properties"] == {"product_id": "p1", "price": 1999}
    assert len({event["visitor_id"] for event in site.api.events.values()}) == 1
    assert site.api.preflights == []


def test_three_seconds_are_the_longest_that_an_event_waits(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/")
    arrived(browser, site, "page_view")


def test_a_flood_is_cut_into_batches_that_the_api_takes(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/")
    flood = "for (let n = 0; n < 130; n++) shopbell('track', 'custom', {n, text: 'ž'.repeat(n % 3 ? 3900 : 10)});"
    browser.evaluate(f"(() => {{ {flood} }})()")
    browser.evaluate("shopbell('flush')")
    arrived(browser, site, "custom", 130)
    numbers = [event["properties"]["n"] for event in site.api.of_type("custom")]  # type: ignore[index]
    assert sorted(numbers) == list(range(130))
    assert len(site.api.bodies) > 130 * 2 / 3 * 7800 / 60_000


def test_one_full_batch_after_the_other_arrives_though_the_browser_still_counts_the_last(
    browser: Browser, site: Site
) -> None:
    browser.open(f"{site.origin}/")
    browser.evaluate(f"document.addEventListener('shopbell:sent', () => {{ {AGAIN} }})")
    browser.evaluate(FULL_BATCH)
    arrived(browser, site, "custom", 7 * 8)
    assert browser.evaluate("shopbell('status').waiting") == 0


def test_what_is_stored_for_later_goes_in_batches_too(browser: Browser, site: Site) -> None:
    site.shop.before = WATCH + "navigator.sendBeacon = () => false;"
    browser.open(f"{site.origin}/")
    browser.evaluate("(() => { for (let n = 0; n < 19; n++) shopbell('track', 'custom', {n}) })()")
    for _ in range(3):
        browser.open(f"{site.origin}/next")
        browser.evaluate("(() => { for (let n = 0; n < 18; n++) shopbell('track', 'other', {n}) })()")
    site.shop.before = WATCH
    browser.open(f"{site.origin}/last")
    browser.evaluate("shopbell('flush')")
    arrived(browser, site, "custom", 19)
    arrived(browser, site, "other", 54)


@pytest.mark.parametrize("status", [503, 429, 0], ids=["server error", "too many", "connection cut"])
def test_what_the_api_could_not_take_is_sent_by_the_next_page(browser: Browser, site: Site, status: int) -> None:
    browser.open(f"{site.origin}/")
    site.api.failing["/v1/events"] = [status] * 3
    track(browser, "wishlist_add", "{product_id: 'p1'}")
    browser.evaluate("shopbell('flush')")
    kept = "Object.keys(localStorage).filter(key => key.startsWith('shopbell.kept.')).length"
    eventually(lambda: browser.evaluate(kept), "the event to be kept", pause=browser.pause)
    assert site.api.of_type("wishlist_add") == []
    site.api.failing.clear()
    browser.open(f"{site.origin}/next")
    browser.evaluate("shopbell('flush')")
    arrived(browser, site, "wishlist_add")
    assert browser.evaluate(kept) == 0


def test_what_the_browser_refuses_to_send_on_leaving_is_sent_by_the_next_page(browser: Browser, site: Site) -> None:
    site.shop.before = WATCH + "navigator.sendBeacon = () => false;"
    browser.open(f"{site.origin}/")
    track(browser, "wishlist_add", "{product_id: 'p1'}")
    browser.open(f"{site.origin}/next")
    browser.evaluate("shopbell('flush')")
    arrived(browser, site, "wishlist_add")
    assert len(site.api.of_type("wishlist_add")) == 1


def test_what_was_still_on_its_way_when_the_page_went_is_sent_again(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/")
    site.api.failing["/v1/events"] = [SLOW]
    track(browser, "wishlist_add", "{product_id: 'p1'}")
    browser.evaluate("shopbell('flush')")
    eventually(lambda: not site.api.failing["/v1/events"], "the request", pause=browser.pause)
    browser.open(f"{site.origin}/next")
    browser.evaluate("shopbell('flush')")
    arrived(browser, site, "wishlist_add")


def test_what_the_api_refuses_is_not_sent_for_ever(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/")
    site.api.failing["/v1/events"] = [403]
    browser.evaluate("shopbell('flush')")
    said = "shopbell('status').error"
    eventually(lambda: browser.evaluate(said), "the refusal to be told", pause=browser.pause)
    assert "403" in str(browser.evaluate(said))
    assert browser.evaluate("shopbell('status').waiting") == 0


def test_an_event_too_large_for_the_api_is_dropped_and_said(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/")
    track(browser, "custom", "{text: 'x'.repeat(9000)}")
    assert "8192 bytes" in str(browser.evaluate("shopbell('status').error"))
    track(browser, "custom", "{text: 'small'}")
    browser.evaluate("shopbell('flush')")
    arrived(browser, site, "custom")
    assert len(site.api.of_type("custom")) == 1


def test_after_a_logout_the_next_person_is_another_visitor(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/")
    before = browser.evaluate("shopbell('status').visitor_id")
    browser.open(f"{site.origin}/next")
    assert browser.evaluate("shopbell('status').visitor_id") == before
    browser.evaluate("shopbell('reset')")
    assert browser.evaluate("shopbell('status').visitor_id") != before
