"""The catalogue and recommendations as a marketer asks for them."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.adapters.memory.demand import MemoryDemandCounters
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.recommend.lists import Demand
from shopbell.domain.recommend.portions import Addition, Place, Portion
from shopbell.domain.visits.interactions import fold_interactions

from tests.functions.http.office import Office
from tests.functions.http.world import NOON, OURS, THEIRS
from tests.unit.recommend.shop import deed, product

BOOTS = [product(f"boot{number}", "Outdoor/Boots", created_at=NOON - number * DAY) for number in range(6)]
TENTS = [product(f"tent{number}", "Outdoor/Tents", created_at=NOON - 90 * DAY - number) for number in range(6)]


def stock(office: Office, *products: Product, store: StoreId = OURS, **orders: int) -> None:
    MemoryCatalogue(office.world).put(store, products)
    rows = {(NOON // DAY, ProductId(name)): Demand(count, count, 100 * count) for name, count in orders.items()}
    MemoryDemandCounters(office.world).add(store, Addition([Portion("s", "1", rows)], {"s": (None, Place("1"))}))


def recommended(office: Office, **asked: Any) -> tuple[int, list[str]]:
    answer = office.manage("POST", "/v1/recommendations", {"algorithm": "top_sellers", **asked})
    assert answer.status == 200, answer.text
    return answer.json["level"], [one["product"]["id"] for one in answer.json["items"]]


def test_products_are_listed_newest_first_page_by_page(office: Office) -> None:
    stock(office, *BOOTS)
    stock(office, product("foreign", created_at=NOON), store=THEIRS)

    first = office.manage("GET", "/v1/products", query={"limit": "4"}).json
    rest = office.manage("GET", "/v1/products", query={"limit": "4", "cursor": first["next_cursor"]}).json

    assert [one["id"] for one in [*first["items"], *rest["items"]]] == [one.id for one in BOOTS]
    assert rest["next_cursor"] is None


def test_a_product_is_shown_with_all_that_the_shop_said(office: Office) -> None:
    stock(office, replace(BOOTS[0], attributes={"size": 40}, tags=("new",)))
    stock(office, product("foreign"), store=THEIRS)

    shown = office.manage("GET", "/v1/products/boot0").json

    assert (shown["title"], shown["price"], shown["attributes"]) == ("Boot0", 5000, {"size": 40})
    assert (shown["tags"], shown["created_at"], shown["list_price"]) == (["new"], "2026-03-02T12:00:00Z", None)
    assert office.manage("GET", "/v1/products/foreign").status == 404


def test_for_nobody_in_particular_the_top_sellers_are_those_of_the_store(office: Office) -> None:
    stock(office, *BOOTS, *TENTS, boot1=3, tent2=5, boot2=4)

    answer = office.manage("POST", "/v1/recommendations", {"algorithm": "top_sellers", "count": 2}).json

    assert answer["level"] == 0
    assert [one["product"]["id"] for one in answer["items"]] == ["tent2", "boot2"]
    assert (answer["items"][0]["reason"], answer["items"][0]["algorithm"]) == ("5 orders in 90 days", "top_sellers")


def test_two_visitors_with_different_pasts_get_different_offers(office: Office) -> None:
    sold: Any = {str(one.id): place + 1 for place, one in enumerate([*BOOTS, *TENTS])}
    stock(office, *BOOTS, *TENTS, store=OURS, **sold)
    for name, liked in (("ann", BOOTS[0]), ("bob", TENTS[0])):
        office.visit(name)
        known = office.world.profiles[OURS, name]  # type: ignore[index]
        past = fold_interactions(b"", [deed("product_view", liked, 9), deed("product_view", liked, 2)])
        office.world.profiles[OURS, known.visitor] = replace(known, interactions=past)

    offers = {
        name: recommended(office, algorithm="smart_offers", visitor_id=name, count=2) for name in ("ann", "bob")
    }

    assert offers["ann"] == (0, ["boot5", "boot4"])
    assert offers["bob"] == (0, ["tent5", "tent4"])


def test_filters_hold_for_every_algorithm(office: Office) -> None:
    cheap = replace(TENTS[0], price=900, list_price=1_000)
    stock(office, *BOOTS, cheap, *TENTS[1:], tent0=1, tent1=9, boot0=9)

    assert recommended(office, filters={"category": "Outdoor/Tents"})[1] == ["tent1", "tent0"]
    assert recommended(office, filters={"min_discount": 10})[1] == ["tent0"]
    assert recommended(office, filters={"price": {"max": 1_000}})[1] == ["tent0"]


def test_with_nothing_to_show_the_level_is_that_of_no_product(office: Office) -> None:
    assert recommended(office) == (5, [])


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"algorithm": "alternates"}, "algorithm"),
        ({"algorithm": "top_sellers", "count": 13}, "count"),
        ({"algorithm": "top_sellers", "filters": {"in_stock": False}}, "filters.in_stock"),
        ({"algorithm": "top_sellers", "filters": {"colour": "red"}}, "filters.colour"),
        ({"algorithm": "top_sellers", "options": {"window": "a week"}}, "options.window"),
    ],
    ids=["unknown", "too many", "sold out", "unknown filter", "no duration"],
)
def test_what_cannot_be_asked_for_is_named(office: Office, asked: dict[str, Any], path: str) -> None:
    answer = office.manage("POST", "/v1/recommendations", asked)

    assert answer.status == 422
    assert path in [one["path"] for one in answer.json["errors"]]


def test_a_visitor_whom_nobody_knows_is_not_found(office: Office) -> None:
    assert office.manage("POST", "/v1/recommendations", {"algorithm": "spotlights", "visitor_id": "x"}).status == 404


def test_whoever_names_products_gets_what_goes_with_them_and_why(office: Office) -> None:
    near = product("boot9", "Outdoor/Boots", price=5_200, title="Boot0 mid")
    stock(office, *BOOTS, near, *TENTS, boot1=3, tent2=5)
    asked = {"algorithm": "alternatives", "product_ids": ["boot0"], "count": 1, "fallback_max_level": 0}
    answer = office.manage("POST", "/v1/recommendations", asked).json

    assert [(one["product"]["id"], one["reason"]) for one in answer["items"]] == [("boot9", "like Boot0")]
    other = {**asked, "algorithm": "complementary", "fallback_max_level": 2}
    beside = office.manage("POST", "/v1/recommendations", other).json
    assert (beside["level"], beside["items"][0]["product"]["id"]) == (2, "boot1")
    nothing = office.manage("POST", "/v1/recommendations", {**other, "product_ids": ["gone"]}).json
    assert (nothing["level"], nothing["items"]) == (5, [])
