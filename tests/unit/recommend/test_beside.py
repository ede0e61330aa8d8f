"""What stands in where complementary products are too few: the best sold of what is bought with such things."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from shopbell.domain.catalogue import Product
from shopbell.domain.recommend.discounts import LOOKED_UP, fallen
from shopbell.domain.recommend.taste import Taste
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import SCENARIOS

from tests.unit.recommend.shop import STORE, names, product
from tests.unit.recommend.test_seeded import BOOTS, LAMPS, SOCKS, bond, buyer, stocked

FOLLOW_UP = SCENARIOS["order_follow_up"].plan(ScenarioSettings(STORE.id, "order_follow_up", True)).steps[0].products
SELDOM = bond("category", "Outdoor/Boots", 900, **{"Outdoor/Socks": 3, "Home/Lamps": 2, "Outdoor/Boots": 99})
"""Too seldom to be called complementary."""


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ((), "sock2"),
        ([replace(one, in_stock=False) for one in SOCKS], "lamp2"),
        ([replace(BOOTS[0], group_id="g"), replace(SOCKS[2], group_id="g")], "sock1"),
        ([replace(SOCKS[2], categories=("Outdoor/Socks", "Outdoor/Boots"))], "sock2"),
    ],
    ids=["of the kind bought most beside it", "else of the next", "no variant of what was bought", "of both kinds"],
)
def test_an_order_is_followed_by_the_best_sold_of_what_is_bought_with_such_things(
    changed: Sequence[Product], shown: str
) -> None:
    picked = stocked(*changed, bonds=SELDOM).pick(buyer(BOOTS[0]), FOLLOW_UP)
    assert (names(picked), picked.level, picked.picks[0].algorithm) == ([shown], 1, "top_sellers")


def test_where_nothing_was_ever_bought_beside_it_its_own_kind_speaks() -> None:
    picked = stocked().pick(buyer(BOOTS[0]), FOLLOW_UP)
    assert (names(picked), picked.level) == (["boot5"], 2)


def test_a_win_back_falls_back_on_the_category_that_was_bought_in() -> None:
    churn = Selection("last_purchased", fallback=("complementary", "top_sellers"), fallback_max_level=1)
    picked = stocked(bonds=SELDOM).pick(buyer(BOOTS[0]), churn)
    assert (names(picked), picked.level) == (["boot5"], 1)


def test_the_past_of_what_has_no_list_price_is_looked_up_after_what_says_that_it_fell() -> None:
    plain = {one.id: one for one in (product(f"plain{number}") for number in range(LOOKED_UP))}
    listed = {one.id: one for one in (product("little", list_price=6_000), product("much", list_price=9_000))}
    asked = fallen(Taste(seen={LAMPS[0].id: 900}), plain | {LAMPS[0].id: LAMPS[0]} | listed)
    assert list(asked) == ["much", "little", *plain][:LOOKED_UP]
