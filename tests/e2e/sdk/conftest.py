"""A fresh shop and a fresh tracking API for each test: a fresh origin carries nothing over from another test."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.e2e.browsers.background import BackgroundLoop, Served, serve
from tests.e2e.browsers.desktop import Desktop, Shown
from tests.e2e.browsers.driver import Browser
from tests.e2e.browsers.polling import eventually
from tests.e2e.browsers.push_services import PushServices
from tests.e2e.sdk.sender import Json, Sender, make_sender
from tests.e2e.sdk.storefronts import BareShop
from tests.e2e.sdk.tracking_api import TrackingApi


@dataclass(slots=True)
class Site:
    """A shop, its tracking API and whoever sends for it."""

    api: TrackingApi
    shop: BareShop
    sender: Sender
    desktop: Desktop
    origin: str = ""
    servers: list[Served] = field(default_factory=list)

    def subscribe(self, browser: Browser) -> Json:
        """The report of a visitor who has allowed notifications before."""
        browser.grant(self.origin)
        browser.open(f"{self.origin}/")
        return eventually(lambda: self.api.reports, "a subscription", pause=browser.pause)[0]

    def payload(self, message: str, **fields: object) -> Json:
        notification: Json = {
            "title": f"Title {message}",
            "body": "Žluťoučký 🐎 <b>&",
            "navigate": f"{self.origin}/sale?sb_m={message}",
            "tag": f"tag-{message}",
            "actions": [{"action": "buy", "title": "Buy", "navigate": f"{self.origin}/buy?sb_m={message}"}],
            "data": {"message": message},
            **fields,
        }
        return {"web_push": 8030, "notification": notification, "mutable": True}

    def send(self, report: Json, payload: Json | str, topic: str | None = None) -> int:
        subscription = report["subscription"]
        assert isinstance(subscription, dict)
        return self.sender.send(subscription, payload, topic)

    def shown(self, browser: Browser, message: str) -> Shown:
        title = f"Title {message}"
        return eventually(lambda: self.desktop.shown(title), title, pause=browser.pause)[0]

    def receipt(self, browser: Browser, kind: str, message: str) -> Json:
        what = f"the receipt {kind} of {message}"
        return eventually(lambda: self.api.receipts_of(kind, message), what, pause=browser.pause)[0]


@pytest.fixture
def site(loop: BackgroundLoop, push_services: PushServices, desktop: Desktop) -> Iterator[Site]:
    desktop.clear()
    sender = make_sender(push_services)
    api = TrackingApi(sender.public_key)
    served = loop.run(serve(api.app()))
    api.origin = f"http://127.0.0.1:{served.port}"
    shop = BareShop(api.origin)
    site = Site(api, shop, sender, desktop, servers=[served, loop.run(serve(shop.app()))])
    site.origin = f"http://127.0.0.1:{site.servers[1].port}"
    yield site
    for server in site.servers:
        loop.run(server.stop())
    assert api.faults == []
    assert not [preflight for preflight in api.preflights if not preflight.startswith(("DELETE", "PATCH"))]
