"""Counts of days rolled up: windows, categories, what is new, and when it is done anew."""

from dataclasses import replace

from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.adapters.memory.demand import MemoryDemandCounters, MemoryTops
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.recommend import Recommend
from shopbell.app.rollup import LEASE, STALE, Refresh
from shopbell.domain.clock import DAY, MINUTE
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.lists import Arrival, Demand, Overview
from shopbell.domain.recommend.portions import Addition, Place, Portion
from shopbell.domain.recommend.rolling import KEPT, Rolling, shares
from shopbell.domain.scenarios.plan import Selection

from tests.unit.recommend.memory import recommend, roll_up
from tests.unit.recommend.shop import NOW, STORE, names, product, visitor

TODAY = NOW // DAY
BOOT, TENT, LAMP = product("boot", "Outdoor/Boots/Winter"), product("tent", "Outdoor/Tents"), product("lamp", "Home")


def count(world: MemoryWorld, place: int, *rows: tuple[int, str, Demand]) -> None:
    said = {(TODAY - ago, ProductId(name)): demand for ago, name, demand in rows}
    assert MemoryDemandCounters(world).add(
        STORE.id, Addition([Portion(f"s{place}", "1", said)], {f"s{place}": (None, Place("1"))})
    )


def stocked() -> MemoryWorld:
    world = MemoryWorld()
    MemoryCatalogue(world).put(STORE.id, [BOOT, TENT, LAMP, product("new", "Home", created_at=NOW - 3 * DAY)])
    rows = ((0, "boot", Demand(1)), (6, "boot", Demand(2)), (7, "boot", Demand(4)), (29, "boot", Demand(8)))
    count(world, 1, *rows, (30, "boot", Demand(16)), (89, "boot", Demand(32)), (90, "boot", Demand(64)))
    count(world, 2, (1, "tent", Demand(21)), (2, "gone", Demand(99)), (3, "new", Demand(views=2)))
    count(world, 3, (1, "new", Demand(views=3)), (0, "new", Demand(views=9)))
    return world


def test_each_window_holds_its_days_and_each_category_what_lies_under_it() -> None:
    world = stocked()
    assert roll_up(world)(STORE.id, NOW)["top_lists"] == 6
    tops = MemoryTops(world)
    lists = tops.lists(STORE.id, ["", "Outdoor", "Outdoor/Boots", "Outdoor/Boots/Winter", "Outdoor/Tents", "Home"])

    assert {scope: [row.product for row in top.products] for scope, top in lists.items()} == {
        "": ["boot", "new", "tent"],
        "Outdoor": ["boot", "tent"],
        "Outdoor/Boots": ["boot"],
        "Outdoor/Boots/Winter": ["boot"],
        "Outdoor/Tents": ["tent"],
        "Home": ["new"],
    }
    assert [demand.orders for demand in lists["Outdoor/Boots"].products[0].windows] == [3, 15, 63]
    assert [demand.orders for demand in lists["Outdoor"].totals] == [24, 36, 84]
    assert tops.overview(STORE.id) == Overview(
        (Arrival(ProductId("new"), NOW - 3 * DAY, 5),),
        ("new", "tent", "lamp", "boot"),  # type: ignore[arg-type]
        {"Outdoor/Boots": 0.75, "Outdoor/Tents": 0.25},
        NOW,
    )


def test_a_long_list_keeps_the_first_of_every_way_to_ask() -> None:
    rolling = Rolling(TODAY, {})
    many = {f"p{number:03d}": product(f"p{number:03d}", "Shoes") for number in range(200)}
    for number, name in enumerate(many):
        rolling.add(TODAY - number % 90, [(ProductId(name), Demand(number, 200 - number, number % 7, number % 50))])
    lists = {top.scope: top for top in rolling.lists({one.id: one for one in many.values()})}
    kept = [row.product for row in lists["Shoes"].products]

    assert len(kept) == len(set(kept)) == KEPT
    for window, measure in ((0, "orders"), (1, "orders"), (2, "orders"), (1, "views"), (1, "units"), (1, "revenue")):
        best = max(lists[""].products, key=lambda row: getattr(row.windows[window], measure))
        assert getattr(best.windows[window], measure) in {
            getattr(row.windows[window], measure) for row in lists["Shoes"].products
        }
    assert lists["Shoes"].totals[2].orders == sum(range(200))


def test_shares_are_of_orders_at_the_depth_of_tastes() -> None:
    assert shares([]) == {}


class Moment:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> int:
        return self.at


def top(asked: Recommend, clock: Moment) -> list[str]:
    return names(asked(STORE, visitor(), Selection("top_sellers"), now=clock.at))


def test_a_small_shops_lists_are_made_when_they_are_asked_for_and_again_when_they_are_old() -> None:
    world, clock = stocked(), Moment()
    asked = recommend(world, clock)
    assert top(asked, clock) == ["boot"]

    count(world, 4, (0, "tent", Demand(99)))
    clock.at += STALE - MINUTE
    assert top(asked, clock) == ["boot"]
    clock.at += 2 * MINUTE
    assert top(asked, clock) == ["tent"]


def test_between_the_nights_a_large_shops_lists_stay_and_who_asks_while_another_rolls_up_does_not_wait() -> None:
    world = stocked()
    large, rolling = replace(STORE, shards=64), roll_up(world)
    assert Refresh(rolling, rolling.tops, lambda: NOW)(large)
    assert not Refresh(rolling, rolling.tops, lambda: NOW + DAY)(large)

    assert rolling.tops.claim(STORE.id, NOW + DAY, NOW + DAY + LEASE)
    assert not Refresh(rolling, rolling.tops, lambda: NOW + DAY)(STORE)
    assert Refresh(rolling, rolling.tops, lambda: NOW + DAY + LEASE)(STORE)


def test_lists_that_cannot_be_rolled_up_now_stay_as_they_are() -> None:
    rolling = roll_up(MemoryWorld())

    class Down:
        def __call__(self, *_: object) -> dict[str, int]:
            raise Unavailable("not now")

    assert not Refresh(Down(), rolling.tops, lambda: NOW)(STORE)  # type: ignore[arg-type]
