"""Traits, configuration and products over the tracking API."""

from typing import Any

import pytest
from shopbell.domain.clock import DAY
from shopbell.domain.ids import ProductId

from tests.functions.http.test_keys import PRODUCT
from tests.functions.http.world import NOON, OURS, PUB, SRV, VAPID_PUBLIC, Town

CAPITALS = "must be an ISO 3166-1 code of two capitals such as DE"
ZONE = "must be an IANA time zone such as Europe/Berlin"
TRAITS: tuple[tuple[str, Any, str, str], ...] = (
    ("unknown", {"foo": 1}, "traits.foo", "is not a known field"),
    ("country", {"country": "Germany"}, "traits.country", CAPITALS),
    (
        "country in small",
        {"country": "de"},
        "traits.country",
        "must be an ISO 3166-1 code of two capitals such as DE",
    ),
    ("country no text", {"country": 49}, "traits.country", "must be a string"),
    ("city", {"city": ""}, "traits.city", "must have at least 1 characters"),
    ("long city", {"city": "x" * 129}, "traits.city", "must have at most 128 characters"),
    ("language", {"language": "German"}, "traits.language", "must be a BCP 47 language tag such as de or pt-BR"),
    ("time_zone", {"time_zone": "CEST+2"}, "traits.time_zone", ZONE),
    (
        "path",
        {"time_zone": "../../etc/passwd"},
        "traits.time_zone",
        "must be an IANA time zone such as Europe/Berlin",
    ),
    ("folder", {"time_zone": "Europe"}, "traits.time_zone", ZONE),
    ("gender", {"gender": 1}, "traits.gender", "must be a string"),
    ("birthday", {"birthday": "17.5.1990"}, "traits.birthday", "must be a day such as 1990-05-17 or 05-17"),
    ("13th month", {"birthday": "1990-13-01"}, "traits.birthday", "is no day of the calendar"),
    ("no leap year", {"birthday": "1990-02-29"}, "traits.birthday", "is no day of the calendar"),
    ("day 0", {"birthday": "05-00"}, "traits.birthday", "is no day of the calendar"),
    (
        "signed_up_at",
        {"signed_up_at": "2026"},
        "traits.signed_up_at",
        "must be an RFC 3339 instant such as 2026-01-31T12:00:00Z",
    ),
    ("custom", {"custom": None}, "traits.custom", "must be an object"),
    (
        "name of a custom one",
        {"custom": {"a b": 1}},
        "traits.custom",
        "must have names of letters, digits and underscores; 'a b' is none",
    ),
    (
        "object inside",
        {"custom": {"a": {"b": 1}}},
        "traits.custom",
        "a must be a string of at most 512 characters, a number, true, false, null, or a list of at most 50 of them",
    ),
    ("too many", {"custom": {f"a{n}": 1 for n in range(51)}}, "traits.custom", "must have at most 50 entries"),
    ("too large", {"custom": {f"a{n}": "x" * 500 for n in range(20)}}, "traits", "must have at most 8192 bytes"),
)


@pytest.mark.parametrize(("traits", "path", "message"), [row[1:] for row in TRAITS], ids=[row[0] for row in TRAITS])
def test_a_wrong_trait_is_named(town: Town, traits: Any, path: str, message: str) -> None:
    answer = town.call("PATCH", "/v1/visitors/ann", {"traits": traits}, key=PUB)
    assert (answer.status, answer.faults) == (422, [(path, message)])
    assert town.stored == []


@pytest.mark.parametrize(
    ("body", "path"), [({}, "traits"), ({"traits": 1}, "traits"), ({"traits": {}, "foo": 1}, "foo"), ([], "")]
)
def test_a_wrong_body_is_named(town: Town, body: Any, path: str) -> None:
    answer = town.call("PATCH", "/v1/visitors/ann", body, key=PUB)
    assert (answer.status, [fault[0] for fault in answer.faults]) == (422, [path])


