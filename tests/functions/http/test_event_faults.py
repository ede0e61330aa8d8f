"""What is wrong with an event is told by its path, field by field; the rest of the batch is stored."""

from typing import Any

import pytest

from tests.functions.http.test_events import BOTH, EVENT, ITEM, PURCHASE, event, typed, without
from tests.functions.http.world import PUB, Town

UNADDRESSABLE = "must be printable characters without spaces, '/', '\\', '%', '?', '#' or U+FFFD"
MINOR = "must be an integer in minor units, such as 1999 for 19.99"
BAD_EVENTS: tuple[tuple[str, Any, str, str], ...] = (
    ("no object", 7, "", "must be an object"),
    ("null", None, "", "must be an object"),
    ("unknown field", event(foo=1), "foo", "is not a known field"),
    ("no id", without(EVENT, "id"), "id", "is required"),
    ("empty id", event(id=""), "id", "must be 1 to 128 printable characters"),
    ("long id", event(id="x" * 129), "id", "must be 1 to 128 printable characters"),
    ("id with a control character", event(id="a\nb"), "id", "must be 1 to 128 printable characters"),
    ("id no text", event(id=7), "id", "must be a string"),
    ("no type", without(EVENT, "type"), "type", "is required"),
    ("type no text", event(type=7), "type", "must be a string"),
    (
        "type in capitals",
        event(type="PageView"),
        "type",
        "must be 1 to 64 lower-case letters, digits and underscores, beginning with a letter",
    ),
    (
        "type too long",
        event(type="x" * 65),
        "type",
        "must be 1 to 64 lower-case letters, digits and underscores, beginning with a letter",
    ),
    ("system event", event(type="push_clicked"), "type", "is made by the system and cannot be sent"),
    ("internal event", event(type="traits_changed"), "type", "is made by the system and cannot be sent"),
    ("no visitor", without(EVENT, "visitor_id"), "visitor_id", "is required"),
    ("empty visitor", event(visitor_id=""), "visitor_id", "must have 1 to 128 characters"),
    ("long visitor", event(visitor_id="x" * 129), "visitor_id", "must have 1 to 128 characters"),
    (
        "visitor with a space",
        event(visitor_id="a b"),
        "visitor_id",
        UNADDRESSABLE,
    ),
    (
        "visitor with a hash",
        event(visitor_id="a#b"),
        "visitor_id",
        UNADDRESSABLE,
    ),
    ("visitor with a slash", event(visitor_id="a/b"), "visitor_id", UNADDRESSABLE),
    ("visitor of dots", event(visitor_id=".."), "visitor_id", "must not be '.' or '..', which paths resolve"),
    ("customer with a percent", {**without(EVENT, "visitor_id"), "customer_id": "a%"}, "customer_id", UNADDRESSABLE),
    (
        "product with a backslash",
        typed("product_view", product_id="a\\b"),
        "properties.product_id",
        UNADDRESSABLE,
    ),
    ("visitor no text", event(visitor_id=5), "visitor_id", "must be a string"),
    (
        "time no instant",
        event(occurred_at="yesterday"),
        "occurred_at",
        "must be an RFC 3339 instant such as 2026-01-31T12:00:00Z",
    ),
    ("time no text", event(occurred_at=1700000000), "occurred_at", "must be a string"),
    ("properties no object", event(properties=[1]), "properties", "must be an object"),
    (
        "too large",
        event(properties={"url": "/", "note": "x" * 8_192}),
        "properties",
        "make the event larger than 8192 bytes",
    ),
    (
        "nameless property",
        event(properties={"url": "/", "": 1}),
        "properties",
        "must have names of 1 to 64 characters",
    ),
    (
        "too deep",
        event(properties={"url": "/", "a": {"a": {"a": {"a": {"a": {"a": {}}}}}}}),
        "properties",
        "must nest at most 6 levels",
    ),
    ("page_view without url", typed("page_view"), "properties.url", "is required"),
    ("page_view url", typed("page_view", url=""), "properties.url", "must have 1 to 2048 characters"),
    ("category_view", typed("category_view"), "properties.category", "is required"),
    ("category no text", typed("category_view", category=1), "properties.category", "must be a string"),
    ("product_view", typed("product_view"), "properties.product_id", "is required"),
    ("product id no text", typed("product_view", product_id=1), "properties.product_id", "must be a string"),
    ("float for money", typed("product_view", product_id="a", price=1.5), "properties.price", MINOR),
    ("text for money", typed("product_view", product_id="a", price="1"), "properties.price", MINOR),
    ("truth for money", typed("product_view", product_id="a", price=True), "properties.price", MINOR),
    (
        "negative money",
        typed("product_view", product_id="a", price=-1),
        "properties.price",
        "must be 0 to 1000000000000",
    ),
    (
        "in_stock",
        typed("product_view", product_id="a", in_stock="yes"),
        "properties.in_stock",
        "must be true or false",
    ),
    (
        "seconds",
        typed("product_view", product_id="a", seconds=-1),
        "properties.seconds",
        "must be a number from 0 to 1000000000",
    ),
    (
        "currency",
        typed("product_view", product_id="a", currency="euro"),
        "properties.currency",
        "must be an ISO 4217 code such as EUR",
    ),
    ("search", typed("search"), "properties.query", "is required"),
    ("results", typed("search", query="boots", results=1.5), "properties.results", "must be an integer"),
    ("cart_add", typed("cart_add"), "properties.product_id", "is required"),
    (
        "quantity 0",
        typed("cart_add", product_id="a", quantity=0),
        "properties.quantity",
        "must be 1 to 1000000000",
    ),
    ("cart_remove", typed("cart_remove", quantity=1), "properties.product_id", "is required"),
    ("cart_id", typed("cart_add", product_id="a", cart_id=7), "properties.cart_id", "must be a string"),
    ("cart_update", typed("cart_update"), "properties.items", "is required"),
    ("items no list", typed("cart_update", items={}), "properties.items", "must be a list"),
    ("item no object", typed("cart_update", items=[1]), "properties.items.0", "must be an object"),
    (
        "item without product",
        typed("cart_update", items=[ITEM, {"quantity": 1}]),
        "properties.items.1.product_id",
        "is required",
    ),
    (
        "variant",
        typed("cart_update", items=[{**ITEM, "variant_id": 1}]),
        "properties.items.0.variant_id",
        "must be a string",
    ),
    (
        "purchase without order",
        typed("purchase", **without(PURCHASE, "order_id")),
        "properties.order_id",
        "is required",
    ),
    ("purchase without total", typed("purchase", **without(PURCHASE, "total")), "properties.total", "is required"),
    ("float total", typed("purchase", **{**PURCHASE, "total": 9.0}), "properties.total", MINOR),
    (
        "purchase without currency",
        typed("purchase", **without(PURCHASE, "currency")),
        "properties.currency",
        "is required",
    ),
    ("purchase without items", typed("purchase", **without(PURCHASE, "items")), "properties.items", "is required"),
    (
        "float price of an item",
        typed("purchase", **{**PURCHASE, "items": [{**ITEM, "price": 9.5}]}),
        "properties.items.0.price",
        MINOR,
    ),
    (
        "float list price of an item",
        typed("purchase", **{**PURCHASE, "items": [{**ITEM, "list_price": 9.5}]}),
        "properties.items.0.list_price",
        MINOR,
    ),
    ("coupon", typed("purchase", **{**PURCHASE, "coupon": 1}), "properties.coupon", "must be a string"),
    ("refund", typed("refund"), "properties.order_id", "is required"),
    ("refund amount", typed("refund", order_id="o", amount=1.5), "properties.amount", MINOR),
    ("order_status", typed("order_status", status="sent"), "properties.order_id", "is required"),
    ("status", typed("order_status", order_id="o"), "properties.status", "is required"),
    ("wishlist_add", typed("wishlist_add"), "properties.product_id", "is required"),
    ("wishlist_remove", typed("wishlist_remove"), "properties.product_id", "is required"),
    ("stock_alert", typed("stock_alert"), "properties.product_id", "is required"),
    ("form_submit", typed("form_submit"), "properties.form_id", "is required"),
    ("prompt_shown", typed("prompt_shown"), "properties.prompt", "is required"),
    ("prompt_accepted", typed("prompt_accepted"), "properties.prompt", "is required"),
    ("prompt_dismissed", typed("prompt_dismissed"), "properties.prompt", "is required"),
    ("permission_granted", typed("permission_granted"), "properties.prompt", "is required"),
    ("permission_denied", typed("permission_denied"), "properties.prompt", "is required"),
)


