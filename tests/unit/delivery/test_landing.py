"""The list for who comes from a message: what it promised, then what would be picked now; in stock, 12 at most."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.app.delivery.wording import Wording
from shopbell.app.tracking.landing import PickList
from shopbell.domain.clock import HOUR
from shopbell.domain.content import Content
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import ProductId, VisitorId
from shopbell.domain.naming import Values
from shopbell.domain.rendering import Written
from shopbell.domain.runs import Run, Terms
from shopbell.domain.scenarios.landing import landed
from shopbell.domain.scenarios.plan import Landing, Selection
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.sends import SendRecord, Sent

from tests.unit.app.shop import STORE, Shop

ANN = VisitorId("ann")
OFFERS = Selection("smart_offers", exclude_shown=7 * 24 * HOUR)


def shop_with(*products: str) -> Shop:
    shop = Shop()
    shop.subscribe("ann")
    for name in products:
        one = shop.shelf.put(name)
        shop.world.products[STORE, one.id] = one
    return shop


def showing(shop: Shop, **terms: Any) -> Run:
    given = {"products": OFFERS, "landing": Landing(), **terms}
    return shop.run(terms=Terms(**given))


def listed(shop: Shop, run: Run) -> list[str]:
    catalogue = MemoryCatalogue(shop.world)
    pick = PickList(shop.stores, shop.visitors, shop.sends, catalogue, shop.shelf, shop.clock)
    return [one.id for one in pick(run, ANN, run.terms.step)]


def was_shown(shop: Shop, run: Run, *products: str) -> None:
    names = tuple(ProductId(one) for one in products)
    sent = Sent(shop.clock.now, b"mark0000", run.source_id, run.terms.step, "promo", names)
    shop.sends.save(STORE, [(ANN, SendRecord(sent=(sent,)))])


def test_what_the_message_showed_comes_first_and_once() -> None:
    shop = shop_with("boot", "tent", "lamp")
    run = showing(shop)
    was_shown(shop, run, "lamp")
    assert listed(shop, run) == ["lamp", "boot", "tent"]


def test_what_sold_out_since_is_not_shown() -> None:
    shop = shop_with("boot", "tent")
    run = showing(shop)
    was_shown(shop, run, "tent")
    tent = shop.world.products[STORE, ProductId("tent")]
    shop.world.products[STORE, tent.id] = replace(tent, in_stock=False)
    shop.shelf.products.remove(tent)
    assert listed(shop, run) == ["boot"]


def test_twelve_are_enough() -> None:
    shop = shop_with(*(f"p{number:02d}" for number in range(20)))
    assert len(listed(shop, showing(shop))) == 12


def test_a_message_without_a_list_asks_for_nothing() -> None:
    shop = shop_with("boot")
    assert listed(shop, showing(shop, landing=None)) == []
    assert not shop.shelf.asked


def test_of_who_is_gone_there_is_no_list() -> None:
    shop = shop_with("boot")
    run = showing(shop)
    del shop.world.profiles[STORE, ANN]
    assert listed(shop, run) == []


def plan_landing(name: str, **parameters: Any) -> Landing | None:
    settings = ScenarioSettings(STORE, name, enabled=True, parameters=parameters)
    return SCENARIOS[name].plan(settings).steps[0].landing


@pytest.mark.parametrize(
    ("name", "parameters", "landing"),
    [
        ("churn", {}, None),
        ("churn", {"n": 3}, Landing()),
        ("churn", {"landing": {"url": "/picks"}}, Landing("/picks")),
        ("we_missed_you", {}, Landing()),
        (
            "new_arrivals",
            {"landing": {"url": "https://shop.example.com/new"}},
            Landing("https://shop.example.com/new"),
        ),
    ],
)
def test_a_list_is_for_what_shows_several_names_a_page_or_has_one_by_itself(
    name: str, parameters: Mapping[str, Any], landing: Landing | None
) -> None:
    assert plan_landing(name, **parameters) == landing


@pytest.mark.parametrize(
    "given", ["/picks", {}, {"url": 1}, {"url": "javascript:x"}, {"url": "/{{ x }}"}, {"url": "/a", "n": 1}]
)
def test_a_page_that_is_none_is_refused(given: object) -> None:
    with pytest.raises(Rejected) as refused:
        plan_landing("churn", landing=given)
    assert refused.value.problems[0].path.startswith("parameters.landing")


@pytest.mark.parametrize(("products", "path"), [(({"title": "Boot"},), "/picks"), ((), "/home")])
def test_a_message_with_products_leads_to_the_lists_page(products: tuple[dict[str, str], ...], path: str) -> None:
    shop = Shop()
    content = Content("t", "b", "/home", translations={"de": {"url": "/heim"}})
    run = replace(shop.run(), content=content, terms=Terms(landing=Landing("/picks")))
    _, composer = Wording.of(run, shop.world.stores[STORE])(None)
    for language, home in ((None, "/home"), ("de", "/heim")):
        written = composer.write([language], Values({}, {}, {}, products=products))
        assert isinstance(written, Written)
        wanted = home if path == "/home" else "/picks?utm_source=shopbell&utm_medium=push&utm_campaign=spring"
        assert written.url == f"https://shop.example.com{wanted}"


def test_without_a_page_the_words_stay_as_they_are() -> None:
    content = Content("t", "b", "/home")
    assert landed(content, Landing(), "spring") is content
    assert landed(content, None, "spring") is content
