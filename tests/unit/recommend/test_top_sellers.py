"""Top sellers: scopes, windows and measures, and a shop that has sold nothing yet."""

from shopbell.domain.scenarios.plan import STATIC, Selection

from tests.unit.recommend.shop import Shop, deed, names, product, visitor

BOOTS = [product(f"boot{number}", "Outdoor/Boots") for number in range(4)]
TENTS = [product(f"tent{number}", "Outdoor/Tents") for number in range(4)]
ORDERS = {"boot0": 3, "boot1": 9, "tent0": 12, "tent1": 9}


def stocked() -> Shop:
    shop = Shop()
    shop.stock([*BOOTS, *TENTS], ORDERS)
    return shop


def test_the_most_ordered_of_the_store_come_first_and_equals_by_their_id() -> None:
    picked = stocked().pick(visitor(), Selection("top_sellers", count=3))

    assert (names(picked), picked.level) == (["tent0", "boot1", "tent1"], 0)
    assert picked.picks[0].reason == "12 orders in 90 days"


def test_in_the_favourite_category_its_own_come_first() -> None:
    selection = Selection("top_sellers", count=2, options={"scope": "favourite_category"})
    who = visitor(deed("product_view", BOOTS[3], 1))

    assert names(stocked().pick(who, selection)) == ["boot1", "boot0"]


def test_who_has_no_favourite_gets_those_of_the_store() -> None:
    selection = Selection("top_sellers", options={"scope": "favourite_category"})

    assert names(stocked().pick(visitor(), selection)) == ["tent0"]


def test_what_is_sold_out_is_not_shown() -> None:
    shop = stocked()
    shop.sell_out(TENTS[0])

    assert names(shop.pick(visitor(), Selection("top_sellers"))) == ["boot1"]


def test_a_shop_without_orders_shows_what_is_looked_at_and_then_what_is_new() -> None:
    shop = Shop()
    shop.stock(BOOTS, {}, {"boot2": 5})
    assert names(shop.pick(visitor(), Selection("top_sellers"))) == ["boot2"]

    shop = Shop()
    shop.stock([*BOOTS, product("newest", created_at=product("x").created_at or 0)], {})
    assert names(shop.pick(visitor(), Selection("top_sellers"))) == ["boot0"]


def test_an_empty_shop_has_nothing_to_show() -> None:
    picked = Shop().pick(visitor(), Selection("top_sellers"))

    assert (picked.picks, picked.level) == ((), STATIC)
