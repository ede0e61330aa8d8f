"""Smart offers and their kin: what sells best in what the visitor cares for, and why."""

import pytest
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY
from shopbell.domain.events import Event, Json
from shopbell.domain.scenarios.plan import STATIC, Selection
from shopbell.domain.sends import SendRecord, Sent

from tests.unit.recommend.shop import NOW, Shop, deed, names, product, visitor

BOOTS = [product(f"boot{number}", "Outdoor/Boots") for number in range(6)]
TENTS = [product(f"tent{number}", "Outdoor/Tents") for number in range(6)]
LAMPS = [product(f"lamp{number}", "Home/Lamps") for number in range(6)]
SOLD = {str(one.id): place + 1 for place, one in enumerate([*BOOTS, *TENTS, *LAMPS])}


def stocked(*more: Product) -> Shop:
    shop = Shop()
    shop.stock([*BOOTS, *TENTS, *LAMPS, *more], SOLD)
    return shop


def viewed(*products: Product, days: float = 9) -> list[Event]:
    return [deed("product_view", one, days + place / 100) for place, one in enumerate(products)]


def test_the_best_sold_of_the_favourite_category_comes_first_with_why() -> None:
    who = visitor(*viewed(BOOTS[0]), *viewed(LAMPS[0], LAMPS[1]), *viewed(BOOTS[3], days=1))
    picked = stocked().pick(who, Selection("smart_offers", count=3))

    assert names(picked) == ["boot5", "lamp5", "boot4"]
    assert (picked.level, picked.picks[0].reason) == (0, "2 views in Boots")


def test_more_weight_in_purchases_moves_what_was_bought_ahead_of_what_was_viewed() -> None:
    who = visitor(
        deed("purchase", LAMPS[0], 60), *viewed(*BOOTS[:5], days=1), *viewed(BOOTS[0], days=2), *viewed(BOOTS[5])
    )
    plain = stocked().pick(who, Selection("smart_offers"))
    churn = stocked().pick(who, Selection("smart_offers", options={"purchase_weight": 4}))

    assert (names(plain), names(churn)) == (["boot5"], ["lamp5"])


def test_what_the_last_visit_looked_at_and_did_not_buy_counts_more() -> None:
    even = [deed("product_view", BOOTS[0], 0.01), deed("product_view", TENTS[0], 0.01, seconds=1)]
    older = [deed("product_view", TENTS[1], 0.5)]

    assert names(stocked().pick(visitor(*even, *older), Selection("smart_offers"))) == ["tent5"]
    bought = deed("purchase", TENTS[0], 0.005)
    past = [deed("product_view", BOOTS[1], 0.5), deed("product_view", BOOTS[2], 0.5), *even, *older]
    picked = stocked().pick(visitor(*past, bought), Selection("smart_offers", count=2))
    assert {name[:4] for name in names(picked)} == {"tent", "boot"}


def test_a_category_with_too_little_to_offer_is_stood_in_for_by_its_parent() -> None:
    rope = product("rope", "Outdoor/Ropes")
    shop = stocked(rope)
    who = visitor(*viewed(rope), *viewed(rope, days=1))

    assert names(shop.pick(who, Selection("smart_offers", count=2))) == ["tent5", "tent4"]


def test_of_whom_one_session_is_known_level_1_speaks() -> None:
    picked = stocked().pick(visitor(*viewed(BOOTS[0], days=0.1)), Selection("smart_offers"))

    assert (names(picked), picked.level) == (["boot5"], 1)


@pytest.mark.parametrize(
    ("deepest", "facts", "wanted"),
    [
        (0, {}, ((), STATIC)),
        (1, {}, ((), STATIC)),
        (2, {}, ((), STATIC)),
        (2, {"category": "Home/Lamps"}, (("lamp5",), 2)),
        (5, {"category": "No such"}, (("lamp5",), 3)),
        (3, {}, (("lamp5",), 3)),
    ],
    ids=["own alone", "session", "no entry", "entry", "entry that sells nothing", "store"],
)
def test_of_whom_nothing_is_known_the_chain_goes_as_deep_as_it_may(
    deepest: int, facts: dict[str, Json], wanted: tuple[tuple[str, ...], int]
) -> None:
    picked = stocked().pick(visitor(), Selection("smart_offers", fallback_max_level=deepest), facts=facts)

    assert (tuple(names(picked)), picked.level) == wanted


