"""Whoever names a product list names one that there is; one that shows nothing by then falls back, and says so."""

from typing import Any

import pytest
from shopbell.adapters.memory.demand import MemoryTops
from shopbell.app.delivery.picking import LIST_EMPTY, Picking, TooFew
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.named import ProductList
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.sends import EMPTY

from tests.functions.http.office import Office
from tests.functions.http.test_render import known
from tests.functions.http.test_triggers import SEARCHED
from tests.unit.recommend.shop import NOW, STORE, Shop, product, visitor

OFFER = "/v1/scenarios/push_recommendation"
PICKED = {"algorithm": "predefined", "list": "gifts"}

OWN = {**SEARCHED, "products": {"algorithm": "predefined"}, "parameters": {"list": "gifts"}}


def put(office: Office, name: str = "gifts", **given: Any) -> None:
    assert office.manage("PUT", f"/v1/product-lists/{name}", {"product_ids": ["lamp"], **given}).status == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "fault"),
    [
        ("PUT", OFFER, {"enabled": False, "parameters": PICKED}, "parameters.list"),
        ("PUT", OFFER, {"enabled": True, "parameters": {"list": "No list"}}, "parameters.list"),
        ("POST", "/v1/triggers", OWN, "parameters.list"),
        ("POST", "/v1/recommendations", {"algorithm": "predefined", "options": {"list": "gifts"}}, "options.list"),
        (
            "POST",
            "/v1/visitors/ann/render",
            {
                "content": {"title": "t", "body": "b", "url": "/"},
                "products": {"algorithm": "predefined", "options": {"list": "gifts"}},
            },
            "products.options.list",
        ),
    ],
    ids=["scenario", "no name of one", "trigger", "recommendations", "a message looked at"],
)
def test_a_list_that_there_is_not_is_refused_where_it_is_named(
    office: Office, method: str, path: str, body: dict[str, Any], fault: str
) -> None:
    known(office)
    put(office, "another")
    answer = office.manage(method, path, body)
    assert (answer.status, [at for at, _ in answer.faults]) == (422, [fault])
    if "No list" not in str(body):
        put(office)
        assert office.manage(method, path, body).status in {200, 201}


def test_a_scenario_shows_the_list_that_it_names_and_warns_of_one_that_shows_nothing(office: Office) -> None:
    put(office)

    def warned() -> list[str]:
        body = {"enabled": True, "parameters": PICKED}
        return [one for one in office.manage("PUT", OFFER, body).json["warnings"] if "list" in one]

    assert warned() == []
    put(office, product_ids=[])
    assert warned() == ["the product list gifts is empty"]
    put(office, starts_at="2099-01-01T00:00:00Z")
    assert warned() == ["the product list gifts shows nothing at this time"]


def test_where_there_are_no_lists_a_scenario_of_lists_says_so(office: Office) -> None:
    body = {"enabled": True, "parameters": {"algorithm": "predefined"}}
    assert any("no product lists" in one for one in office.manage("PUT", OFFER, body).json["warnings"])


@pytest.mark.parametrize(
    ("listed", "level", "shown", "faults"),
    [
        (("lamp",), 3, ["lamp"], ()),
        ((), 3, ["boot"], (LIST_EMPTY,)),
        (("gone",), 3, ["boot"], (LIST_EMPTY,)),
        ((), 5, ["boot"], (LIST_EMPTY,)),
    ],
    ids=["there", "empty", "sold out", "however deep"],
)
def test_a_list_that_shows_nothing_falls_back_and_is_counted(
    listed: tuple[str, ...], level: int, shown: list[str], faults: tuple[str, ...]
) -> None:
    picking = _picking(listed, level)
    picks = picking(visitor(), EMPTY, {})
    assert not isinstance(picks, TooFew)
    assert ([one.product.id for one in picks], picking.faults(picks)) == (shown, faults)


def test_where_it_may_not_fall_back_that_is_why_it_is_not_sent() -> None:
    assert _picking((), 0)(visitor(), EMPTY, {}) == TooFew(LIST_EMPTY)


def _picking(listed: tuple[str, ...], level: int) -> Picking:
    shop = Shop()
    shop.stock([product("boot"), product("lamp"), product("gone", in_stock=False)], {"boot": 2, "lamp": 1})
    assert MemoryTops(shop.world).put_named(ProductList(STORE.id, "gifts", tuple(map(ProductId, listed)), revision=1))
    selection = Selection("predefined", options={"list": "gifts"}, fallback_max_level=level)
    return Picking(shop.recommend, STORE, selection, NOW)
