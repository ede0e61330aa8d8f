"""Where what comes first was sold out since the shelves were read, a pick looks further, and not without end."""

from collections.abc import Sequence

import pytest
from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.adapters.memory.demand import MemoryTops
from shopbell.app.recommend import SPARES, Recommend
from shopbell.app.shelves import Shelves
from shopbell.domain.scenarios.plan import STATIC, Selection

from tests.unit.recommend.shop import NOW, STORE, Shop, names, product, visitor
from tests.unit.recommend.test_reading import Counting

MOST = sum(1 + spare for spare in SPARES)
"""Products that a pick of one ever looks at."""
GOODS = [product(f"p{number:03}", "Boots") for number in range(MOST + 5)]
ONE = Selection("top_sellers", count=1, options={"scope": "store"}, fallback_max_level=0)


def stocked() -> Shop:
    shop = Shop()
    shop.stock(GOODS, {one.id: len(GOODS) - place for place, one in enumerate(GOODS)})
    return shop


@pytest.mark.parametrize(
    ("gone", "shown", "level", "looks"),
    [
        (0, ["p000"], 0, [1]),
        (1, ["p001"], 0, [1, 9]),
        (9, ["p009"], 0, [1, 9]),
        (10, ["p010"], 0, [1, 9, 65]),
        (MOST - 1, [f"p{MOST - 1:03}"], 0, [1, 9, 65]),
        (MOST, [], STATIC, [1, 9, 65]),
    ],
    ids=["all there", "the first", "all of the second look but one", "all of it", "all but the last", "one too many"],
)
def test_what_is_gone_is_passed_over_as_far_as_the_bound(
    gone: int, shown: Sequence[str], level: int, looks: Sequence[int]
) -> None:
    shop = stocked()
    catalogue = Counting(MemoryCatalogue(shop.world))
    recommend = Recommend(Shelves(MemoryTops(shop.world), catalogue, lambda _: False, lambda: NOW))
    assert names(recommend(STORE, visitor(), ONE, now=NOW)) == ["p000"]
    for one in GOODS[:gone]:
        shop.sell_out(one)
    catalogue.reads.clear()

    picked = recommend(STORE, visitor(), ONE, now=NOW)
    assert (names(picked), picked.level) == (shown, level)
    assert catalogue.reads == looks


def test_several_are_made_whole_from_further_down() -> None:
    shop = stocked()
    recommend = shop.recommend
    three = Selection("top_sellers", count=3, options={"scope": "store"}, fallback_max_level=0)
    assert names(shop.ask(recommend, visitor(), three)) == ["p000", "p001", "p002"]
    shop.sell_out(GOODS[1])
    assert names(shop.ask(recommend, visitor(), three)) == ["p000", "p002", "p003"]
