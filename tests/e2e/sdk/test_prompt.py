"""The two-step permission question: when it may appear, what it asks of the browser, what it remembers."""

import time

import pytest

from tests.e2e.browsers.driver import Browser
from tests.e2e.browsers.polling import eventually
from tests.e2e.sdk.conftest import Site
from tests.e2e.sdk.storefronts import WATCH

pytestmark = pytest.mark.browser
DAY_MS = 86_400_000
BOX = "#shopbell-prompt"
WHY_NOT = "(shopbell('status')).prompt"
NATIVE_CALLS = "Number(sessionStorage.asked || 0)"
NEXT_WEEK = """(() => {
  const past = JSON.parse(localStorage['shopbell.prompt']);
  past.until = Date.now() - 1;
  past.shown_at -= 7 * 86400000;
  localStorage['shopbell.prompt'] = JSON.stringify(past);
  sessionStorage.removeItem('shopbell.prompts');
})()"""
OFTEN = {"per_session": 9, "per_day": 9, "lifetime": 9}
READY = "fetch(document.querySelector('script[src]').src).then(r => r.text()).then(t => t.length)"
"""By then the settings are there, too."""
HOME_SCREEN = "Object.defineProperty(navigator, 'standalone', { value: true });"
IPHONE = """
Object.defineProperty(navigator, 'userAgent', { value: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)' });
delete window.PushManager;
"""


def wait_for(browser: Browser, css: str) -> None:
    eventually(lambda: browser.has(css), css, pause=browser.pause)


def days_to_wait(browser: Browser) -> float:
    until = browser.evaluate("JSON.parse(localStorage['shopbell.prompt']).until")
    assert isinstance(until, int | float)
    return (until - time.time() * 1000) / DAY_MS


def test_the_second_page_asks_softly_and_the_browser_is_not_asked(browser: Browser, site: Site) -> None:
    site.api.prompt = {"trigger": "page_view_n:2", "delay_s": 0}
    browser.open(f"{site.origin}/")
    assert not browser.has(BOX)
    browser.open(f"{site.origin}/second")
    wait_for(browser, BOX)
    browser.click("#shopbell-later")
    assert not browser.has(BOX)
    assert browser.evaluate(NATIVE_CALLS) == 0
    assert browser.evaluate("Notification.permission") == "default"
    browser.evaluate("shopbell('flush')")
    dismissed = eventually(lambda: site.api.of_type("prompt_dismissed"), "the event", pause=browser.pause)
    assert dismissed[0]["properties"] == {"prompt": "soft"}
    assert len(site.api.of_type("prompt_shown")) == 1


def test_later_waits_longer_each_time_and_the_wait_survives_a_reload(browser: Browser, site: Site) -> None:
    site.api.prompt = {"trigger": "immediate"}
    browser.open(f"{site.origin}/")
    for days in (3, 7, 30, 90):
        wait_for(browser, BOX)
        browser.click("#shopbell-prompt-close" if days == 7 else "#shopbell-later")
        assert days_to_wait(browser) == pytest.approx(days, abs=0.01)
        browser.open(f"{site.origin}/again")
        assert browser.evaluate(WHY_NOT) == "back-off"
        assert not browser.has(BOX)
        browser.evaluate(NEXT_WEEK)
        browser.open(f"{site.origin}/much-later")
    wait_for(browser, BOX)
    browser.evaluate(NEXT_WEEK)
    browser.open(f"{site.origin}/fifth-time-was-the-last")
    assert browser.evaluate(WHY_NOT) == "lifetime"


@pytest.mark.parametrize("path", ["/checkout", "/en/Checkout/address", "/account/orders.html", "/payment"])
def test_nobody_is_interrupted_at_the_checkout(browser: Browser, site: Site, path: str) -> None:
    site.api.prompt = {"trigger": "immediate"}
    browser.open(site.origin + path)
    assert browser.evaluate("shopbell('prompt')") == "page"
    assert not browser.has(BOX)


def test_a_checkout_at_any_address_is_recognised_by_its_event(browser: Browser, site: Site) -> None:
    site.api.prompt = {"trigger": "immediate"}
    site.shop.before = WATCH + "addEventListener('load', () => shopbell('track', 'checkout_start'));"
    browser.open(f"{site.origin}/kasse")
    eventually(lambda: browser.evaluate(WHY_NOT) == "page", "the checkout to be seen", pause=browser.pause)


def test_the_bell_asks_again_after_a_later_and_allow_subscribes(browser: Browser, site: Site) -> None:
    site.api.prompt = {"trigger": "immediate", "id": "spring"}
    browser.open(f"{site.origin}/")
    wait_for(browser, BOX)
    browser.click("#shopbell-later")
    browser.click("#bell")
    wait_for(browser, "#shopbell-allow")
    assert browser.evaluate(NATIVE_CALLS) == 0
    browser.click_and_allow("#shopbell-allow", site.origin)
    report = eventually(lambda: site.api.reports, "the subscription", pause=browser.pause)[0]
    assert report["prompt"] == "spring"
    assert report["vapid_key_id"] == site.api.vapid_public_key[-8:]
    assert {"visitor_id", "subscription", "time_zone", "language"} <= set(report)
    assert "replaces" not in report
    browser.evaluate("shopbell('flush')")
    eventually(lambda: site.api.of_type("permission_granted"), "the event", pause=browser.pause)
    assert site.api.of_type("prompt_accepted")[0]["properties"] == {"prompt": "spring"}


