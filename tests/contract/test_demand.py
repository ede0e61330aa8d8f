"""What sells: daily counts that move with the places of their sources, rolled-up lists, products by their age."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from shopbell.domain.clock import DAY
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.recommend.bonds import Bonds, Subject
from shopbell.domain.recommend.lists import Arrival, Demand, Overview, Popular, TopList
from shopbell.domain.recommend.named import ProductList, Target
from shopbell.domain.recommend.portions import Addition, Place, Portion
from shopbell.domain.recommend.together import Basket, Look
from shopbell.domain.versions import Change

from tests.contract.samples import names_of, product
from tests.contract.stocking import stock
from tests.contract.worlds import NOW, Ports

TODAY = NOW // DAY
BOOT, TENT = ProductId("boot#1"), ProductId("tent/ö")


def portion(source: str, place: str, **counts: int) -> Portion:
    return Portion(source, place, {(TODAY, BOOT): Demand(**counts)})


def add(ports: Ports, store: StoreId, portions: list[Portion], moved: dict[str, tuple[str | None, str]]) -> bool:
    steps = {source: (before, Place(after, f"trail of {source}")) for source, (before, after) in moved.items()}
    return ports.demand.add(store, Addition(portions, steps, TODAY))


def at(ports: Ports, store: StoreId, *sources: str) -> dict[str, str]:
    return {source: place.at for source, place in ports.demand.places(store, sources).items()}


def counted(ports: Ports, store: StoreId, day: int = TODAY) -> dict[ProductId, Demand]:
    found: dict[ProductId, Demand] = {}
    for name, demand in ports.demand.day(store, day):
        found[name] = found.get(name, Demand()) + demand
    return found


def test_counts_and_places_move_together(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    rows = {(TODAY, BOOT): Demand(1, 2, 300, 0), (TODAY, TENT): Demand(views=1), (TODAY - 1, TENT): Demand(views=4)}

    assert add(ports, store, [Portion("ann", "1", rows), portion("ann", "2", views=5)], {"ann": (None, "2")})
    assert counted(ports, store) == {BOOT: Demand(1, 2, 300, 5), TENT: Demand(views=1)}
    assert counted(ports, store, TODAY - 1) == {TENT: Demand(views=4)}
    assert at(ports, store, "ann", "ben") == {"ann": "2"}
    assert counted(ports, other_store) == {}


def test_what_was_counted_from_another_place_is_not_counted(ports: Ports, store: StoreId) -> None:
    assert add(ports, store, [portion("ann", "1", views=1)], {"ann": (None, "1")})

    assert not add(ports, store, [portion("ann", "1", views=1)], {"ann": (None, "1")})
    assert not add(ports, store, [portion("ben", "9", views=1)], {"ben": (None, "9"), "ann": ("0", "2")})
    assert add(ports, store, [portion("ann", "2", orders=-1)], {"ann": ("1", "2")})
    assert counted(ports, store) == {BOOT: Demand(orders=-1, views=1)}
    assert at(ports, store, "ann", "ben") == {"ann": "2"}


def test_a_place_may_move_without_a_count(ports: Ports, store: StoreId) -> None:
    assert add(ports, store, [Portion("ann", "1", {})], {"ann": (None, "1")})

    assert at(ports, store, "ann") == {"ann": "1"}


def test_of_many_who_count_one_batch_one_does(ports: Ports, store: StoreId) -> None:
    batch = [portion("ann", "1", views=1)]
    with ThreadPoolExecutor(4) as pool:
        done = Counter(pool.map(lambda _: add(ports, store, batch, {"ann": (None, "1")}), range(4)))

    assert done == {True: 1, False: 3}
    assert counted(ports, store) == {BOOT: Demand(views=1)}


def test_lists_come_back_as_they_were_saved(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    rows = (Popular(BOOT, (Demand(1, 2, 3, 4), Demand(5), Demand(views=6))), Popular(TENT, (Demand(),) * 3))
    boots = TopList("Outdoor/Böots", rows, (Demand(9), Demand(10), Demand(11)))
    overview = Overview((Arrival(TENT, NOW - DAY, 7), Arrival(BOOT, 0)), (BOOT,), {"Outdoor/Böots": 0.75}, NOW)
    assert ports.tops.overview(store) == Overview()
    ports.tops.save(store, [TopList(""), boots], overview)

    assert ports.tops.lists(store, ["", "Outdoor/Böots", "Outdoor"]) == {"": TopList(""), "Outdoor/Böots": boots}
    assert ports.tops.overview(store) == overview
    assert ports.tops.lists(other_store, [""]) == {}

    ports.tops.save(store, [TopList("")], Overview(made_at=NOW + 1))
    assert ports.tops.overview(store) == Overview(made_at=NOW + 1)


def test_a_merchants_lists_come_back_by_name_and_the_first_write_of_a_revision_stands(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    target = Target("category", "Outdoor/Böots")
    gifts = ProductList(store, "gifts", (BOOT, TENT), target, NOW, NOW + DAY, 1)
    assert ports.tops.put_named(gifts)
    assert ports.tops.put_named(ProductList(store, "aa", (), revision=1))
    assert not ports.tops.put_named(replace(gifts, products=()))
    assert not ports.tops.put_named(replace(gifts, revision=3))

    assert [one.name for one in ports.tops.named(store)] == ["aa", "gifts"]
    assert ports.tops.named(store)[1] == gifts
    assert ports.tops.put_named(replace(gifts, products=(TENT,), revision=2))
    assert ports.tops.named(store)[1].products == (TENT,)
    assert ports.tops.named(other_store) == []


def test_one_has_leave_to_roll_up_until_it_ends(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    assert ports.tops.claim(store, NOW, NOW + 10)
    assert not ports.tops.claim(store, NOW + 9, NOW + 20)
    assert ports.tops.claim(other_store, NOW, NOW + 10)
    assert ports.tops.claim(store, NOW + 10, NOW + 20)


def test_products_come_newest_first_and_a_change_moves_none(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    rows = [product(f"p{number:02d}", created_at=NOW - number // 2) for number in range(30)]
    stock(ports, store, [*rows, product("undated")])
    stock(ports, other_store, [product("foreign", created_at=NOW)])
    stock(ports, store, [product("p07", created_at=NOW - 3, price=1)])
    gone = ports.shop.stockroom.standing(store, [ProductId("p01")])[ProductId("p01")]
    assert all(ports.shop.stockroom.save(store, [Change(gone, None, NOW)]))
    wanted = [row.id for row in sorted(rows, key=lambda row: (row.created_at or 0, row.id), reverse=True)]
    wanted.remove(ProductId("p01"))

    assert [name for _, name in ports.shop.assortment.newest(store)] == wanted
    assert [name for _, name in ports.shop.assortment.newest(store, NOW - 2)] == ["p00", "p03", "p02", "p05", "p04"]
    assert ports.shop.assortment.count(store) == 29

    first = ports.shop.assortment.page(store, None, 10)
    second = ports.shop.assortment.page(store, first.cursor, 10)
    last = ports.shop.assortment.page(store, second.cursor, 10)
    assert names_of([*first.items, *second.items, *last.items]) == wanted
    assert last.cursor is None


def test_a_trail_moves_with_its_place_and_notes_lie_under_their_day(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    basket, look = Basket(NOW, (BOOT, TENT)), Look(NOW, (BOOT,), ((BOOT, (TENT, ProductId("x"))),))
    told = Portion("ann", "1", {}, notes=(basket, look))
    assert ports.demand.add(store, Addition([told], {"ann": (None, Place("1", "went by"))}, TODAY))
    again = Addition([replace(told, place="2")], {"ann": (None, Place("2", "lost"))}, TODAY)
    assert not ports.demand.add(store, again)
    assert ports.demand.add(
        store, Addition([Portion("ben", "1", {}, notes=(basket,))], {"ben": (None, Place("1"))}, 7)
    )

    assert ports.demand.places(store, ["ann", "ben"]) == {"ann": Place("1", "went by"), "ben": Place("1", "")}
    assert sorted(map(repr, ports.demand.notes(store, TODAY))) == sorted(map(repr, [basket, look]))
    assert list(ports.demand.notes(store, 7)) == [basket]
    assert list(ports.demand.notes(other_store, TODAY)) == []


def test_bonds_are_kept_and_what_is_new_counts_until_it_is_kept(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    boot, boots = Subject("bought", "boot#1"), Subject("category", "Outdoor/Böots")
    kept, more = Bonds(TODAY - 1, 4.0, {"tent/ö": 2.0, "x": 1.0}), Bonds(TODAY - 1, 8.0, {"Home": 3.0})
    new = Bonds(TODAY, 1.0, {"tent/ö": 1.0}, TODAY)
    assert ports.tops.kept_through(store) is None
    ports.tops.keep_bonds(store, {boot: kept}, None)
    assert ports.tops.kept_through(store) is None
    ports.tops.keep_bonds(store, {boots: more}, TODAY - 1)
    ports.tops.renew_bonds(store, {boot: new})

    both = ports.tops.bonds(store, [boot, boots, Subject("viewed", "boot#1")])
    assert both == {boot: kept + new, boots: more}
    assert (ports.tops.kept_bonds(store, [boot]), ports.tops.kept_through(store)) == ({boot: kept}, TODAY - 1)
    assert ports.tops.bonds(other_store, [boot]) == {}

    ports.tops.keep_bonds(store, {boot: kept + new}, TODAY)
    assert ports.tops.bonds(store, [boot])[boot].count == pytest.approx((kept + new).count)
    ports.tops.keep_bonds(store, {}, TODAY + 1)
    assert ports.tops.kept_through(store) == TODAY + 1
