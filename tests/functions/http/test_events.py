"""POST /v1/events: what is right is durable, what is wrong is named, and a repeat changes nothing."""

import json
from typing import Any

import pytest
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant, format_instant
from shopbell.domain.events import ProductFacts
from shopbell.domain.ids import ProductId

from tests.functions.http.world import MGMT, NOON, OURS, PUB, SRV, Town

EVENT = {"id": "e1", "type": "page_view", "visitor_id": "ann", "properties": {"url": "https://shop.example.com/"}}
ITEM = {"product_id": "boots", "quantity": 1, "price": 900}
PURCHASE = {"order_id": "o1", "total": 900, "currency": "EUR", "items": [ITEM]}


def event(**changes: Any) -> dict[str, Any]:
    return {**EVENT, **changes}


def typed(name: str, **properties: Any) -> dict[str, Any]:
    return event(type=name, properties=properties)


def ago(distance: int) -> str:
    return format_instant(NOON - distance)


def without(given: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != name}


BOTH = (PUB, SRV)

GOOD_EVENTS = (
    typed("page_view", url="/"),
    typed("category_view", category="Outdoor"),
    typed("product_view", product_id="a", price=100, in_stock=True, seconds=1.5, mood="good"),
    typed("search", query="boots", results=0),
    typed("cart_add", product_id="a", quantity=2, price=100, cart_id="c"),
    typed("cart_remove", product_id="a"),
    typed("cart_update", items=[]),
    typed("cart_clear"),
    typed("checkout_start"),
    typed("purchase", **PURCHASE),
    typed("refund", order_id="o", amount=1),
    typed("order_status", order_id="o", status="shipped"),
    typed("signup"),
    typed("login"),
    typed("logout"),
    typed("wishlist_add", product_id="a"),
    typed("wishlist_remove", product_id="a"),
    typed("stock_alert", product_id="a"),
    typed("form_submit", form_id="f"),
    typed("prompt_shown", prompt="p"),
    typed("prompt_accepted", prompt="p"),
    typed("prompt_dismissed", prompt="p"),
    typed("permission_granted", prompt="p"),
    typed("permission_denied", prompt="p"),
    typed("quiz_finished", score=3.5, answers=["a", None, {"b": True}]),
)


@pytest.mark.parametrize("raw", GOOD_EVENTS, ids=lambda raw: raw["type"])
def test_each_kind_of_event_is_stored_with_all_that_it_says(town: Town, raw: dict[str, Any]) -> None:
    answer = town.call("POST", "/v1/events", {"events": [raw]}, key=PUB)

    assert answer.json == {"accepted": 1, "rejected": []}
    assert [(one.type, one.properties) for one in town.events_of("ann")] == [(raw["type"], raw["properties"])]


@pytest.mark.parametrize(("key", "limit"), [(PUB, 64 * 1024), (SRV, 1024 * 1024)], ids=["browser", "server"])
def test_a_body_over_the_limit_of_its_key_is_413(town: Town, key: str, limit: int) -> None:
    fits = json.dumps({"events": []}).ljust(limit)
    assert town.call("POST", "/v1/events", fits, key=key).status == 202

    answer = town.call("POST", "/v1/events", fits + " ", key=key)

    assert answer.status == 413
    assert answer.faults == [("", f"must have at most {limit} bytes")]


def test_the_limit_counts_bytes_after_base64(town: Town) -> None:
    assert town.call("POST", "/v1/events", json.dumps({"events": []}).encode().ljust(65_536), key=PUB).status == 202
    assert town.call("POST", "/v1/events", b" " * 65_537, key=PUB).status == 413


@pytest.mark.parametrize(("key", "most"), [(PUB, 50), (SRV, 500)], ids=["browser", "server"])
def test_a_call_takes_as_many_events_as_its_key_allows(town: Town, key: str, most: int) -> None:
    many = [event(id=f"e{number}") for number in range(most)]
    assert town.call("POST", "/v1/events", {"events": many}, key=key).json["accepted"] == most

    answer = town.call("POST", "/v1/events", {"events": [*many, event(id="last")]}, key=key)

    assert answer.status == 422
    assert answer.faults == [("events", f"must have at most {most} entries with this key")]


