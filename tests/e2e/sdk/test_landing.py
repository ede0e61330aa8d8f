"""The page that a message leads to."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.browsers.driver import Browser
from tests.e2e.browsers.polling import eventually
from tests.e2e.sdk.conftest import Site
from tests.e2e.sdk.storefronts import WATCH

pytestmark = pytest.mark.browser
POPUP = "#shopbell-popup"
PICK = {
    "id": "p2",
    "title": "Tent",
    "url": "https://shop.example.com/p2",
    "image_url": "data:,",
    "price": 4900,
    "currency": "EUR",
}
OFFER = {"title": "10 % for you", "body": "<img src=x onerror=alert(1)>", "code": "WELCOME-7", "expires_at": None}


def test_the_token_leaves_the_address_before_the_page_is_counted(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/sale?colour=red&sb_m=token-1&size=9#reviews")
    site.receipt(browser, "landed", "token-1")
    assert browser.evaluate("location.href") == f"{site.origin}/sale?colour=red&size=9#reviews"
    browser.evaluate("shopbell('flush')")
    views = eventually(lambda: site.api.of_type("page_view"), "the page view", pause=browser.pause)
    assert "token-1" not in str(views[0]["properties"])


def test_the_pop_up_shows_the_code_and_its_texts_are_never_html(browser: Browser, site: Site) -> None:
    site.api.landing = {"popup": OFFER, "picks": []}
    browser.open(f"{site.origin}/sale?sb_m=token-1")
    eventually(lambda: browser.has(POPUP), "the pop-up", pause=browser.pause)
    assert browser.evaluate("document.querySelector('#shopbell-popup-code').textContent") == "WELCOME-7"
    assert not browser.has(f"{POPUP} img")
    browser.click("#shopbell-popup-close")
    assert not browser.has(POPUP)


def test_a_code_is_shown_on_every_page_until_it_is_closed_or_runs_out(browser: Browser, site: Site) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    site.api.landing = {"popup": {**OFFER, "expires_at": until.isoformat()}, "picks": []}
    browser.open(f"{site.origin}/sale?sb_m=token-1")
    eventually(lambda: browser.has(POPUP), "the pop-up", pause=browser.pause)
    browser.open(f"{site.origin}/checkout")
    eventually(lambda: browser.has(POPUP), "the pop-up on the next page", pause=browser.pause)
    assert browser.evaluate("document.querySelector('#shopbell-popup').getAttribute('role')") == "dialog"
    assert "WELCOME-7" not in str(browser.evaluate("location.href"))
    kept = browser.evaluate("localStorage['shopbell.popup']")
    browser.click("#shopbell-popup-close")
    browser.open(f"{site.origin}/third")
    eventually(lambda: browser.evaluate("shopbell.loaded && 1"), "the third page", pause=browser.pause)
    assert not browser.has(POPUP)
    over = json.dumps({**json.loads(str(kept)), "expires_at": "2020-01-01T00:00:00Z"})
    browser.evaluate(f"localStorage['shopbell.popup'] = {json.dumps(over)}")
    browser.open(f"{site.origin}/fourth")
    gone = "localStorage['shopbell.popup'] === undefined"
    eventually(lambda: browser.evaluate(gone), "the code that ran out to be forgotten", pause=browser.pause)
    assert not browser.has(POPUP)


def test_the_picks_are_handed_to_the_page(browser: Browser, site: Site) -> None:
    site.api.landing = {"popup": None, "picks": [{"id": "p1"}]}
    site.shop.before = WATCH + "document.addEventListener('shopbell:landed', e => { window.landed = e.detail });"
    browser.open(f"{site.origin}/sale?sb_m=token-1")
    eventually(lambda: browser.evaluate("window.landed && 1"), "the page to be told", pause=browser.pause)
    assert browser.evaluate("landed.picks[0].id") == "p1"
    assert not browser.has(POPUP)


def test_the_picks_fill_the_blocks_that_ask_for_them_and_stay_for_a_reload(browser: Browser, site: Site) -> None:
    first = {**PICK, "title": "<b>Boot</b>", "url": "https://shop.example.com/p1"}
    picks = [first, {**PICK, "url": "javascript:alert(1)"}, {**PICK, "title": "Tent"}]
    site.api.landing = {"popup": None, "picks": picks}
    blocks = "<div id='all' data-shopbell-picks></div><div id='one' data-shopbell-picks='1'></div>"
    site.shop.before = WATCH + f'document.body.insertAdjacentHTML("beforeend", "{blocks}");'
    shown = "[...document.querySelectorAll('#all a')].map(a => a.textContent + ' ' + a.href).join('|')"
    for page in ("/sale?sb_m=token-1", "/sale"):
        browser.open(site.origin + page)
        eventually(lambda: browser.has("#all a"), "the list", pause=browser.pause)
        told = str(browser.evaluate(shown)).split("|")
        assert [one.split(" ")[-1] for one in told] == ["https://shop.example.com/p1", "https://shop.example.com/p2"]
        assert told[0].startswith("<b>Boot</b>")
        assert "49" in told[0]
        assert browser.evaluate("document.querySelectorAll('#one a').length") == 1
    assert len(site.api.receipts_of("landed", "token-1")) == 1


def test_a_landing_that_could_not_be_told_is_told_by_the_next_page(browser: Browser, site: Site) -> None:
    site.api.failing["/v1/receipts"] = [503]
    browser.open(f"{site.origin}/sale?sb_m=token-1")
    said = "shopbell('status').error"
    eventually(lambda: browser.evaluate(said), "the failure to be told", pause=browser.pause)
    browser.open(f"{site.origin}/next")
    site.receipt(browser, "landed", "token-1")
    noted = "localStorage['shopbell.landed'] === undefined"
    eventually(lambda: browser.evaluate(noted), "the answer to be noted", pause=browser.pause)
    browser.open(f"{site.origin}/third")
    browser.evaluate("shopbell('flush')")
    eventually(lambda: len(site.api.of_type("page_view")) >= 3, "three pages", pause=browser.pause)
    assert len(site.api.receipts_of("landed", "token-1")) == 1
