"""What product pages teach the catalogue: nothing unless a store wants it, and never over the shop's own word."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.app.tracking.learn import MOST, Learn
from shopbell.app.tracking.track import Batch, Track
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, HOUR, format_instant
from shopbell.domain.ids import ProductId
from shopbell.domain.store import KeyKind, Principal, Store
from shopbell.domain.versions import Source

from tests.unit.catalogue.works import NOW, STORE, Works

SHOP = Store(STORE, "Shop", 1, NOW, "mailto:a@b.example", origins=("https://shop.example",), currency="SEK")
PAGE = {
    "product_id": "boot",
    "title": "Boot",
    "url": "https://shop.example/boot",
    "image_url": "https://img.example/boot.jpg",
    "price": 4_900,
}
BOOT = Product(
    id=ProductId("boot"),
    title="Boot",
    url="https://shop.example/boot",
    image_url="https://img.example/boot.jpg",
    price=4_900,
    currency="SEK",
    created_at=NOW,
)


def see(works: Works, learning: Any, *pages: dict[str, Any], kind: KeyKind = "pub", ago: int = 0) -> int:
    """How many products were learned."""
    track = Track(MemoryEvents(works.world), MemoryCatalogue(works.world), works.clock, Learn(works.stock))
    at = format_instant(works.now - ago)
    events = [
        {
            "id": f"{place}",
            "type": "product_view",
            "visitor_id": "ann",
            "occurred_at": at,
            "properties": {**PAGE, **page},
        }
        for place, page in enumerate(pages or ({},))
    ]
    done = track(Principal(STORE, kind), Batch(events), replace(SHOP, learning=learning))
    assert done.accepted == len(events)
    return done.learned


def stocked(source: Source = "api") -> Works:
    works = Works()
    works.stock(STORE, [BOOT], source)
    works.now += HOUR
    return works


def test_by_default_nothing_is_learned_and_nothing_is_read_for_it() -> None:
    works = Works()

    assert see(works, "off") == 0
    assert (works.stockroom.read, works.world.products) == (0, {})


@pytest.mark.parametrize("learning", ["fill", "update"])
def test_a_product_that_nobody_told_of_is_learned_from_its_page(learning: str) -> None:
    works = Works()

    assert see(works, learning) == 1
    assert works.get("boot") == BOOT
    assert works.world.shelved[STORE, BOOT.id].source == "learned"
    assert see(works, learning) == 0
    assert works.stockroom.written == 1


@pytest.mark.parametrize(
    "page",
    [{"title": ""}, {"url": "https://evil.example/boot"}, {"url": "/boot"}, {"price": None}],
    ids=["no title", "another shop", "no address", "no price"],
)
def test_a_page_that_says_too_little_or_too_much_teaches_nothing(page: dict[str, Any]) -> None:
    works = Works()
    said = {name: value for name, value in page.items() if value is not None}
    dropped = [name for name, value in page.items() if value is None]
    track = {name: value for name, value in PAGE.items() if name not in dropped}
    tracker = Track(MemoryEvents(works.world), MemoryCatalogue(works.world), works.clock, Learn(works.stock))
    event = {"id": "1", "type": "product_view", "visitor_id": "ann", "properties": {**track, **said}}

    tracker(Principal(STORE, "pub"), Batch([event]), replace(SHOP, learning="fill"))

    assert works.world.products == {}


@pytest.mark.parametrize("source", ["api", "feed"])
def test_a_browser_never_changes_what_the_shop_said(source: Source) -> None:
    works = stocked(source)

    assert see(works, "update", {"price": 1, "in_stock": False}) == 0
    assert works.get("boot") == BOOT


@pytest.mark.parametrize("source", ["api", "feed"])
def test_what_the_shop_says_as_a_page_had_it_is_the_shops_word_from_then_on(source: Source) -> None:
    works = stocked("learned")
    news = len(works.world.product_news)

    works.stock(STORE, [replace(BOOT, created_at=None)], source)
    works.now += HOUR

    assert see(works, "update", {"price": 1}) == 0
    assert (works.get("boot").price, works.world.shelved[STORE, BOOT.id].source) == (4_900, source)
    assert len(works.world.product_news) == news
    assert works.stock(STORE, [BOOT], source).unchanged == 1


@pytest.mark.parametrize("source", ["api", "feed"])
def test_what_the_shop_deleted_no_browser_brings_back(source: Source) -> None:
    works = stocked(source)
    works.stock.remove(STORE, BOOT.id)
    works.now += HOUR

    assert see(works, "fill", {"price": 1}) == 0
    assert see(works, "fill", {"price": 1}, kind="srv", ago=2 * HOUR) == 0
    assert works.world.products == {}
    assert see(works, "fill", {"price": 1}, kind="srv") == 1
    assert works.get("boot").created_at == NOW


def test_what_was_learned_and_deleted_may_be_learned_again_from_a_later_view() -> None:
    works = stocked("learned")
    works.stock.remove(STORE, BOOT.id)
    works.now += HOUR

    assert see(works, "fill", ago=2 * HOUR) == 0
    assert see(works, "fill") == 1


@pytest.mark.parametrize("picture", ["http://169.254.169.254/x.png", "https://10.0.0.1/x.png", "https://[::1]/x.png"])
def test_a_picture_at_a_bare_address_is_not_learned_from_a_browser(picture: str) -> None:
    works = Works()

    assert see(works, "fill", {"image_url": picture}) == 0
    assert see(works, "fill", {"image_url": picture}, kind="srv") == 1


def test_a_server_that_sees_a_page_changes_price_and_stock() -> None:
    works = stocked()

    assert see(works, "fill", {"price": 1}, kind="srv") == 0
    assert see(works, "update", {"price": 1, "in_stock": False}, kind="srv") == 1
    assert (works.get("boot").price, works.get("boot").in_stock) == (1, False)
    assert works.world.shelved[STORE, BOOT.id].source == "api"
    assert [change.price_changed for _, change in works.world.product_news] == [False, True]


def test_what_was_learned_is_learned_anew_where_it_may_be() -> None:
    works = stocked("learned")
    assert see(works, "fill", {"price": 1}) == 0
    assert see(works, "update", {"price": 1}) == 1

    assert works.get("boot").price == 1


def test_what_was_seen_before_a_price_was_set_does_not_change_it() -> None:
    works = stocked("learned")

    assert see(works, "update", {"price": 1}, ago=2 * HOUR) == 0
    assert see(works, "update", {"price": 1}, kind="srv", ago=3 * DAY) == 0


def test_a_price_of_another_currency_is_no_price() -> None:
    works = stocked("learned")

    assert see(works, "update", {"price": 1, "currency": "EUR"}) == 0


def test_one_call_of_a_browser_teaches_few_products() -> None:
    works = Works()
    pages = [{"product_id": f"p{number}"} for number in range(MOST + 3)]

    assert see(works, "fill", *pages) == MOST
    assert see(works, "fill", *pages, kind="srv") == 3