def test_traits_become_an_event_with_flat_names(town: Town) -> None:
    traits: dict[str, Any] = {
        "country": "TR",
        "city": None,
        "language": "pt-BR",
        "time_zone": "Europe/Istanbul",
        "gender": "female",
        "birthday": "02-29",
        "signed_up_at": "2025-01-01T00:00:00Z",
        "custom": {"plan": "gold", "sizes": [38, 39.5], "vip": True, "old": None},
    }
    answer = town.call("PATCH", "/v1/visitors/ann", {"traits": traits}, key=PUB)
    flat = {name: value for name, value in traits.items() if name != "custom"}
    flat |= {"custom.plan": "gold", "custom.sizes": [38, 39.5], "custom.vip": True, "custom.old": None}
    assert (answer.status, answer.json) == (200, {"visitor_id": "ann", "traits": flat})
    (stored,) = town.events_of("ann")
    assert (stored.type, stored.properties, stored.trusted) == ("traits_changed", {"traits": flat}, False)


def test_the_same_idempotency_key_changes_traits_once(town: Town) -> None:
    for _ in range(2):
        town.call("PATCH", "/v1/visitors/ann", {"traits": {"city": "Ulm"}}, key=PUB, headers={"idempotency-key": "k"})
        town.clock.now += 1
    assert len(town.events_of("ann")) == 1
    town.call("PATCH", "/v1/visitors/ann", {"traits": {"city": "Bonn"}}, key=PUB, headers={"idempotency-key": "k"})
    assert len(town.events_of("ann")) == 2


@pytest.mark.parametrize(
    ("visitor", "key", "status"), [("c:1", PUB, 422), ("c:1", SRV, 200), ("x" * 129, PUB, 422), ("a%b", SRV, 422)]
)
def test_the_visitor_of_a_change_is_judged_too(town: Town, visitor: str, key: str, status: int) -> None:
    answer = town.call("PATCH", f"/v1/visitors/{visitor}", {"traits": {"city": "Ulm"}}, key=key)
    assert answer.status == status
    if status == 422:
        assert [path for path, _ in answer.faults] == ["visitor_id"]


def test_a_page_learns_what_it_needs_to_subscribe(town: Town) -> None:
    answer = town.call("GET", "/v1/config", key=PUB)
    assert answer.json == {
        "store_id": OURS,
        "vapid_public_key": VAPID_PUBLIC,
        "vapid_key_id": "k1",
        "retiring_vapid_keys": [],
        "prompt": {},
        "origins": ["https://shop.example.com", "http://127.0.0.1:*"],
    }
    assert answer.headers["cache-control"] == "max-age=300"
    again = town.call("GET", "/v1/config", key=PUB, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status, again.text) == (304, "")


BAD_PRODUCTS: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("unknown", {"foo": 1}, "foo", "is not a known field"),
    ("id", {"id": ""}, "id", "must have 1 to 128 characters"),
    ("title", {"title": ""}, "title", "must have at least 1 characters"),
    ("url", {"url": "/boots"}, "url", "must be an absolute http(s) URL"),
    ("script", {"url": "javascript:alert(1)"}, "url", "must be an absolute http(s) URL"),
    ("image_url", {"image_url": "x"}, "image_url", "must be an absolute http(s) URL"),
    ("price", {"price": 9.5}, "price", "must be an integer"),
    ("whole float", {"price": 9.0}, "price", "must be an integer"),
    ("negative", {"price": -1}, "price", "must be at least 0"),
    ("currency", {"currency": "€"}, "currency", "must be an ISO 4217 code such as EUR"),
    ("list_price", {"list_price": "9"}, "list_price", "must be an integer"),
    ("categories", {"categories": "Boots"}, "categories", "must be a list"),
    ("many categories", {"categories": ["a"] * 11}, "categories", "must have at most 10 entries"),
    ("category", {"categories": [""]}, "categories.0", "must have at least 1 characters"),
    ("brand", {"brand": 1}, "brand", "must be a string"),
    ("in_stock", {"in_stock": 1}, "in_stock", "must be true or false"),
    ("stock", {"stock": 1_000_000_001}, "stock", "must be at most 1000000000"),
    ("tags", {"tags": [1]}, "tags.0", "must be a string"),
    ("related", {"related": [1]}, "related.0", "must be a string"),
    ("group_id", {"group_id": 1}, "group_id", "must be a string"),
    ("bundle", {"bundle": {}}, "bundle", "must be a list"),
    ("replenishable", {"replenishable": "no"}, "replenishable", "must be true or false"),
    ("margin", {"margin": 0.5}, "margin", "must be an integer"),
    ("active", {"active": None}, "active", "must be true or false"),
    ("attributes", {"attributes": []}, "attributes", "must be an object"),
    ("large attributes", {"attributes": {"a": "x" * 5_000}}, "attributes", "must have at most 4096 bytes"),
    (
        "created_at",
        {"created_at": 1},
        "created_at",
        "must be a string",
    ),
)


