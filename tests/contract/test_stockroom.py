"""Products as they are written and read: each change once, with what stood there before it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from shopbell.app.catalogue.stocking import Stocked, StockUp
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.versions import Change, Shelved, Version, change_to

from tests.contract.samples import names_of, product
from tests.contract.stocking import stock
from tests.contract.worlds import NOW, Ports

P1 = ProductId("p1")


def stock_up(ports: Ports, now: int = NOW) -> StockUp:
    return StockUp(ports.shop.stockroom, lambda: now)


def test_what_is_put_is_read(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    stock(ports, store, [product("p1"), product("p2")])

    assert ports.shop.catalogue.get_many(store, [P1, ProductId("none")]) == {P1: product("p1")}
    assert ports.shop.catalogue.get_many(other_store, [P1]) == {}


def test_five_hundred_products_are_put_and_read(ports: Ports, store: StoreId) -> None:
    products = [product(f"p{number}", created_at=NOW) for number in range(500)]
    done = stock_up(ports)(store, products, "api")

    found = ports.shop.catalogue.get_many(store, [*names_of(products), ProductId("none")])  # type: ignore[list-item]

    assert (found, done) == ({row.id: row for row in products}, Stocked(created=500))


def test_a_change_keeps_what_stood_there_before(ports: Ports, store: StoreId) -> None:
    first = product("p1", created_at=NOW)
    second, third = replace(first, price=7900, stock=0), replace(first, price=5000)
    for place, one in enumerate((first, second, third)):
        stock_up(ports, NOW + place)(store, [one], "feed")

    newest, oldest = (
        ports.shop.stockroom.versions(store, P1, None, 1),
        ports.shop.stockroom.versions(store, P1, None, 9),
    )
    after = ports.shop.stockroom.versions(store, P1, newest.cursor, 9)

    assert [(one.shelved.product, one.shelved.at, one.until) for one in oldest.items] == [
        (second, NOW + 1, NOW + 2),
        (first, NOW, NOW + 1),
    ]
    assert (*newest.items, *after.items) == oldest.items
    assert (after.cursor, oldest.cursor) == (None, None)
    assert ports.shop.stockroom.standing(store, [P1]) == {P1: Shelved(third, NOW + 2, NOW + 2, "feed")}


def test_what_does_not_differ_is_not_written(ports: Ports, store: StoreId) -> None:
    stock_up(ports)(store, [product("p1")], "api")
    before = ports.shop.stockroom.standing(store, [P1])

    done = stock_up(ports, NOW + 5)(store, [product("p1")], "feed")

    assert done == Stocked(unchanged=1)
    assert ports.shop.stockroom.standing(store, [P1]) == before
    assert ports.shop.stockroom.versions(store, P1, None, 9).items == ()


def test_of_two_writers_of_one_state_one_is_let(ports: Ports, store: StoreId) -> None:
    stock_up(ports)(store, [product("p1")], "api")
    before = ports.shop.stockroom.standing(store, [P1])[P1]
    changes = [
        Change(before, Shelved(replace(before.product, price=price), NOW + price, NOW), NOW) for price in (1, 2)
    ]

    answers = [ports.shop.stockroom.save(store, [one])[0] for one in changes]
    again = ports.shop.stockroom.save(store, [Change(None, changes[0].after, NOW)])

    assert (answers, list(again)) == ([True, False], [False])
    assert ports.shop.catalogue.get_many(store, [P1])[P1].price == 1
    assert len(ports.shop.stockroom.versions(store, P1, None, 9).items) == 1


def test_writers_side_by_side_lose_nothing_and_repeat_nothing(ports: Ports, store: StoreId) -> None:
    stock_up(ports)(store, [product("p1", price=1)], "api")

    def write(price: int) -> Stocked:
        return stock_up(ports, NOW + price)(store, [product("p1", price=price)], "api")

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(write, (2, 3, 4)))

    past = ports.shop.stockroom.versions(store, P1, None, 9).items
    stands = ports.shop.stockroom.standing(store, [P1])[P1]
    assert sum(one.price_changed for one in done) == len(past) == 3
    assert {one.shelved.product.price for one in past} | {stands.product.price} == {1, 2, 3, 4}


def test_a_product_is_removed_once_and_may_come_back(ports: Ports, store: StoreId) -> None:
    stock_up(ports)(store, [product("p1")], "api")
    before = ports.shop.stockroom.standing(store, [P1])[P1]
    stock_up(ports, NOW + 1).remove(store, P1)
    with pytest.raises(NotFound):
        stock_up(ports, NOW + 2).remove(store, P1)

    assert ports.shop.catalogue.get_many(store, [P1]) == {}
    assert [one.shelved for one in ports.shop.stockroom.versions(store, P1, None, 9).items] == [before]
    assert stock_up(ports, NOW + 3)(store, [product("p1")], "api") == Stocked(created=1)
    assert ports.shop.stockroom.standing(store, [P1])[P1].revision > before.revision
    assert ports.shop.stockroom.standing(store, [P1])[P1].product.created_at == before.product.created_at


def test_what_a_deletion_took_away_is_known_of_those_that_were_deleted(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    names = [ProductId(f"p{number}") for number in range(3)]
    stock_up(ports)(store, [product(name) for name in names], "feed")
    before = ports.shop.stockroom.standing(store, names[:1])[names[0]]
    for name in names[:2]:
        stock_up(ports, NOW + 7).remove(store, name)

    gone = ports.shop.stockroom.gone(store, names)

    assert gone == {
        names[0]: Version(before, NOW + 7),
        names[1]: Version(replace(before, product=replace(before.product, id=names[1])), NOW + 7),
    }
    assert ports.shop.stockroom.gone(other_store, names) == {}


def test_when_something_was_said_is_kept(ports: Ports, store: StoreId) -> None:
    change = change_to(product("p1"), None, "feed", NOW, said=NOW - 5)
    assert change is not None
    assert list(ports.shop.stockroom.save(store, [change])) == [True]

    stands = ports.shop.stockroom.standing(store, [P1])[P1]
    assert (stands.at, stands.as_of) == (NOW, NOW - 5)
