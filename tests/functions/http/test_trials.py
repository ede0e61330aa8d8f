"""Trying a scenario out over HTTP: what it answers, who may ask, and what it refuses."""

from typing import Any

import pytest
from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.subscriptions import MemorySubscriptions
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.subscribe import subscribed
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, HOUR, MINUTE, format_instant
from shopbell.domain.events import Event, EventItem
from shopbell.domain.ids import EventId, ProductId, StoreId, VapidKeyId, VisitorId, subscription_id
from shopbell.domain.subscriptions import Subscription

from tests.functions.http.office import VIEWER, Office
from tests.functions.http.world import NOON, OURS, THEIRS, Answered

CALL = "/v1/scenarios/new_arrivals/dry-run"
DROP = "/v1/scenarios/price_drop/dry-run"
MORNING = {"quiet_hours": {"start": "00:00", "end": "00:00"}}


def person(office: Office, name: str, *, store: StoreId = OURS, ago: int = HOUR) -> None:
    """Who subscribed, and was here for the last time so long ago."""
    office.visit(name, store=store)
    endpoint = f"https://updates.push.services.mozilla.com/wpush/v2/{name}"
    row = Subscription(
        store=store,
        visitor=VisitorId(name),
        id=subscription_id(endpoint),
        service="mozilla",
        endpoint=endpoint,
        p256dh=b"\4" + bytes(64),
        auth=bytes(16),
        vapid_key=VapidKeyId("k1"),
        created_at=NOON - 100 * DAY,
        seen_at=NOON - 100 * DAY,
    )
    MemorySubscriptions(office.world).put(row, None)
    seen = Event(
        EventId(f"{name}-seen"), "page_view", row.visitor, NOON - ago, NOON - ago, {"url": "https://x.example/"}
    )
    log = MemoryEvents(office.world)
    log.append(
        [system_item(store, subscribed(row, NOON - 100 * DAY)), EventItem(store, row.visitor, "s", 0, (seen,))]
    )


def stock(office: Office) -> None:
    for number in range(3):
        product = Product(
            id=ProductId(f"p{number}"),
            title=f"Boot {number}",
            url=f"https://shop.example.com/p{number}",
            image_url=f"https://shop.example.com/p{number}.jpg",
            price=1_000,
            currency="EUR",
            created_at=NOON - DAY,
        )
        MemoryCatalogue(office.world).put(OURS, [product])


def tried(office: Office, body: Any = None, path: str = CALL, **more: Any) -> Answered:
    return office.manage("POST", path, {} if body is None else body, **more)


def test_it_says_who_would_get_what_and_who_would_not_and_why(office: Office) -> None:
    assert office.manage("PATCH", "/v1/store", MORNING).status == 200
    stock(office)
    person(office, "ann")
    person(office, "ben", ago=40 * DAY)
    person(office, "zoe", store=THEIRS)
    answer = tried(office, key=VIEWER)
    assert answer.status == 200, answer.text
    found = answer.json
    exact = {"low": 1, "high": 1, "exact": True, "estimate": 1}
    assert found["would_not"] == [{**exact, "gate": "audience", "sample": ["ben"]}]
    (message,) = found["would_get"].pop("sample")
    assert found["would_get"] == exact
    assert found["visitors"] == {"estimate": 2, "low": 2, "high": 2, "exact": True}
    assert (found["as_of"], found["since"], found["sampled"]) == (format_instant(NOON), format_instant(NOON), 2)
    assert (message["visitor_id"], message["step"], message["deferred"]) == ("ann", 0, [])
    (product,) = message["products"]
    assert message["title"] == f"New: {product['title']}"
    assert product["algorithm"] == "new_arrivals"
    assert product["level"] == message["level"] == 0
    assert product["reason"]


def test_a_price_that_is_supposed_to_fall_is_told_to_who_looked(office: Office) -> None:
    stock(office)
    person(office, "ann")
    person(office, "ben")
    looked(office, "ann", "p1")
    found = tried(office, {"product_id": "p1", "price": 700}, DROP, key=VIEWER).json
    (message,) = found["would_get"]["sample"]
    assert (message["visitor_id"], message["title"]) == ("ann", "Boot 1 costs less now")
    assert [row["product_id"] for row in message["products"]] == ["p1"]
    assert (message["at"], found["as_of"]) == (format_instant(NOON + 150 * MINUTE), format_instant(NOON + DAY))
    assert [(held["gate"], held["sample"]) for held in found["would_not"]] == [("not_triggered", ["ben"])]
    assert office.manage("GET", "/v1/products/p1").json["price"] == 1_000
    assert tried(office, {}, DROP).json["would_get"]["sample"] == []


def looked(office: Office, name: str, product: str) -> None:
    who, at = VisitorId(name), NOON - HOUR
    view = Event(EventId(f"{name}-view"), "product_view", who, at, at, {"product_id": product, "price": 1_000})
    MemoryEvents(office.world).append([EventItem(OURS, who, "v", 0, (view,))])


def test_an_earlier_instant_knows_nothing_of_what_came_later(office: Office) -> None:
    stock(office)
    person(office, "ann")
    found = tried(office, {"as_of": format_instant(NOON - 2 * HOUR)}).json
    assert [held["gate"] for held in found["would_not"]] == ["audience"]
    assert found["as_of"] == format_instant(NOON - 2 * HOUR)


def test_an_empty_store_answers_too(office: Office) -> None:
    found = tried(office).json
    assert (found["would_get"]["estimate"], found["would_not"], found["sampled"]) == (0, [], 0)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        pytest.param("/v1/scenarios/nothing/dry-run", {}, 404, id="no such scenario"),
        pytest.param("/v1/scenarios/bulk/dry-run", {}, 409, id="no scenario of this kind"),
        pytest.param(CALL, {"as_of": "yesterday"}, 422, id="no instant"),
        pytest.param(CALL, {"as_of": format_instant(NOON - 31 * DAY)}, 422, id="too long ago"),
        pytest.param(CALL, {"as_of": format_instant(NOON + DAY)}, 422, id="not yet"),
        pytest.param(CALL, {"at": "now"}, 422, id="an unknown field"),
        pytest.param(CALL, {"product_id": "p1", "price": 900}, 422, id="what waits for no product"),
        pytest.param(DROP, {"product_id": "p1"}, 422, id="nothing supposed"),
        pytest.param(DROP, {"price": 900}, 422, id="of no product"),
        pytest.param(DROP, {"product_id": "p1", "in_stock": True}, 422, id="not what it waits for"),
        pytest.param(DROP, {"product_id": "p1", "price": 9, "in_stock": True}, 422, id="two at once"),
        pytest.param(DROP, {"product_id": "none", "price": 900}, 422, id="no such product"),
        pytest.param(
            DROP, {"product_id": "p1", "price": 9, "as_of": format_instant(NOON)}, 422, id="supposed in the past"
        ),
        pytest.param(CALL, [], 422, id="no object"),
    ],
)
def test_what_it_refuses(office: Office, path: str, body: Any, status: int) -> None:
    assert tried(office, body, path).status == status


def test_it_takes_a_management_key(office: Office) -> None:
    assert tried(office, key=None).status == 401
