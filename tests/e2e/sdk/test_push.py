"""From a message on the wire to a notification on the desktop, and back to the API as receipts."""

import json

import pytest

from tests.e2e.browsers.driver import Browser
from tests.e2e.browsers.polling import eventually
from tests.e2e.sdk.conftest import Site
from tests.e2e.sdk.storefronts import NAME

pytestmark = pytest.mark.browser
LARGEST_PLAINTEXT = 3993


def test_a_message_is_shown_decrypted_and_reported(browser: Browser, site: Site) -> None:
    report = site.subscribe(browser)
    assert site.send(report, site.payload("m1")) == 201
    assert "Žluťoučký 🐎 &lt;b&gt;&amp;" in site.shown(browser, "m1").body
    site.receipt(browser, "shown", "m1")
    eventually(lambda: browser.push.record.of("ack", code=100), "the browser's ack", pause=browser.pause)


def test_a_click_opens_the_landing_page_once_and_is_not_counted_as_closed(browser: Browser, site: Site) -> None:
    report = site.subscribe(browser)
    site.send(report, site.payload("m1"))
    site.desktop.press(site.shown(browser, "m1"))
    assert site.receipt(browser, "clicked", "m1").get("action") is None
    site.receipt(browser, "landed", "m1")
    clean = f"{site.origin}/sale"
    eventually(lambda: clean in browser.addresses(), "an address without the token", pause=browser.pause)
    assert site.shop.hits.count("/sale?sb_m=m1") == 1
    site.send(report, site.payload("after"))
    site.receipt(browser, "shown", "after")
    assert site.api.receipts_of("closed", "m1") == []


def test_a_button_opens_its_own_page_and_is_named_in_the_receipt(browser: Browser, site: Site) -> None:
    site.send(site.subscribe(browser), site.payload("m1"))
    site.desktop.press(site.shown(browser, "m1"), "Buy")
    assert site.receipt(browser, "clicked", "m1")["action"] == "buy"
    eventually(lambda: "/buy?sb_m=m1" in site.shop.hits, "the button's page", pause=browser.pause)


def test_a_dismissed_message_is_closed_and_not_clicked(browser: Browser, site: Site) -> None:
    site.send(site.subscribe(browser), site.payload("m1"))
    site.desktop.dismiss(site.shown(browser, "m1"))
    site.receipt(browser, "closed", "m1")
    assert site.api.receipts_of("clicked", "m1") == []


def test_a_message_posted_twice_is_one_notification(browser: Browser, site: Site) -> None:
    report = site.subscribe(browser)
    assert [site.send(report, site.payload("m1")) for _ in range(2)] == [201, 201]
    site.desktop.dismiss(site.shown(browser, "m1"))
    site.receipt(browser, "closed", "m1")
    site.send(report, site.payload("m1"))
    site.send(report, site.payload("after"))
    site.receipt(browser, "shown", "after")
    assert len(site.desktop.shown("Title m1")) == 1
    assert site.desktop.still_open("Title m1") == []
    assert len(site.api.receipts_of("shown", "m1")) == 1


def test_a_newer_message_of_the_same_tag_takes_the_place_and_nobody_closed_the_older(
    browser: Browser, site: Site
) -> None:
    report = site.subscribe(browser)
    site.send(report, site.payload("old", tag="cart"))
    site.shown(browser, "old")
    site.send(report, site.payload("new", tag="cart"))
    site.receipt(browser, "shown", "new")
    eventually(lambda: not site.desktop.still_open("Title old"), "the older to go", pause=browser.pause)
    assert len(site.desktop.still_open("Title new")) == 1
    site.send(report, site.payload("after"))
    site.receipt(browser, "shown", "after")
    assert site.api.receipts_of("closed", "old") == []


def test_a_tampered_message_is_never_shown(browser: Browser, site: Site) -> None:
    report = site.subscribe(browser)
    subscription = report["subscription"]
    assert isinstance(subscription, dict)
    assert site.sender.send_tampered(subscription, site.payload("bad")) == 201
    site.send(report, site.payload("good"))
    site.shown(browser, "good")
    assert site.desktop.shown("Title bad") == []
    if browser.name == "firefox":
        assert browser.push.record.of("ack", code=101)


def test_a_message_nobody_can_read_still_says_who_sent_it(browser: Browser, site: Site) -> None:
    site.send(site.subscribe(browser), "not JSON")
    eventually(lambda: site.desktop.shown(NAME), "the shop's name", pause=browser.pause)


def test_the_largest_message_arrives_and_one_byte_more_is_refused(browser: Browser, site: Site) -> None:
    report = site.subscribe(browser)
    size = len(json.dumps(site.payload("big", body="")))
    body = "x" * (LARGEST_PLAINTEXT - size)
    assert site.send(report, site.payload("big", body=body)) == 201
    assert "x" * 1000 in site.shown(browser, "big").body
    assert site.send(report, site.payload("big", body=body + "x")) == 413


def test_a_receipt_is_sent_again_when_the_api_fails_once(browser: Browser, site: Site) -> None:
    report = site.subscribe(browser)
    site.api.failing["/v1/receipts"] = [503]
    site.send(report, site.payload("m1"))
    site.receipt(browser, "shown", "m1")


def test_a_closed_browser_gets_the_newest_of_a_topic_and_nothing_it_has_shown(browser: Browser, site: Site) -> None:
    report = site.subscribe(browser)
    site.send(report, site.payload("seen"))
    site.receipt(browser, "shown", "seen")

    def meanwhile() -> None:
        assert site.send(report, site.payload("seen")) == 201
        assert site.send(report, site.payload("old"), topic="cart") == 201
        assert site.send(report, site.payload("new"), topic="cart") == 201

    browser.restart(meanwhile)
    site.shown(browser, "new")
    site.receipt(browser, "shown", "new")
    assert site.desktop.shown("Title old") == []
    assert len(site.desktop.shown("Title seen")) == 1
    assert len(site.api.receipts_of("shown", "seen")) == 1
