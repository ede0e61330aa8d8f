"""Products that changed: however it is told, twice or by whom, each change moves a scenario's timer once."""

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.adapters.memory.goods import MemoryTimers
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.catalogue.news import NoteNews, kinds
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import HOUR, MINUTE
from shopbell.domain.goods import Timer, moved
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.versions import Change, Shelved

from tests.unit.catalogue.test_feeds import feed, line
from tests.unit.catalogue.test_learning import PAGE, see
from tests.unit.catalogue.works import NOW, STORE, Works

BOOT = Product(
    ProductId("boot"), "Boot", "https://s.example/b", "https://s.example/b.jpg", 1_000, "EUR", created_at=NOW
)


def plans(_: StoreId) -> Mapping[str, Plan]:
    found = {
        name: SCENARIOS[name].plan(ScenarioSettings(STORE, name, True), {})
        for name in ("price_drop", "back_in_stock")
    }
    return {name: plan for name, plan in found.items() if plan is not None}


def note(works: Works) -> Mapping[str, int]:
    """What the stream tells, once."""
    news, works.world.product_news = works.world.product_news, []
    return NoteNews(MemoryTimers(works.world), plans)(news)


def timer(works: Works, scenario: str = "price_drop", name: str = "boot") -> Timer:
    return works.world.timers[STORE, ProductId(name), scenario]


def changed(old: Product | None, revision: int = 5, **now: Any) -> Change:
    before = None if old is None else Shelved(old, revision - 1, NOW)
    return Change(before, Shelved(replace(old or BOOT, **now), revision, NOW + revision), NOW + revision)


KINDS: dict[str, tuple[Product | None, dict[str, Any], set[str]]] = {
    "new": (None, {}, {"product_created"}),
    "cheaper": (BOOT, {"price": 900}, {"product_price_changed"}),
    "dearer": (BOOT, {"price": 1_100}, {"product_price_changed"}),
    "another currency": (BOOT, {"currency": "SEK"}, {"product_price_changed"}),
    "another name": (BOOT, {"title": "x"}, set()),
    "sold out": (BOOT, {"in_stock": False}, set()),
    "there again": (replace(BOOT, in_stock=False), {"in_stock": True}, {"product_back_in_stock"}),
    "one piece again": (replace(BOOT, stock=0), {"stock": 1}, {"product_back_in_stock"}),
    "more pieces": (replace(BOOT, stock=1), {"stock": 2}, set()),
    "pieces, but not for sale": (replace(BOOT, in_stock=False, stock=0), {"stock": 2}, set()),
    "in sale again": (replace(BOOT, active=False), {"active": True}, {"product_back_in_stock"}),
    "in sale again, but sold out": (replace(BOOT, active=False), {"active": True, "in_stock": False}, set()),
    "both": (replace(BOOT, stock=0), {"stock": 1, "price": 5}, {"product_back_in_stock", "product_price_changed"}),
}


@pytest.mark.parametrize(("old", "new", "wanted"), KINDS.values(), ids=KINDS.keys())
def test_each_change_is_what_it_is(old: Product | None, new: dict[str, Any], wanted: set[str]) -> None:
    assert {name for name, count in kinds(changed(old, **new)).items() if count} == wanted


def test_what_a_full_feed_leaves_out_and_the_next_names_again_is_back_in_stock() -> None:
    works = Works()
    works.load(feed(4))
    note(works)
    for count in (3, 4):
        works.now += HOUR
        works.load(feed(count), mode="full")

    note(works)
    assert timer(works, "back_in_stock", "p00003").due is not None


def by_api(works: Works) -> None:
    works.stock(STORE, [replace(works.get("boot"), price=500)], "api")


def by_feed(works: Works) -> None:
    works.load(line("boot", title="Boot", url=PAGE["url"], image_url=PAGE["image_url"], price=500, currency="SEK"))


def by_page(works: Works) -> None:
    see(works, "update", {"price": 500, "currency": "SEK"}, kind="srv")


WAYS = {"api": by_api, "feed": by_feed, "page": by_page}


@pytest.mark.parametrize("first", WAYS)
@pytest.mark.parametrize("second", WAYS)
def test_a_feed_an_api_and_a_page_that_say_the_same_are_one_change(first: str, second: str) -> None:
    works = Works()
    see(works, "fill")
    works.now += HOUR
    note(works)
    WAYS[first](works)
    works.now += 1
    WAYS[second](works)

    assert note(works)["product_price_changed"] == 1
    assert works.get("boot").price == 500
    assert (timer(works).base, timer(works).version) == (4_900, 1)


def test_a_stream_that_tells_everything_twice_or_from_the_middle_on_moves_nothing_more() -> None:
    works = Works()
    for price in (1_000, 900, 1_000, 800):
        works.now += MINUTE
        works.stock(STORE, [replace(BOOT, price=price)], "api")
    news, notes = works.world.product_news, NoteNews(MemoryTimers(works.world), plans)
    notes(news)
    stands = timer(works)
    for start in (3, 0, 2):
        notes(news[start:])

    assert timer(works) == stands
    assert (stands.base, stands.due) == (1_000, works.now + 30 * MINUTE)


@given(st.lists(st.integers(min_value=1, max_value=5), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_whoever_dies_in_the_middle_is_followed_by_one_who_ends_where_they_would_have(
    prices: list[int], chance: random.Random
) -> None:
    works = Works()
    for price in prices:
        works.now += MINUTE
        works.stock(STORE, [replace(BOOT, price=price)], "api")
    told = works.world.product_news
    whole, broken = MemoryWorld(), MemoryWorld()
    NoteNews(MemoryTimers(whole), plans)(told)
    place = 0
    while place < len(told):
        start, place = chance.randint(0, place), place + chance.randint(1, 3)
        NoteNews(MemoryTimers(broken), plans)(told[start:place])

    assert {key: replace(one, version=0) for key, one in broken.timers.items()} == {
        key: replace(one, version=0) for key, one in whole.timers.items()
    }


def test_of_many_products_those_that_changed_are_told_and_no_other() -> None:
    works = Works()
    works.load(feed(300))
    assert note(works)["product_created"] == 300
    works.now += HOUR
    works.load(feed(293) + "".join(line(f"p{number:05d}", price=900) for number in range(293, 300)))
    counts = note(works)

    assert {name: count for name, count in counts.items() if count} == {
        "product_price_changed": 7,
        "timers_armed": 7,
        "timers_left": 7,
    }
    assert note(works) == {}


def test_without_a_scenario_that_waits_nothing_is_kept() -> None:
    works = Works()
    works.stock(STORE, [BOOT], "api")
    counts = NoteNews(MemoryTimers(works.world), lambda _: {})(works.world.product_news)

    assert (counts, works.world.timers) == ({"product_created": 1}, {})


def test_a_price_that_is_back_where_it_was_stops_the_timer_and_a_lower_one_keeps_the_first_base() -> None:
    awaits = plans(STORE)["price_drop"].awaits
    assert awaits is not None
    fallen = moved(Timer(STORE, BOOT.id, "price_drop"), changed(BOOT, 5, price=900), awaits)
    assert fallen is not None
    again = moved(fallen, changed(replace(BOOT, price=900), 6, price=800), awaits)
    assert again is not None
    back = moved(again, changed(replace(BOOT, price=800), 7, price=1_000), awaits)

    assert (fallen.base, again.base, again.due) == (1_000, 1_000, NOW + 6 + 30 * MINUTE)
    assert back is not None
    assert (back.due, back.base) == (None, None)
    assert moved(back, changed(BOOT, 7, price=1), awaits) is None