@pytest.mark.parametrize(
    ("change", "path", "message"), [row[1:] for row in BAD_PRODUCTS], ids=[row[0] for row in BAD_PRODUCTS]
)
def test_a_wrong_product_refuses_the_call_by_its_path(
    town: Town, change: dict[str, Any], path: str, message: str
) -> None:
    answer = town.call("PUT", "/v1/products", {"products": [PRODUCT, {**PRODUCT, "id": "b", **change}]}, key=SRV)
    assert (answer.status, answer.faults) == (422, [(f"products.1.{path}", message)])
    assert town.world.products == {}


@pytest.mark.parametrize("name", ["id", "title", "url", "image_url", "price", "currency"])
def test_a_product_needs_its_required_fields(town: Town, name: str) -> None:
    given = {key: value for key, value in PRODUCT.items() if key != name}
    answer = town.call("PUT", "/v1/products", {"products": [given]}, key=SRV)
    assert (answer.status, answer.faults) == (422, [(f"products.0.{name}", "is required")])


def test_a_product_may_come_once_in_a_call(town: Town) -> None:
    answer = town.call("PUT", "/v1/products", {"products": [PRODUCT, PRODUCT]}, key=SRV)
    assert (answer.status, answer.faults) == (422, [("products.1.id", "comes twice in this call")])


def test_at_most_500_products_come_in_a_call(town: Town) -> None:
    many = [{**PRODUCT, "id": f"p{number}"} for number in range(501)]
    assert town.call("PUT", "/v1/products", {"products": many[:500]}, key=SRV).json["created"] == 500
    answer = town.call("PUT", "/v1/products", {"products": many}, key=SRV)
    assert (answer.status, answer.faults) == (422, [("products", "must have at most 500 entries")])


def test_changes_of_price_and_stock_are_noticed(town: Town) -> None:
    boots, socks = PRODUCT, {**PRODUCT, "id": "socks"}
    town.call("PUT", "/v1/products", {"products": [boots, socks]}, key=SRV)
    changed = [{**boots, "price": 800, "in_stock": False}, socks, {**PRODUCT, "id": "hat"}]
    answer = town.call("PUT", "/v1/products", {"products": changed}, key=SRV)
    assert answer.json == {
        "accepted": 3,
        "created": 1,
        "changed": 1,
        "unchanged": 1,
        "price_changed": 1,
        "stock_changed": 1,
    }


def test_a_product_keeps_the_day_it_first_appeared(town: Town) -> None:
    town.call("PUT", "/v1/products", {"products": [PRODUCT]}, key=SRV)
    town.clock.now += DAY
    town.call("PUT", "/v1/products", {"products": [{**PRODUCT, "price": 1}]}, key=SRV)
    assert town.world.products[OURS, ProductId("boots")].created_at == NOON


def test_a_product_can_be_taken_out_once(town: Town) -> None:
    town.call("PUT", "/v1/products", {"products": [PRODUCT]}, key=SRV)
    assert town.call("DELETE", "/v1/products/boots", key=SRV).status == 204
    assert town.call("DELETE", "/v1/products/boots", key=SRV).status == 404


@pytest.mark.parametrize("visitor", ["😀", "user|42", 'say"hi"', "ann@example.com", "a+b&c", "`"])
def test_any_id_that_is_taken_has_its_path(town: Town, visitor: str) -> None:
    assert town.call("PATCH", f"/v1/visitors/{visitor}", {"traits": {"city": "Ulm"}}, key=PUB).status == 200
    assert len(town.events_of(visitor)) == 1


@pytest.mark.parametrize(
    "path", ["/v1/visitors/", "/v1/visitors/a/b", "/v1/visitor", "/v1/visitors/ann/", "/V1/visitors/a"]
)
def test_a_path_of_another_shape_is_404(town: Town, path: str) -> None:
    assert town.call("PATCH", path, {"traits": {"city": "Ulm"}}, key=PUB).status == 404