def test_a_level_with_fewer_than_the_minimum_is_passed_over() -> None:
    shop = Shop()
    shop.stock([*LAMPS, product("rope", "Ropes")], {**{str(one.id): 5 for one in LAMPS}, "rope": 1})
    who = visitor(*viewed(product("rope", "Ropes"), product("rope", "Ropes")))
    few = shop.pick(who, Selection("last_visited", count=2, minimum=2, exclude_purchased=None))

    assert (len(few.picks), few.level) == (2, 3)


def test_what_was_bought_or_shown_too_short_ago_is_left_out() -> None:
    who = visitor(*viewed(BOOTS[0], days=99), deed("purchase", BOOTS[5], 80))
    shown = SendRecord((Sent(NOW - 6 * DAY, b"12345678", "x", products=(BOOTS[4].id,)),))

    assert names(stocked().pick(who, Selection("smart_offers"), shown)) == ["boot3"]
    assert names(stocked().pick(who, Selection("smart_offers", exclude_shown=6 * DAY), shown)) == ["boot4"]
    assert names(stocked().pick(who, Selection("smart_offers", exclude_purchased=80 * DAY), shown)) == ["boot5"]
    assert names(stocked().pick(who, Selection("smart_offers", exclude_purchased=None), shown)) == ["boot5"]


def test_what_was_given_back_takes_away_what_it_was_and_is_not_shown_again() -> None:
    past = [*viewed(TENTS[1], days=40), deed("purchase", BOOTS[5], 20)]
    kept, returned = visitor(*past), visitor(*past, deed("refund", BOOTS[5], 20))
    any_time = Selection("smart_offers", count=18, exclude_purchased=None)

    assert names(stocked().pick(kept, any_time))[0] == "boot5"
    shown = names(stocked().pick(returned, any_time))
    assert (shown[0], "boot5" in shown) == ("tent5", False)
    assert "boot5" in names(stocked().pick(visitor(*past, deed("refund", BOOTS[5], 21)), any_time))


def test_a_click_on_a_push_says_what_its_visitor_likes() -> None:
    who = visitor(
        *viewed(TENTS[0], LAMPS[0]), deed("push_clicked", LAMPS[1], 8.9), *viewed(TENTS[1], LAMPS[1], days=3)
    )
    assert names(stocked().pick(who, Selection("smart_offers"))) == ["lamp5"]


def test_what_is_made_to_be_bought_again_may_be_shown_though_bought() -> None:
    soap = product("soap", "Home/Bath", replenishable=True)
    who = visitor(deed("purchase", soap, 30), deed("purchase", soap, 20), *viewed(LAMPS[0]))
    shop = Shop()
    shop.stock([soap, *LAMPS], {"soap": 1, **SOLD})

    assert "soap" in names(shop.pick(who, Selection("smart_offers", count=9)))


def test_what_is_due_to_be_bought_again_comes_first_where_it_is_asked_for() -> None:
    soap, glue = product("soap", "Home/Bath", replenishable=True), product("glue", "Home/Bath")
    past = [deed("purchase", one, days) for one in (soap, glue) for days in (30, 20)]
    shop = Shop()
    shop.stock([soap, glue, *LAMPS], SOLD)
    due = Selection("smart_offers", options={"due_first": True}, exclude_purchased=None)

    picked = shop.pick(visitor(*past), due)
    assert (names(picked), picked.picks[0].reason) == (["soap"], "due to be bought again")
    early = visitor(*past, deed("purchase", soap, 5))
    assert names(shop.pick(early, due)) != ["soap"]