@pytest.mark.parametrize(
    ("trigger", "act"),
    [
        ("event:cart_add", "shopbell('track', 'cart_add', {product_id: 'p1'})"),
        ("scroll_pct:50", "window.scrollTo(0, 3000)"),
        ("interaction:h1", "document.querySelector('h1').click()"),
        (
            "exit_intent",
            "document.documentElement.dispatchEvent(new MouseEvent('mouseleave', {clientY: -1})) && 1",
        ),
    ],
    ids=["an event", "scrolling", "a click on something", "leaving"],
)
def test_the_question_waits_for_its_trigger(browser: Browser, site: Site, trigger: str, act: str) -> None:
    site.api.prompt = {"trigger": trigger, "delay_s": 0}
    browser.open(f"{site.origin}/")
    browser.evaluate("fetch(document.querySelector('script[src]').src).then(r => r.text()).then(t => t.length)")
    assert not browser.has(BOX)
    browser.evaluate(act)
    wait_for(browser, BOX)


def test_an_iphone_is_told_how_to_get_to_the_home_screen(browser: Browser, site: Site) -> None:
    site.api.prompt = {"trigger": "immediate", "ios_text": "Add us to your Home Screen"}
    site.shop.before = IPHONE
    browser.open(f"{site.origin}/")
    wait_for(browser, BOX)
    assert browser.evaluate("shopbell('status').support") == "ios-needs-home-screen"
    assert "Home Screen" in str(browser.evaluate(f"document.querySelector('{BOX}').textContent"))
    assert not browser.has("#shopbell-allow")
    browser.evaluate("shopbell('flush')")
    (shown,) = eventually(lambda: site.api.of_type("prompt_shown"), "the event", pause=browser.pause)
    assert shown["properties"] == {"prompt": "soft", "home_screen": True}


@pytest.mark.parametrize("how", [HOME_SCREEN, WATCH], ids=["it runs from the Home Screen", "the browser says so"])
def test_a_shop_that_was_installed_says_so_once(browser: Browser, site: Site, how: str) -> None:
    site.shop.before = how
    for path in ("", "again"):
        browser.open(f"{site.origin}/{path}")
        browser.evaluate(READY)
        if how == WATCH:
            browser.evaluate("window.dispatchEvent(new Event('appinstalled'))")
        browser.evaluate("shopbell('flush')")
    eventually(lambda: len(site.api.of_type("page_view")) == 2, "both pages", pause=browser.pause)
    (told,) = eventually(lambda: site.api.of_type("prompt_accepted"), "the event", pause=browser.pause)
    assert told["properties"] == {"prompt": "soft", "home_screen": True}


def test_who_ticks_topics_hears_of_these(browser: Browser, site: Site) -> None:
    topics = [{"id": "sale", "label": "Sales"}, {"id": "new", "label": "<b>New</b>"}]
    site.api.prompt = {"trigger": "immediate", "topics": topics}
    browser.open(f"{site.origin}/")
    wait_for(browser, BOX)
    assert browser.evaluate(f"document.querySelector('{BOX} label:nth-of-type(2)').textContent") == "<b>New</b>"
    browser.click(f"{BOX} input[value=sale]")
    browser.click_and_allow("#shopbell-allow", site.origin)
    (wanted,) = eventually(lambda: site.api.preferred, "the topics", pause=browser.pause)
    endpoint = browser.evaluate("JSON.parse(localStorage['shopbell.subscription']).endpoint")
    assert wanted == {"endpoint": endpoint, "topics": ["sale"]}


def test_whom_the_prompt_is_for_is_asked_of_the_server(browser: Browser, site: Site) -> None:
    site.api.prompt = {"trigger": "immediate", "ask": "members"}
    site.api.audience = {"show": False, "reason": "audience"}
    browser.open(f"{site.origin}/")
    (question,) = eventually(lambda: site.api.asked, "the question", pause=browser.pause)
    assert question["page"] == f"{site.origin}/"
    assert question["visitor_id"] == browser.evaluate("shopbell('status').visitor_id")
    assert not browser.has(BOX)
    site.api.audience = {"show": True, "reason": None}
    browser.open(f"{site.origin}/second")
    wait_for(browser, BOX)


def test_without_an_answer_nobody_is_shown_it(browser: Browser, site: Site) -> None:
    site.api.prompt = {"trigger": "immediate", "ask": "others"}
    site.api.failing["/v1/prompt"] = [503]
    browser.open(f"{site.origin}/")
    error = eventually(lambda: browser.evaluate("shopbell('status').error"), "the failure", pause=browser.pause)
    assert "/v1/prompt answered 503" in str(error)
    assert not browser.has(BOX)


def test_a_visitor_always_sees_the_same_variant_and_its_events_name_it(browser: Browser, site: Site) -> None:
    texts = {"short": "News?", "long": "Would you like to hear our news?"}
    variants = [{"name": name, "weight": 1, "title": title} for name, title in texts.items()]
    site.api.prompt = {"trigger": "immediate", "variants": variants, "frequency": OFTEN}
    seen = set()
    for page in ("/", "/second", "/third"):
        browser.open(site.origin + page)
        wait_for(browser, BOX)
        seen.add(str(browser.evaluate("document.querySelector('#shopbell-prompt-title').textContent")))
        browser.evaluate("shopbell('flush')")
    (title,) = seen
    shown = eventually(lambda: site.api.of_type("prompt_shown"), "the events", pause=browser.pause)
    (name,) = (name for name, text in texts.items() if text == title)
    assert all(event["properties"] == {"prompt": "soft", "variant": name} for event in shown)


def test_only_browsers_of_its_languages_are_asked(browser: Browser, site: Site) -> None:
    site.api.prompt = {"trigger": "immediate", "languages": ["xx"]}
    browser.open(f"{site.origin}/")
    eventually(lambda: browser.evaluate(WHY_NOT) == "language", "the answer", pause=browser.pause)
    assert not browser.has(BOX)
