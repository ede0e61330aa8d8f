"""Somebody of whom a running shop holds all that it can, and who goes on while they are being forgotten."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from shopbell.domain.ids import StoreId, SubscriptionId, VisitorId, customer, subscription_id

from benchmarks.broadcasting import Stage
from tests.contract.raw import marks_of
from tests.e2e.system.api import Answer, Api

MARK: Final = "zq7f3a"
"""In everything that they say."""
GUEST: Final = f"{MARK}-guest"
CUSTOMER: Final = f"{MARK}-anna"
LATER: Final = 3
"""Other ids under which they come back."""
_EVERY: Final = 0.4
"""Seconds between two rounds of what goes on."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """`devices`: as the push services made them; the last one is what their browser renews its subscription to."""

    stage: Stage
    devices: tuple[Mapping[str, Any], ...]

    def marks(self) -> tuple[bytes, ...]:
        """Their ids, also as hashes, and all that leads to their devices."""
        ids = [VisitorId(GUEST), customer(CUSTOMER), *(VisitorId(later(number)) for number in range(LATER))]
        told = [mark for who in ids for mark in marks_of(self.store, who)[1:]]
        where = [one["endpoint"].encode() for one in self.devices]
        keys = [value.encode() for one in self.devices for value in one["keys"].values()]
        return (MARK.encode(), *told, *where, *keys)

    @property
    def store(self) -> StoreId:
        return self.stage.access.keys.store_id

    @property
    def subscriptions(self) -> tuple[SubscriptionId, ...]:
        return tuple(subscription_id(one["endpoint"]) for one in self.devices)

    @property
    def page(self) -> Api:
        return Api(self.stage.access.api_url, self.stage.access.keys.publishable_key)

    @property
    def server(self) -> Api:
        return Api(self.stage.access.api_url, self.stage.access.keys.server_key)

    def subscribe(self, device: int, replaces: int | None = None) -> Answer:
        one = self.devices[device]
        given = {"endpoint": one["endpoint"], "keys": one["keys"]}
        before = {} if replaces is None else {"replaces": self.devices[replaces]["endpoint"]}
        body = {"visitor_id": GUEST, "subscription": given, "time_zone": "Europe/Berlin", **before}
        return self.page.call("POST", "/v1/subscriptions", body)

    def identify(self, who: str) -> Answer:
        return self.server.call("POST", "/v1/identify", {"visitor_id": who, "customer_id": CUSTOMER})

    def did(self, name: str, kind: str, **properties: object) -> Answer:
        event = {"id": f"{MARK}-{name}", "type": kind, "visitor_id": GUEST, "properties": properties}
        return self.page.call("POST", "/v1/events", {"events": [event]})

    def bought(self, name: str, **more: object) -> Answer:
        items = [{"product_id": "boots", "quantity": 1, "price": 9_900}]
        order = {"order_id": f"{MARK}-{name}", "total": 9_900, "currency": "EUR", "items": items, **more}
        event = {"id": f"{MARK}-{name}", "type": "purchase", "customer_id": CUSTOMER, "properties": order}
        return self.server.call("POST", "/v1/events", {"events": [event]})

    def received(self) -> dict[str, str]:
        """The token of the latest message on each of their devices."""
        mine = {one["id"] for one in self.devices}
        return {
            row["subscription"]: row["message"] for row in self.stage.push.messages() if row["subscription"] in mine
        }

    def tell_all(self) -> None:
        """A visit with everything in it, under both ids."""
        said = [
            self.did("view", "product_view", product_id="boots", price=9_900, currency="EUR", in_stock=True),
            self.did("search", "search", query=f"{MARK} shoes"),
            self.did("cart", "cart_add", product_id="boots", quantity=1, price=9_900),
            self.did("asked", "prompt_shown", prompt="main"),
            self.did("form", "form_submit", form_id="letter", mail=f"{MARK}@mail.example"),
            self.page.call(
                "PATCH", f"/v1/visitors/{GUEST}", {"traits": {"custom": {"mail": f"{MARK}@mail.example"}}}
            ),
            self.identify(GUEST),
            self.did("joined", "signup"),
        ]
        assert {one.status for one in said} <= {200, 202}, said


def later(number: int) -> str:
    return f"{MARK}-later-{number}"


@dataclass(slots=True)
class Trickle:
    """They, and somebody else, go on: views, orders, receipts, log-ins and renewals, until it is stopped."""

    who: Somebody
    token: str
    neighbour: str
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    """By what was called and how it was answered."""
    refused: int = 0
    """Events that were not taken."""
    views: int = 0
    """Of the neighbour, each taken."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._stop.is_set():
            self.round(number)
            number += 1
            self._stop.wait(_EVERY)

    def round(self, number: int) -> None:
        who = self.who
        for name, said in (
            ("view", who.did(f"late-{number}", "product_view", product_id="boots", price=9_900, currency="EUR")),
            ("order", who.bought(f"late-{number}")),
            (
                "receipt",
                who.page.call(
                    "POST", "/v1/receipts", {"message": self.token, "kind": "clicked", "action": f"a{number}"}
                ),
            ),
            ("identify", who.identify(later(number % LATER))),
            ("renewal", who.subscribe(len(who.devices) - 1, replaces=0)),
            ("traits", who.page.call("PATCH", f"/v1/visitors/{GUEST}", {"traits": {"city": f"{MARK}-town"}})),
            ("prompt", who.page.call("POST", "/v1/prompt", {"visitor_id": GUEST, "prompt": "main"})),
        ):
            self.answers[name, said.status] += 1
            if name in {"view", "order"} and said.status < 300:
                self.refused += len(said.body["rejected"])
        self._other(number)

    def _other(self, number: int) -> None:
        view = {"id": f"{self.neighbour}-{number}", "type": "product_view", "visitor_id": self.neighbour}
        said = self.who.page.ok("POST", "/v1/events", {"events": [{**view, "properties": {"product_id": "boots"}}]})
        self.views += said["accepted"]
