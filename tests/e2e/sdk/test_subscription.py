"""The subscription over time: what the server is told, and what happens when anybody loses it."""

import json

import pytest

from tests.e2e.browsers.autopush import Autopush
from tests.e2e.browsers.background import BackgroundLoop
from tests.e2e.browsers.driver import Browser
from tests.e2e.browsers.firefox import Firefox
from tests.e2e.browsers.polling import eventually
from tests.e2e.sdk.conftest import Site
from tests.e2e.sdk.sender import Json, new_vapid

pytestmark = pytest.mark.browser
YESTERDAY = """(() => {
  const known = JSON.parse(localStorage['shopbell.subscription']);
  known.at -= 86400001;
  localStorage['shopbell.subscription'] = JSON.stringify(known);
})()"""

# Tells on which page the SDK has looked at its subscription: a timer comes after all that follows from the look.
LOOKED = """
const ask = PushManager.prototype.getSubscription;
PushManager.prototype.getSubscription = async function () {
  const found = await ask.apply(this, arguments);
  setTimeout(() => { sessionStorage.looked = location.pathname; });
  return found;
};
"""

# What Firefox does once in a while: the page has the registration before it hears of any worker in it.
UNTOLD = """
const register = ServiceWorkerContainer.prototype.register;
ServiceWorkerContainer.prototype.register = async function () {
  const found = await register.apply(this, arguments);
  const names = ['installing', 'waiting', 'active'];
  for (const name of names) Object.defineProperty(found, name, { configurable: true, value: null });
  setTimeout(() => names.forEach((name) => delete found[name]), 300);
  return found;
};
"""


def endpoint(report: Json) -> str:
    subscription = report["subscription"]
    assert isinstance(subscription, dict)
    return str(subscription["endpoint"])


def settled(browser: Browser) -> None:
    """The page has made sure of its subscription."""
    stored = "localStorage['shopbell.subscription'] !== undefined"
    eventually(lambda: browser.evaluate(stored), "the report to be noted", pause=browser.pause)


def test_a_registration_that_has_told_of_no_worker_yet_is_waited_for(browser: Browser, site: Site) -> None:
    site.shop.before += UNTOLD
    report = site.subscribe(browser)
    assert site.send(report, site.payload("waited")) == 201
    site.shown(browser, "waited")


def test_unsubscribing_ends_it_everywhere_and_the_next_page_does_not_begin_again(
    browser: Browser, site: Site
) -> None:
    report = site.subscribe(browser)
    settled(browser)
    assert browser.evaluate("shopbell('unsubscribe')") is True
    assert site.api.deleted == [endpoint(report)]
    gone = eventually(
        lambda: site.send(report, site.payload("late")) == 410, "the push service's 410", pause=browser.pause
    )
    assert gone
    browser.open(f"{site.origin}/next")
    browser.evaluate("shopbell('flush')")
    assert browser.evaluate("shopbell('status').subscribed") is False
    assert browser.evaluate("shopbell('status').prompt") == "opted-out"
    assert len(site.api.reports) == 1


def test_who_unsubscribed_can_come_back_by_the_bell(browser: Browser, site: Site) -> None:
    site.subscribe(browser)
    settled(browser)
    browser.evaluate("shopbell('unsubscribe')")
    browser.click("#bell")
    browser.click("#shopbell-allow")
    eventually(lambda: len(site.api.reports) == 2, "the new subscription", pause=browser.pause)
    assert site.send(site.api.reports[1], site.payload("again")) == 201
    site.shown(browser, "again")


def test_an_unchanged_subscription_is_told_once_a_day(browser: Browser, site: Site) -> None:
    site.shop.before += LOOKED
    report = site.subscribe(browser)
    settled(browser)
    browser.open(f"{site.origin}/next")
    looked = "sessionStorage.looked === '/next'"
    eventually(lambda: browser.evaluate(looked), "the look of the next page", pause=browser.pause)
    browser.evaluate(YESTERDAY)
    assert len(site.api.reports) == 1
    browser.open(f"{site.origin}/tomorrow")
    eventually(lambda: len(site.api.reports) == 2, "the daily report", pause=browser.pause)
    assert endpoint(site.api.reports[1]) == endpoint(report)
    assert "replaces" not in site.api.reports[1]


