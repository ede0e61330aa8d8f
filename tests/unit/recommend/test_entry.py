"""Where a visit began: with a product, or with a category whose page alone was looked at."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from shopbell.domain.clock import MINUTE
from shopbell.domain.events import Event
from shopbell.domain.ids import EventId, element_hash
from shopbell.domain.recommend.taste import Weighing, taste_of
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.visits.interactions import fold_interactions, interactions_of, join_interactions, looked_at
from shopbell.domain.visits.notes import MAX_LOOKED

from tests.unit.recommend.shop import NOW, WHO, Shop, deed, names, product, visitor

BOOTS = [product(f"boot{number}", "Outdoor/Boots") for number in range(4)]
TENTS = [product(f"tent{number}", "Outdoor/Tents") for number in range(4)]
OFFERS = Selection("smart_offers")


def page(category: str, minutes_ago: int = 0) -> Event:
    at = NOW - minutes_ago * MINUTE
    return Event(EventId(f"{category}-{at}"), "category_view", WHO, at, at, {"category": category})


def view(name: str, minutes_ago: int) -> Event:
    one = next(each for each in [*BOOTS, *TENTS] if each.id == name)
    return replace(deed("product_view", one, 0), at=NOW - minutes_ago * MINUTE)


def stocked() -> Shop:
    shop = Shop()
    shop.stock([*BOOTS, *TENTS], {"boot1": 3, "tent0": 9})
    return shop


def test_who_only_looked_at_a_category_gets_what_sells_best_in_it() -> None:
    picked = stocked().pick(visitor(page("Outdoor/Boots/Winter")), OFFERS)

    assert (names(picked), picked.level, picked.picks[0].algorithm) == (["boot1"], 2, "top_sellers")


def test_who_looked_at_nothing_gets_what_sells_best_in_the_store() -> None:
    picked = stocked().pick(visitor(), OFFERS)

    assert (names(picked), picked.level) == (["tent0"], 3)


@pytest.mark.parametrize(
    ("events", "entry", "last"),
    [
        ([view("boot1", 60)], "Outdoor/Boots", "Outdoor/Boots"),
        ([view("boot1", 60), page("Tents", 50)], "Outdoor/Boots", "Tents"),
        ([page("Tents", 60), view("boot1", 50)], "Tents", "Outdoor/Boots"),
        ([page("Tents", 90), view("boot1", 50)], "Outdoor/Boots", "Outdoor/Boots"),
        ([view("boot1", 90), page("Tents", 50)], "Tents", "Tents"),
        ([page("Boots", 50), page("Tents", 60)], "Tents", "Boots"),
        ([page("Boots", 50), page("Tents", 90)], "Boots", "Boots"),
        ([page("Boots", 70), view("tent0", 65), page("Tents", 60)], "Boots", "Tents"),
        ([page("Boots", 80), view("tent0", 55), page("Tents", 30)], "Boots", "Tents"),
        ([view("boot1", 60), view("tent0", 55), view("boot2", 50)], "Outdoor/Boots", "Outdoor/Boots"),
    ],
    ids=[
        "a product alone",
        "a page after a product",
        "a page before a product",
        "a session before that of the product",
        "a session after that of the product",
        "of pages the first, whenever it was told",
        "a page of a session before that of the page",
        "a page before a product and another",
        "a product between two pages that are far apart",
        "a product's category to which the session came back",
    ],
)
def test_a_session_has_the_category_that_it_began_with(events: Sequence[Event], entry: str, last: str) -> None:
    taste = taste_of(fold_interactions(b"", events), Weighing())

    assert (taste.entry, taste.last_viewed) == ((entry,), (last,))


def test_a_page_is_no_deed_with_a_product_and_moves_no_favourite() -> None:
    before = fold_interactions(b"", [view("boot1", 60)])
    after = fold_interactions(before, [page("Tents", 50)])

    assert interactions_of(after) == interactions_of(before)
    assert taste_of(after, Weighing()).categories == taste_of(before, Weighing()).categories


def test_what_an_older_release_stored_has_no_category_and_takes_one() -> None:
    before = fold_interactions(b"", [view("boot1", 60), view("tent0", 55)])
    assert (looked_at(before), b"looked" in before) == ((), False)

    (seen,) = looked_at(fold_interactions(before, [page("Tents", 50)]))
    assert seen.category == "Tents"


def test_the_one_category_that_the_release_before_noted_is_read_and_joined() -> None:
    one = fold_interactions(b"", [page("Tents", 50)])
    event = int.from_bytes(element_hash(page("Tents", 50).element_id), "big")
    assert one.endswith(f'{{"looked":[{NOW - 50 * MINUTE},{event},"Tents"]}}'.encode())

    both = fold_interactions(one, [page("Boots", 60), page("Boots", 40)])
    assert [seen.category for seen in looked_at(both)] == ["Boots", "Tents", "Boots"]


def test_of_very_many_pages_the_newest_are_noted_in_whatever_order_they_come() -> None:
    pages = [page(f"C{number}", number) for number in range(40)]
    forth, back = fold_interactions(b"", pages), b""
    for one in reversed(pages):
        back = fold_interactions(back, [one])

    assert (forth, len(looked_at(forth))) == (back, MAX_LOOKED)
    assert looked_at(join_interactions(forth, fold_interactions(b"", pages[:3]))) == looked_at(forth)


@pytest.mark.parametrize("said", [{}, {"category": ""}, {"category": 7}, {"category": "x" * 129}])
def test_a_page_that_names_no_category_is_passed_over(said: dict[str, str | int]) -> None:
    assert fold_interactions(b"", [replace(page("Tents"), properties=said)]) == b""
