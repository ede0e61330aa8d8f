"""The demo shop: one walk from the first page to the order, with everything the SDK says on the way."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.browsers.background import BackgroundLoop, serve
from tests.e2e.browsers.driver import Browser
from tests.e2e.browsers.polling import eventually
from tests.e2e.sdk.conftest import Site
from tests.e2e.sdk.storefronts import DemoShop

pytestmark = pytest.mark.browser
DEPARTMENTS = ("Bakery/Bread", "Produce/Fruit", "Drinks/Juice", "Outdoor/Boots")
PRODUCTS = [
    {
        "id": f"p{number}",
        "title": f"Product <b>{number}</b>",
        "price": 199 + number,
        "currency": "EUR",
        "image_url": f"https://pictures.example/{number}.jpg",
        "categories": [DEPARTMENTS[number % len(DEPARTMENTS)]],
        "brand": "National" if number % 2 else "Private",
    }
    for number in range(24)
]


@pytest.fixture
def demo(site: Site, loop: BackgroundLoop, tmp_path: Path) -> Iterator[str]:
    """The demo's origin."""
    file = tmp_path / "products.json"
    file.write_text(json.dumps(PRODUCTS))
    served = loop.run(serve(DemoShop(site.api.origin, file).app()))
    yield f"http://127.0.0.1:{served.port}"
    loop.run(served.stop())


def said(browser: Browser, site: Site, name: str) -> dict[str, object]:
    browser.evaluate("shopbell('flush')")
    found = eventually(lambda: site.api.of_type(name), name, pause=browser.pause)[0]["properties"]
    assert isinstance(found, dict)
    return found


def follow(browser: Browser, css: str, next_page: str) -> None:
    eventually(lambda: browser.has(css), css, pause=browser.pause)
    browser.click(css)
    address = "location.pathname + (document.readyState === 'complete' ? '' : ' loading')"
    eventually(lambda: browser.evaluate(address) == next_page, next_page, pause=browser.pause)


def test_a_walk_through_the_demo_tells_the_whole_story(browser: Browser, site: Site, demo: str) -> None:
    browser.open(f"{demo}/")
    follow(browser, "#departments a", "/category.html")
    assert said(browser, site, "category_view") == {"category": "Bakery"}
    follow(browser, "#products a", "/product.html")
    assert said(browser, site, "product_view") == {"product_id": "p0", "price": 199, "in_stock": True}
    browser.click("#add-to-cart")
    cart_id = said(browser, site, "cart_add")["cart_id"]
    browser.open(f"{demo}/product.html?id=p2")
    eventually(lambda: browser.has("#add-to-cart"), "the second product", pause=browser.pause)
    browser.click("#add-to-cart")
    browser.open(f"{demo}/cart.html")
    eventually(lambda: browser.has(".remove"), "the cart", pause=browser.pause)
    browser.click(".remove")
    removed = {"product_id": "p0", "quantity": 1, "price": 199, "cart_id": cart_id}
    assert said(browser, site, "cart_remove") == removed
    follow(browser, "#to-checkout", "/checkout.html")
    assert said(browser, site, "checkout_start")["cart_id"] == cart_id
    assert browser.evaluate("shopbell('prompt')") == "page"
    follow(browser, "#place-order", "/thanks.html")
    assert said(browser, site, "purchase") == {
        "order_id": f"demo-{cart_id}",
        "total": 201,
        "currency": "EUR",
        "items": [{"product_id": "p2", "quantity": 1, "price": 201}],
    }


def test_a_search_tells_how_much_it_found(browser: Browser, site: Site, demo: str) -> None:
    browser.open(f"{demo}/search.html?q=boots%20private")
    assert said(browser, site, "search") == {"query": "boots private", "results": 0}
    assert not browser.has("#products b")


def test_the_panel_shows_what_was_told_and_the_bell_subscribes(browser: Browser, site: Site, demo: str) -> None:
    browser.open(f"{demo}/")
    eventually(lambda: browser.has("#knows li"), "the panel's first event", pause=browser.pause)
    panel = str(browser.evaluate("document.querySelector('#knows').textContent"))
    assert "page_view" in panel
    assert str(browser.evaluate("shopbell('status').visitor_id")) in panel
    browser.click("#bell")
    eventually(lambda: browser.has("#shopbell-allow"), "the soft prompt", pause=browser.pause)
    browser.click_and_allow("#shopbell-allow", demo)
    eventually(lambda: site.api.reports, "the subscription", pause=browser.pause)
    told = "document.querySelector('#knows dl').textContent.includes('Subscribedyes')"
    eventually(lambda: browser.evaluate(told), "the panel to say so", pause=browser.pause)


def test_a_quiet_page_counts_no_visit(browser: Browser, site: Site, demo: str) -> None:
    browser.open(f"{demo}/quiet.html")
    browser.evaluate("shopbell('track', 'custom', {})")
    said(browser, site, "custom")
    assert site.api.of_type("page_view") == []