@pytest.mark.parametrize(
    ("raw", "path", "message"), [row[1:] for row in BAD_EVENTS], ids=[row[0] for row in BAD_EVENTS]
)
@pytest.mark.parametrize("key", BOTH, ids=["browser", "server"])
def test_a_wrong_event_is_rejected_by_its_path_and_the_rest_is_stored(
    town: Town, key: str, raw: Any, path: str, message: str
) -> None:
    good = event(id="good", visitor_id="bob")
    answer = town.call("POST", "/v1/events", {"events": [good, raw]}, key=key)

    assert answer.status == 202
    assert answer.json == {"accepted": 1, "rejected": [{"index": 1, "path": path, "message": message}]}
    assert [one.id for one in town.stored] == ["good"]


BAD_BODIES = (
    ("no JSON", "{", 400, "", "is not valid JSON"),
    ("NaN", '{"events": [NaN]}', 400, "", "is not valid JSON"),
    ("half a character", b"\xff", 400, "", "is not valid JSON"),
    ("empty", "", 400, "", "is not valid JSON"),
    ("a list", "[]", 422, "", "must be an object"),
    ("no events", "{}", 422, "events", "is required"),
    ("events no list", '{"events": {}}', 422, "events", "must be a list"),
    ("unknown field", '{"events": [], "foo": 1}', 422, "foo", "is not a known field"),
    ("backfill no truth", '{"events": [], "backfill": 1}', 422, "backfill", "must be true or false"),
    ("too deep", '{"events": ' + "[" * 50 + "]" * 50 + "}", 422, "", "must nest at most 40 levels"),
)


@pytest.mark.parametrize(
    ("body", "status", "path", "message"), [row[1:] for row in BAD_BODIES], ids=[row[0] for row in BAD_BODIES]
)
def test_a_body_that_is_wrong_as_a_whole_is_refused(
    town: Town, body: str | bytes, status: int, path: str, message: str
) -> None:
    answer = town.call("POST", "/v1/events", body, key=PUB)

    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.faults == [(path, message)]
    assert town.stored == []