def test_a_report_that_failed_is_made_by_the_next_page(browser: Browser, site: Site) -> None:
    site.api.failing["/v1/subscriptions"] = [503]
    browser.grant(site.origin)
    browser.open(f"{site.origin}/")
    said = "shopbell('status').error"
    eventually(lambda: browser.evaluate(said), "the failure to be told", pause=browser.pause)
    assert site.api.reports == []
    browser.open(f"{site.origin}/next")
    eventually(lambda: site.api.reports, "the report", pause=browser.pause)


def test_a_new_key_makes_a_new_subscription_that_replaces_the_old(browser: Browser, site: Site) -> None:
    report = site.subscribe(browser)
    settled(browser)
    site.sender = type(site.sender)(site.sender.session, new_vapid())
    site.api.vapid_public_key = site.sender.public_key
    browser.open(f"{site.origin}/next")
    eventually(lambda: len(site.api.reports) == 2, "the new subscription", pause=browser.pause)
    renewed = site.api.reports[1]
    assert renewed["replaces"] == endpoint(report)
    assert renewed["visitor_id"] == report["visitor_id"]
    assert renewed["vapid_key_id"] != report["vapid_key_id"]
    assert site.send(renewed, site.payload("m1")) == 201
    site.shown(browser, "m1")


BROUGHT = """(async () => {
  const found = await navigator.serviceWorker.register('/shopbell-sw.js', { scope: '/old/' });
  while (!found.active) await new Promise(done => setTimeout(done, 50));
  const key = Uint8Array.from(atob('%s'.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0));
  const made = await found.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  return JSON.stringify(made);
})()"""


@pytest.mark.parametrize("when", ["before", "after"], ids=["before the first visit", "after the first visit"])
def test_what_another_provider_subscribed_gives_way_once_its_key_was_brought_along(
    browser: Browser, site: Site, when: str
) -> None:
    theirs = type(site.sender)(site.sender.session, new_vapid())
    if when == "after":
        site.subscribe(browser)
        settled(browser)
    else:
        browser.grant(site.origin)
        browser.open(f"{site.origin}/shopbell-sw.js")
    old = json.loads(str(browser.evaluate(BROUGHT % theirs.public_key)))
    assert theirs.send(old, site.payload("m0")) == 201

    site.api.retiring = [theirs.public_key]
    browser.open(f"{site.origin}/next")
    eventually(lambda: site.api.reports, "a subscription", pause=browser.pause)
    left = eventually(lambda: theirs.send(old, site.payload("m1")) == 410, "its end", pause=browser.pause)
    assert left
    wanted = (old["endpoint"], []) if when == "before" else (None, [old["endpoint"]])

    def told() -> bool:
        return (site.api.reports[0].get("replaces"), site.api.deleted) == wanted

    eventually(told, "what it left to be told", pause=browser.pause)
    assert site.send(site.api.reports[0], site.payload("m2")) == 201


def test_after_a_logout_the_subscription_belongs_to_the_new_visitor(browser: Browser, site: Site) -> None:
    report = site.subscribe(browser)
    settled(browser)
    browser.evaluate("shopbell('reset')")
    eventually(lambda: len(site.api.reports) == 2, "the report", pause=browser.pause)
    assert site.api.reports[1]["visitor_id"] != report["visitor_id"]
    assert endpoint(site.api.reports[1]) == endpoint(report)


def test_the_worker_renews_what_the_push_service_forgot(firefox: Firefox, loop: BackgroundLoop, site: Site) -> None:
    report = site.subscribe(firefox)
    settled(firefox)
    firefox.open("about:blank")
    service: Autopush = firefox.push
    loop.run(service.forget_everyone())
    eventually(lambda: len(site.api.reports) == 2, "pushsubscriptionchange")
    renewed = site.api.reports[1]
    assert renewed["replaces"] == endpoint(report)
    assert renewed["visitor_id"] == report["visitor_id"]
    assert site.send(renewed, site.payload("m1")) == 201
    site.shown(firefox, "m1")
