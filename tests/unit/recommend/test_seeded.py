"""What starts from products: what goes with them, stands in for them, is on the shop's lists, or lies in the cart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from shopbell.adapters.memory.demand import MemoryTops
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import ProductId, SegmentId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.recommend.bonds import Bonds, Subject
from shopbell.domain.recommend.named import ProductList, Target
from shopbell.domain.scenarios.plan import STATIC, Selection
from shopbell.domain.visits.cart import fold_cart

from tests.unit.recommend.shop import NOW, STORE, Shop, deed, names, product, visitor

BOOTS = [product(f"boot{number}", "Outdoor/Boots") for number in range(6)]
SOCKS = [product(f"sock{number}", "Outdoor/Socks", price=900) for number in range(3)]
LAMPS = [product(f"lamp{number}", "Home/Lamps") for number in range(3)]
EVERYTHING = [*BOOTS, *SOCKS, *LAMPS]
SOLD = {str(one.id): place + 1 for place, one in enumerate(EVERYTHING)}
TODAY = NOW // DAY


def stocked(*changed: Product, bonds: Mapping[Subject, Bonds] | None = None) -> Shop:
    shop, fresh = Shop(), {one.id: one for one in changed}
    more = [one for one in changed if one.id not in {known.id for known in EVERYTHING}]
    shop.stock([*(fresh.get(one.id, one) for one in EVERYTHING), *more], SOLD)
    MemoryTops(shop.world).keep_bonds(STORE.id, bonds or {})
    return shop


def bond(relation: str, name: str, count: float, **partners: float) -> dict[Subject, Bonds]:
    return {Subject(relation, name): Bonds(TODAY, count, partners)}  # type: ignore[arg-type]


def buyer(*products: Product, days: float = 100) -> Profile:
    return visitor(*(deed("purchase", one, days + place / 10_000) for place, one in enumerate(products)))


def asked(algorithm: str, count: int = 3, level: int = 0, **options: Json) -> Selection:
    return Selection(algorithm, count=count, options=options, fallback_max_level=level, exclude_purchased=90 * DAY)


def carted(*products: Product, who: str = "ann") -> Profile:
    events = [deed("cart_add", one, 1 - place / 100, quantity=1) for place, one in enumerate(products)]
    return replace(visitor(*events), cart=fold_cart(b"", events), visitor=VisitorId(who))


TOGETHER = {
    **bond("bought", "boot0", 100, lamp0=30, sock1=60, sock2=4, boot1=50, boot2=100, boot0=9),
    **bond("category", "Outdoor/Boots", 900, **{"Outdoor/Socks": 300, "Home/Lamps": 30, "Outdoor/Boots": 99}),
}


def test_complements_are_ranked_by_how_sure_they_are_and_say_how_sure() -> None:
    picked = stocked(bonds=TOGETHER).pick(buyer(BOOTS[0]), asked("complementary", 6))

    assert names(picked) == ["boot2", "sock1", "lamp0", "sock2", "lamp2", "lamp1"]
    assert [one.reason for one in picked.picks[1:4]] == [
        "in 60 % of the orders with Boot0",
        "in 30 % of the orders with Boot0",
        "Socks goes with Boots",
    ]


def test_two_of_a_kind_stand_in_for_each_other_unless_often_bought_together() -> None:
    shown = names(stocked(bonds=TOGETHER).pick(buyer(BOOTS[0]), asked("complementary", 9)))
    assert ("boot1" in shown, "boot2" in shown, "boot0" in shown) == (False, True, False)


def test_the_shops_own_bundle_comes_first_unless_that_is_not_wanted() -> None:
    shop = stocked(replace(BOOTS[0], bundle=(LAMPS[2].id, ProductId("gone"))), bonds=TOGETHER)

    picked = shop.pick(buyer(BOOTS[0]), asked("complementary"))
    assert (names(picked)[0], picked.picks[0].reason) == ("lamp2", "in the shop's own bundle with Boot0")
    assert names(shop.pick(buyer(BOOTS[0]), asked("complementary", bundle_first=False)))[0] == "boot2"


def test_confidences_add_up_over_all_that_was_ordered_and_what_is_owned_is_left_out() -> None:
    both = {
        **bond("bought", "boot0", 100, lamp0=30, sock1=40, sock2=50),
        **bond("bought", "boot1", 100, lamp0=30),
    }
    who = visitor(*(deed("purchase", one, 1) for one in (BOOTS[0], BOOTS[1])), deed("purchase", SOCKS[2], 20))
    assert names(stocked(bonds=both).pick(who, asked("complementary", 5))) == ["lamp0", "sock1"]


def test_what_went_together_too_seldom_says_nothing() -> None:
    few, many = bond("bought", "boot0", 499, sock1=5, sock2=4), bond("bought", "boot0", 500, sock1=19, sock2=20)
    assert names(stocked(bonds=few).pick(buyer(BOOTS[0]), asked("complementary"))) == ["sock1"]
    assert names(stocked(bonds=many).pick(buyer(BOOTS[0]), asked("complementary"))) == ["sock2"]


def test_without_anything_to_say_of_the_seeds_their_category_speaks_and_then_the_store() -> None:
    entry = stocked().pick(buyer(BOOTS[0]), asked("complementary", 1, level=4))
    assert (names(entry), entry.level) == (["boot5"], 2)
    nobody = stocked().pick(visitor(), asked("complementary", 1, level=4))
    assert (names(nobody), nobody.level) == (["lamp2"], 3)


CLOSE = {
    **bond("viewed", "boot0", 40, boot3=30, boot4=2, lamp0=40),
    **bond("viewed", "boot3", 40, boot0=30),
    **bond("viewed", "boot4", 900, boot0=2),
}


def looker(*more: Event) -> Profile:
    return visitor(*more, deed("product_view", BOOTS[0], 1))


def test_alternatives_are_of_the_kind_looked_at_beside_it_alike_and_near_in_price() -> None:
    shop = stocked(replace(BOOTS[1], price=9_000), replace(BOOTS[2], title="Boot0 high"), bonds=CLOSE)
    picked = shop.pick(looker(), asked("alternatives", 6))

    assert names(picked)[:2] == ["boot3", "boot2"]
    assert set(names(picked)) == {"boot2", "boot3", "boot4", "boot5"}
    assert [one.reason for one in picked.picks[:2]] == ["looked at beside Boot0", "like Boot0"]
    assert "boot1" in names(shop.pick(looker(), asked("alternatives", 6, price_band=0.9)))


def test_what_was_looked_at_is_no_alternative_unless_that_is_wanted() -> None:
    who = looker(deed("product_view", BOOTS[3], 2))
    assert "boot3" not in names(stocked(bonds=CLOSE).pick(who, asked("alternatives", 6)))
    assert names(stocked(bonds=CLOSE).pick(who, asked("alternatives", 6, exclude_viewed=False)))[0] == "boot3"


def test_a_variant_of_the_same_product_is_no_alternative_and_the_seed_may_be_sold_out() -> None:
    gone = replace(BOOTS[0], in_stock=False, group_id="g")
    shop = stocked(gone, replace(BOOTS[3], group_id="g"), bonds=CLOSE)
    assert names(shop.pick(looker(), asked("alternatives", 6)))[:1] == ["boot4"]


def test_the_fallback_of_alternatives_stays_near_the_price_of_the_seed() -> None:
    dear = [replace(one, price=9_000) for one in BOOTS[2:]]
    shop = stocked(*dear, replace(BOOTS[1], categories=("Outdoor",), price=5_100))
    picked = shop.pick(looker(), asked("alternatives", 1, level=2))
    assert (names(picked), picked.level) == (["boot1"], 2)


def test_a_lot_draws_each_line_of_the_cart_equally_often_and_the_same_again() -> None:
    shop, lines = stocked(), (BOOTS[0], SOCKS[0], LAMPS[0])
    drawn: Counter[str] = Counter()
    for number in range(300):
        who, facts = carted(*lines, who=f"v{number}"), {"run": "r1"}
        (one,) = names(shop.pick(who, asked("random_from_cart", 1), facts=facts))
        assert names(shop.pick(who, asked("random_from_cart", 1), facts=facts)) == [one]
        drawn[one] += 1
    assert set(drawn) == {"boot0", "sock0", "lamp0"}
    assert all(70 < often < 130 for often in drawn.values())


@pytest.mark.parametrize(
    ("lines", "sold_out", "wanted"),
    [
        ((0, 1, 2), (), ["boot2", "boot1", "boot0"]),
        ((0, 1, 2), (2,), ["boot1", "boot0"]),
        ((0, 1, 0), (), ["boot0", "boot1"]),
        ((), (), []),
    ],
    ids=["last added first", "sold out makes way", "added again", "empty"],
)
def test_the_last_added_comes_first(lines: Sequence[int], sold_out: Sequence[int], wanted: list[str]) -> None:
    shop = stocked(*(replace(BOOTS[number], in_stock=False) for number in sold_out))
    picked = shop.pick(carted(*(BOOTS[number] for number in lines)), asked("random_from_cart", seed="last_added"))
    assert (names(picked), picked.level) == (wanted, 0 if wanted else STATIC)


def test_the_last_order_is_shown_again_where_it_is_made_to_be_bought_again() -> None:
    soap, glue = replace(LAMPS[0], replenishable=True), LAMPS[1]
    who = visitor(deed("purchase", SOCKS[0], 50), deed("purchase", soap, 9), deed("purchase", glue, 9.01))
    picked = stocked(soap, replace(SOCKS[0], replenishable=True)).pick(who, asked("last_purchased"))
    assert [(one.product.id, one.reason) for one in picked.picks] == [("lamp0", "in the latest order")]


def test_a_list_for_a_segment_shows_to_its_members() -> None:
    shop = stocked()
    given = ProductList(STORE.id, "vips", (LAMPS[1].id, BOOTS[1].id), Target("segment", "vip"), revision=1)
    assert MemoryTops(shop.world).put_named(given)
    member = replace(visitor(), memberships={SegmentId("vip"): NOW})
    assert names(shop.pick(member, asked("predefined"))) == ["lamp1", "boot1"]
    assert names(shop.pick(visitor(), asked("predefined"))) == []


@pytest.mark.parametrize(
    ("facts", "options", "wanted"),
    [
        ({"seeds": ["lamp0"]}, {"seed": "cart"}, "lamp0"),
        ({"type": "purchase", "products": ["sock0"]}, {}, "sock0"),
        ({"type": "product_view", "products": ["sock0"]}, {}, "boot5"),
        ({"type": "search", "product_id": "sock1"}, {"seed": "event"}, "sock1"),
        ({}, {"seed": "last_viewed"}, "lamp1"),
        ({}, {"seed": "most_viewed"}, "lamp2"),
        ({}, {"seed": "nonsense"}, "boot5"),
    ],
    ids=["named by the caller", "the order", "another trigger", "event", "last viewed", "most viewed", "odd"],
)
def test_seeds_are_what_the_options_say(facts: dict[str, Json], options: dict[str, Json], wanted: str) -> None:
    who = visitor(
        deed("purchase", BOOTS[5], 20),
        *(deed("product_view", LAMPS[2], 3 + place) for place in range(5)),
        deed("product_view", LAMPS[1], 1),
    )
    lists = {one.id: replace(one, related=(BOOTS[0].id,), title="named") for one in EVERYTHING if one.id == wanted}
    picked = stocked(*lists.values()).pick(
        who, Selection("predefined", 3, options=options, fallback_max_level=0), facts=facts
    )
    assert names(picked) == ["boot0"]


def test_a_few_are_shown_what_hardly_anybody_has_seen_and_the_same_all_day() -> None:
    shop = stocked(product("hidden", "Home/New"))
    firsts = Counter(
        names(shop.pick(replace(visitor(), visitor=VisitorId(f"v{number}")), asked("spotlights", 1)))[0]
        for number in range(400)
    )
    assert 2 < sum(often for name, often in firsts.items() if name != "lamp2") < 45
    assert names(shop.pick(visitor(), asked("spotlights"))) == names(shop.pick(visitor(), asked("spotlights")))
