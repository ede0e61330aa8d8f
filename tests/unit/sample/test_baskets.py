"""The sample is the real data: moved in time, cut only where an event would grow too large, and stable."""

import json
from typing import Final

import pytest
from shopbell.domain.clock import DAY, MINUTE, SECOND, parse_instant
from shopbell.domain.events import Json
from shopbell.local.sample.baskets import MAX_LINES, Household, household_ids, households, products

NOW: Final = 1_790_000_000_000
MAX_EVENT_BYTES: Final = 8_192


@pytest.fixture(scope="module")
def some() -> list[Household]:
    return list(households(8, NOW))


def _purchases(household: Household) -> list[dict[str, Json]]:
    return [event for event in household.events if event["type"] == "purchase"]


def _at(event: dict[str, Json]) -> int:
    return parse_instant(str(event["occurred_at"]))[0]


def test_households_are_spread_over_all_and_always_the_same() -> None:
    chosen = household_ids(200)
    assert len(set(chosen)) == 200
    assert chosen == household_ids(200)
    assert max(chosen) > 2_000


def test_every_basket_becomes_one_purchase_of_its_household(some: list[Household]) -> None:
    for household in some:
        orders = [event["id"] for event in _purchases(household)]
        assert len(orders) == len(set(orders)) > 0
        assert {event["customer_id"] for event in household.events} == {household.customer_id}


def test_the_last_year_ends_now(some: list[Household]) -> None:
    instants = [_at(event) for household in some for event in household.events]
    assert max(instants) <= NOW
    assert min(instants) > NOW - 367 * DAY


def test_money_is_whole_cents_and_lines_explain_the_total(some: list[Household]) -> None:
    for event in (event for household in some for event in _purchases(household)):
        properties = event["properties"]
        assert isinstance(properties, dict)
        items = properties["items"]
        assert isinstance(items, list)
        assert isinstance(properties["total"], int)
        assert len(items) <= MAX_LINES
        if len(items) < MAX_LINES:
            paid = sum(item["price"] * item["quantity"] for item in items)
            units = sum(item["quantity"] for item in items)
            # a unit price is rounded once for each unit of its line
            assert abs(paid - properties["total"]) <= units


def test_an_event_stays_under_its_limit(some: list[Household]) -> None:
    assert max(len(json.dumps(event)) for household in some for event in household.events) < MAX_EVENT_BYTES


def test_views_are_marked_as_synthetic_and_come_before_their_basket(some: list[Household]) -> None:
    for household in some:
        bought = {str(event["id"]): _at(event) for event in _purchases(household)}
        views = [event for event in household.events if event["type"] == "product_view"]
        assert views
        for view in views:
            properties = view["properties"]
            assert isinstance(properties, dict)
            assert properties["synthetic"] is True
            basket = str(view["id"]).rsplit("-", 1)[0]
            assert 0 < bought[basket] - _at(view) <= 10 * MINUTE + SECOND


def test_products_have_what_the_catalogue_demands() -> None:
    some_products = list(products(8, 20, "http://127.0.0.1:1"))
    assert len(some_products) == 20
    for product in some_products:
        assert product["title"]
        assert isinstance(product["price"], int)
        assert str(product["url"]).startswith("http://127.0.0.1:1/")