TIMES: tuple[tuple[str, str, Instant, tuple[bool, bool]], ...] = (
    ("just now", ago(0), NOON, (True, True)),
    ("48 h ago", ago(48 * HOUR), NOON - 48 * HOUR, (True, True)),
    ("more than 48 h ago", ago(48 * HOUR + 1), NOON - 48 * HOUR - 1, (False, True)),
    ("2 years ago", ago(730 * DAY), NOON - 730 * DAY, (False, True)),
    ("more than 2 years ago", ago(730 * DAY + 1), 0, (False, False)),
    ("5 min ahead", ago(-5 * MINUTE), NOON + 5 * MINUTE, (True, True)),
    ("more than 5 min ahead", ago(-5 * MINUTE - 1), NOON, (True, True)),
    ("written in another zone", "2026-03-02T13:30:00+02:00", NOON - 30 * MINUTE, (True, True)),
)


@pytest.mark.parametrize(("sent", "at", "taken"), [row[1:] for row in TIMES], ids=[row[0] for row in TIMES])
@pytest.mark.parametrize("key", BOTH, ids=["browser", "server"])
def test_the_time_of_an_event_is_believed_within_reason(
    town: Town, key: str, sent: str, at: Instant, taken: tuple[bool, bool]
) -> None:
    answer = town.call("POST", "/v1/events", {"events": [event(occurred_at=sent)]}, key=key)

    if taken[BOTH.index(key)]:
        assert [one.at for one in town.events_of("ann")] == [at]
    else:
        reach = "48 hours" if key == PUB else "2 years"
        fault = {"index": 0, "path": "occurred_at", "message": f"must be at most {reach} ago"}
        assert answer.json["rejected"] == [fault]


def test_without_a_time_an_event_happened_when_it_came(town: Town) -> None:
    town.call("POST", "/v1/events", {"events": [EVENT]}, key=PUB)
    (stored,) = town.events_of("ann")
    assert (stored.at, stored.received_at, stored.utc_offset) == (NOON, NOON, None)


def test_the_offset_in_which_a_time_was_written_is_kept(town: Town) -> None:
    town.call("POST", "/v1/events", {"events": [event(occurred_at="2026-03-02T13:30:00+02:00")]}, key=PUB)
    assert [one.utc_offset for one in town.events_of("ann")] == [120]


def test_a_server_may_name_the_customer(town: Town) -> None:
    raw = {**without(EVENT, "visitor_id"), "customer_id": "4711"}
    assert town.call("POST", "/v1/events", {"events": [raw]}, key=SRV).json["accepted"] == 1
    assert [one.trusted for one in town.events_of("c:4711")] == [True]


@pytest.mark.parametrize(
    ("raw", "key", "path", "message"),
    [
        ({**without(EVENT, "visitor_id"), "customer_id": "1"}, PUB, "customer_id", "takes a server key"),
        ({**EVENT, "customer_id": "1"}, SRV, "customer_id", "must not stand beside visitor_id"),
        ({**without(EVENT, "visitor_id"), "customer_id": ""}, SRV, "customer_id", "must have 1 to 126 characters"),
        (
            event(visitor_id="c:4711"),
            PUB,
            "visitor_id",
            "is reserved for customers: ids that begin with 'c:' take a server key",
        ),
    ],
    ids=["browser", "both", "empty", "forged"],
)
def test_a_page_cannot_speak_for_a_customer(town: Town, raw: Any, key: str, path: str, message: str) -> None:
    answer = town.call("POST", "/v1/events", {"events": [raw]}, key=key)
    assert answer.json["rejected"] == [{"index": 0, "path": path, "message": message}]
    assert town.stored == []


@pytest.mark.parametrize(("key", "trusted"), [(PUB, False), (SRV, True)], ids=["browser", "server"])
def test_only_a_servers_events_are_trusted(town: Town, key: str, trusted: bool) -> None:
    town.call("POST", "/v1/events", {"events": [EVENT]}, key=key)
    assert [one.trusted for one in town.events_of("ann")] == [trusted]


def test_a_server_may_say_that_all_of_it_is_history(town: Town) -> None:
    town.call("POST", "/v1/events", {"events": [EVENT], "backfill": True}, key=SRV)
    assert [one.backfill for one in town.events_of("ann")] == [True]


