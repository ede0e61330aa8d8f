"""The demo shop of one store, as a person walks through it with a browser."""

from dataclasses import dataclass

from tests.e2e.browsers.driver import Browser
from tests.e2e.system.waiting import eventually

SDK_READY = "typeof shopbell === 'function' && shopbell.loaded"


@dataclass(frozen=True, slots=True)
class Shopfront:
    """`url` is an origin of its own, so each store's visitors start with nothing stored."""

    url: str

    def viewed(self, product: str) -> dict[str, str]:
        return {"field": "product_id", "op": "eq", "value": product}

    def subscribe(self, browser: Browser, *, quietly: bool = False) -> str:
        """Open the shop, allow notifications through the soft prompt, and answer the visitor's id."""
        browser.open(f"{self.url}/quiet.html" if quietly else f"{self.url}/")
        eventually(lambda: browser.evaluate(SDK_READY), "the SDK")
        browser.evaluate("shopbell('prompt')")
        eventually(lambda: browser.has("#shopbell-allow"), "the soft prompt")
        browser.click_and_allow("#shopbell-allow", self.url)
        eventually(lambda: self.endpoint(browser), "the subscription")
        return str(browser.evaluate("shopbell('status').visitor_id"))

    def endpoint(self, browser: Browser) -> str | None:
        found = browser.evaluate(
            "navigator.serviceWorker.getRegistration('/shopbell/')"
            ".then(r => r && r.pushManager.getSubscription()).then(s => s && s.endpoint)"
        )
        return None if found is None else str(found)