def test_discounted_picks_fell_below_the_price_that_was_seen_or_listed() -> None:
    cheap = product("boot1", "Outdoor/Boots", price=4_000, list_price=4_100)
    listed = product("boot2", "Outdoor/Boots", price=4_000, list_price=8_000)
    shop = Shop()
    shop.stock([BOOTS[0], cheap, listed, *BOOTS[3:]], SOLD)
    seen = visitor(*viewed(product("boot1", "Outdoor/Boots", price=4_600)), *viewed(BOOTS[0], days=2))
    picked = shop.pick(seen, Selection("discounted", count=3))

    assert names(picked) == ["boot2", "boot1"]
    assert picked.picks[1].reason == "13 % below what the visitor saw, 2 views in Boots"
    none = shop.pick(seen, Selection("discounted", options={"min_discount": 60}, fallback=("smart_offers",)))
    assert (names(none), none.level, none.picks[0].algorithm) == (["boot5"], 1, "smart_offers")


def test_an_algorithm_that_is_not_there_falls_through_the_chain() -> None:
    picked = stocked().pick(visitor(), Selection("complementary", fallback=("alternatives",)))

    assert (names(picked), picked.level) == (["lamp5"], 3)


def test_no_algorithm_shows_no_product() -> None:
    assert stocked().pick(visitor(), Selection()).level == STATIC


def test_variants_stand_in_for_each_other_and_brands_do_not_crowd_a_page() -> None:
    shop = Shop()
    shop.stock(
        [product(f"v{number}", group_id="v", brand="Alp") for number in range(3)]
        + [product(f"w{number}", brand="Alp") for number in range(3)]
        + [product("x", brand="Bay"), product("y"), product("z")],
        {"v0": 9, "v1": 8, "v2": 7, "w0": 6, "w1": 5, "w2": 4, "x": 3, "y": 2, "z": 1},
    )

    assert names(shop.pick(visitor(), Selection("top_sellers", count=4))) == ["v0", "w0", "x", "y"]
    assert names(shop.pick(visitor(), Selection("top_sellers", count=3))) == ["v0", "w0", "w1"]
    one = Selection("top_sellers", count=3, options={"max_per_brand": 1})
    assert names(shop.pick(visitor(), one)) == ["v0", "x", "y"]


def test_a_pick_that_is_sold_out_since_the_shelves_were_read_is_replaced() -> None:
    shop = stocked()
    recommend = shop.recommend
    who = visitor(*viewed(BOOTS[0]), *viewed(BOOTS[1], days=1))
    first = shop.ask(recommend, who, Selection("smart_offers"))
    shop.sell_out(BOOTS[5])

    assert names(first) == ["boot5"]
    assert names(shop.ask(recommend, who, Selection("smart_offers"))) == ["boot4"]


def test_last_visited_are_ranked_by_how_lately_often_and_long_they_were_looked_at() -> None:
    shop = stocked()
    who = visitor(
        *viewed(BOOTS[0], days=1),
        *viewed(TENTS[0], days=1.0),
        deed("cart_add", TENTS[0], 0.9),
        deed("product_view", LAMPS[0], 1, seconds=45),
        *viewed(LAMPS[1], days=20),
        *viewed(LAMPS[2], days=5),
        deed("purchase", LAMPS[2], 4),
    )
    picked = shop.pick(who, Selection("last_visited", count=6))

    assert names(picked) == ["tent0", "lamp0", "boot0", "lamp1"]
    assert picked.picks[0].reason == "viewed once and put in the cart"


def test_spotlights_weigh_orders_twice() -> None:
    shop = Shop()
    shop.stock([*BOOTS[:3]], {"boot0": 4}, {"boot1": 4, "boot2": 1})

    assert names(shop.pick(visitor(), Selection("spotlights", count=3))) == ["boot0", "boot1", "boot2"]


def test_the_same_state_gives_the_same_picks() -> None:
    who = visitor(*viewed(BOOTS[0]), *viewed(TENTS[0], days=2), *viewed(LAMPS[0], days=2))
    selection = Selection("smart_offers", count=8)

    assert stocked().pick(who, selection) == stocked().pick(who, selection)