def test_a_page_may_not_send_history(town: Town) -> None:
    answer = town.call("POST", "/v1/events", {"events": [EVENT], "backfill": True}, key=PUB)
    assert (answer.status, answer.faults) == (422, [("backfill", "takes a server key")])


def test_a_repeat_is_accepted_again_and_stored_once(town: Town) -> None:
    batch = {"events": [event(id=f"e{number}", occurred_at=ago(number)) for number in range(3)]}
    first = town.call("POST", "/v1/events", batch, key=PUB)
    before = town.events_of("ann")
    town.clock.now += HOUR

    again = town.call("POST", "/v1/events", batch, key=PUB)

    assert first.json == again.json == {"accepted": 3, "rejected": []}
    assert town.events_of("ann") == before
    assert town.watch.counts["event_items_repeated"] == 1


def test_an_item_holds_one_visitors_events_and_at_most_64(town: Town) -> None:
    many = [event(id=f"e{number}", visitor_id="ann" if number % 2 else "bob") for number in range(200)]
    town.call("POST", "/v1/events", {"events": many}, key=SRV)

    items = [item for log in town.world.events.values() for item in log.values()]

    assert sorted(len(item.events) for item in items) == [36, 36, 64, 64]
    assert all(one.visitor == item.visitor for item in items for one in item.events)
    assert {item.stamp for item in items} == {"-"}


def test_an_item_is_cut_at_100_kilobytes(town: Town) -> None:
    many = [event(id=f"e{number}", properties={"url": "/", "note": "x" * 7_900}) for number in range(30)]
    town.call("POST", "/v1/events", {"events": many}, key=SRV)

    items = [item for log in town.world.events.values() for item in log.values()]

    assert [len(item.events) for item in items] == [12, 12, 6]


def test_an_event_keeps_what_its_products_were_at_that_moment(town: Town) -> None:
    boots = Product(ProductId("boots"), "Boots", "https://s.example/", "https://s.example/i", 900, "EUR")
    town.world.products[OURS, boots.id] = Product(
        boots.id, "Boots", boots.url, boots.image_url, 900, "EUR", categories=("Outdoor/Boots",), brand="Hike"
    )
    town.call("POST", "/v1/events", {"events": [typed("purchase", **PURCHASE)]}, key=SRV)

    (stored,) = town.events_of("ann")

    assert stored.products == {"boots": ProductFacts(("Outdoor/Boots",), "Hike", 900, in_stock=True, currency="EUR")}


@pytest.mark.parametrize(
    ("changes", "discounted"),
    [
        ({}, False),
        ({"coupon": "SPRING"}, True),
        ({"items": [{**ITEM, "list_price": 901}]}, True),
        ({"items": [{**ITEM, "list_price": 900}]}, False),
    ],
    ids=["plain", "coupon", "below list price", "at list price"],
)
def test_a_purchase_knows_whether_it_was_discounted(town: Town, changes: dict[str, Any], discounted: bool) -> None:
    town.call("POST", "/v1/events", {"events": [typed("purchase", **{**PURCHASE, **changes})]}, key=SRV)
    assert [one.discounted for one in town.events_of("ann")] == [discounted]


@pytest.mark.parametrize("media", ["text/plain;charset=UTF-8", "application/json", "application/octet-stream"])
def test_a_beacon_needs_no_content_type_and_brings_its_key_in_the_url(town: Town, media: str) -> None:
    answer = town.call(
        "POST",
        "/v1/events",
        {"events": [EVENT]},
        headers={"content-type": media, "origin": "https://shop.example.com"},
        query={"key": PUB},
    )
    assert (answer.status, answer.json["accepted"]) == (202, 1)


def test_what_was_accepted_and_rejected_is_counted(town: Town) -> None:
    town.call("POST", "/v1/events", {"events": [EVENT, event(id="e2", type="X")]}, key=PUB)
    assert (town.watch.counts["events_accepted"], town.watch.counts["events_rejected"]) == (1, 1)
    assert town.watch.said == [("refused", {"reason": "sendEvents 202", "failed": ["type"]})]


def test_a_management_key_may_not_send_events(town: Town) -> None:
    answer = town.call("POST", "/v1/events", {"events": [EVENT]}, key=MGMT)
    assert answer.status == 403
    assert answer.json["detail"] == "This call takes a key that begins with sb_pub_ or sb_srv_, not sb_mgmt_."
