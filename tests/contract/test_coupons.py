"""Coupons: each code goes to one message, whoever asks at once, and comes back only when nobody can have seen it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from shopbell.domain.clock import DAY
from shopbell.domain.codes import Redemption
from shopbell.domain.coupons import Claim, CouponPool, Held, Stock, counted
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import PoolId, RunId, StoreId, SubscriptionId, VisitorId

from tests.contract.samples import ANN, BEN
from tests.contract.worlds import NOW, Ports

SPRING, SUMMER = PoolId("spring"), PoolId("summer")
PHONE, DESK = SubscriptionId("phone"), SubscriptionId("desk")
MARK, OTHER = b"12345678", b"87654321"


def claim(store: StoreId, visitor: VisitorId = ANN, mark: bytes = MARK, **changes: object) -> Claim:
    made = Claim(store, visitor, mark, SPRING, RunId("r1"), "birthday", NOW, NOW + DAY, frozenset({PHONE}))
    return replace(made, **changes)  # type: ignore[arg-type]


def taken(ports: Ports, one: Claim) -> Held:
    (held,) = ports.coupons.claims.claim([one])
    assert held is not None
    return held


def stock(ports: Ports, store: StoreId) -> Stock:
    return Stock.of(ports.counters.total(store, counted(SPRING)))


def codes_of(ports: Ports, store: StoreId) -> dict[str, VisitorId | None]:
    found = ports.coupons.codes.page(store, SPRING, None, 1_000)
    return {one.code: one.visitor for one in found.items}


def test_a_pool_comes_back_as_it_was_saved_and_only_over_the_revision_that_was_read(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    pool = CouponPool(store, SPRING, "Spring", NOW, NOW, discount="10 %", expires_at=NOW + DAY, title="Hi")
    assert ports.coupons.pools.save(pool, expected=None)
    assert not ports.coupons.pools.save(pool, expected=None)
    changed = replace(pool, revision=2, archived=True)
    assert ports.coupons.pools.save(changed, expected=1)
    assert not ports.coupons.pools.save(changed, expected=1)
    assert ports.coupons.pools.get(store, SPRING) == changed
    assert ports.coupons.pools.save(CouponPool(store, PoolId("a"), "A", NOW, NOW), expected=None)
    assert [row.id for row in ports.coupons.pools.all(store)] == ["a", "spring"]
    assert ports.coupons.pools.get(other_store, SPRING) is None


def test_a_code_is_taken_in_once_however_it_is_spelled(ports: Ports, store: StoreId) -> None:
    assert ports.coupons.codes.add(store, SPRING, "u1", ["AAA", "BBB"]) == 2
    assert ports.coupons.codes.add(store, SPRING, "u2", ["bbb", "CCC"]) == 1
    assert ports.coupons.codes.add(store, SPRING, "u1", ["AAA", "BBB"]) == 2, "the same upload says the same again"
    assert stock(ports, store) == Stock(codes=3)
    assert codes_of(ports, store) == {"AAA": None, "BBB": None, "CCC": None}
    assert not ports.coupons.codes.any_free(store, SUMMER)
    assert ports.coupons.codes.any_free(store, SPRING)


def test_many_codes_are_paged_through_without_a_gap(ports: Ports, store: StoreId) -> None:
    codes = [f"CODE{number:03d}" for number in range(120)]
    assert ports.coupons.codes.add(store, SPRING, "u1", codes) == 120
    found, cursor = list[str](), None
    while True:
        page = ports.coupons.codes.page(store, SPRING, cursor, 50)
        found += [one.code for one in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(found) == codes


def test_a_cursor_of_another_list_is_refused(ports: Ports, store: StoreId) -> None:
    with pytest.raises(Rejected):
        ports.coupons.codes.page(store, SPRING, "nonsense", 5)


def test_a_message_has_one_code_at_every_try_and_on_every_device(ports: Ports, store: StoreId) -> None:
    ports.coupons.codes.add(store, SPRING, "u1", ["AAA", "BBB", "CCC"])
    first = taken(ports, claim(store))
    again = taken(ports, claim(store, devices=frozenset({DESK}), at=NOW + 5, run=RunId("r2")))
    assert again == replace(first, claim=replace(first.claim, devices=frozenset({PHONE, DESK})))
    assert taken(ports, claim(store, mark=OTHER)).code != first.code
    assert taken(ports, claim(store, BEN)).code != first.code
    assert ports.coupons.claims.claim([claim(store, VisitorId("cay"))]) == [None]
    assert not ports.coupons.codes.any_free(store, SPRING)
    assert stock(ports, store) == Stock(codes=3, assigned=3)
    past = ports.coupons.claims.past(store, "birthday", [(ANN, MARK), (VisitorId("cay"), MARK)])
    assert past[ANN, MARK].held == again
    assert past[VisitorId("cay"), MARK].held is None
    assert {one.code for one in ports.coupons.holders.of(store, ANN)} == {first.code, *_others(ports, store, first)}


def _others(ports: Ports, store: StoreId, first: Held) -> set[str]:
    return {code for code, who in codes_of(ports, store).items() if who == ANN} - {first.code}


def test_who_asks_at_once_gets_different_codes_and_none_is_lost(ports: Ports, store: StoreId) -> None:
    ports.coupons.codes.add(store, SPRING, "u1", [f"CODE{number:03d}" for number in range(70)])
    people = [[claim(store, VisitorId(f"v{part}-{number}")) for number in range(30)] for part in range(3)]
    with ThreadPoolExecutor(3) as pool:
        found = [one for part in pool.map(ports.coupons.claims.claim, people) for one in part]
    codes = [one.code for one in found if one is not None]
    assert len(codes) == len(set(codes)) == 70
    assert stock(ports, store) == Stock(codes=70, assigned=70)


def test_the_same_message_asked_for_at_once_gets_one_code(ports: Ports, store: StoreId) -> None:
    ports.coupons.codes.add(store, SPRING, "u1", [f"CODE{number:03d}" for number in range(20)])
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: taken(ports, claim(store)).code, range(4)))
    assert len(set(found)) == 1
    assert stock(ports, store).assigned == 1


def test_a_code_goes_back_when_no_device_may_have_it_and_only_then(ports: Ports, store: StoreId) -> None:
    ports.coupons.codes.add(store, SPRING, "u1", ["AAA"])
    held = taken(ports, claim(store, devices=frozenset({PHONE, DESK})))
    assert not ports.coupons.claims.give_back(held)
    ports.coupons.claims.unpost(held, frozenset({PHONE}))
    assert not ports.coupons.claims.give_back(held)
    ports.coupons.claims.unpost(held, frozenset({DESK}))
    assert ports.coupons.claims.give_back(held)
    assert not ports.coupons.claims.give_back(held)
    assert not ports.coupons.claims.post(held, frozenset({DESK}))
    assert stock(ports, store) == Stock(codes=1)
    assert taken(ports, claim(store, BEN)).code == "AAA"


def test_a_code_that_an_order_brought_does_not_go_back(ports: Ports, store: StoreId) -> None:
    ports.coupons.codes.add(store, SPRING, "u1", ["AAA"])
    held = taken(ports, claim(store, devices=frozenset()))
    assert ports.coupons.codes.redeem(store, [SPRING], Redemption("AAA", "o1", BEN, NOW)) == [SPRING]
    assert not ports.coupons.claims.give_back(held)
    assert not ports.coupons.codes.any_free(store, SPRING)


def test_a_scenario_gives_a_visitor_one_code_within_so_long(ports: Ports, store: StoreId) -> None:
    ports.coupons.codes.add(store, SPRING, "u1", ["AAA", "BBB", "CCC"])
    first = taken(ports, claim(store, every=60 * DAY))
    assert taken(ports, claim(store, every=60 * DAY)) == first
    soon = claim(store, mark=OTHER, every=60 * DAY, at=NOW + 59 * DAY)
    assert ports.coupons.claims.claim([soon]) == [None]
    assert ports.coupons.claims.past(store, "birthday", [(ANN, OTHER)])[ANN, OTHER].last_at == NOW
    assert taken(ports, replace(soon, source_id="churn", mark=b"12121212"))
    assert taken(ports, replace(soon, at=NOW + 60 * DAY))


def test_a_code_that_went_back_counts_for_nothing(ports: Ports, store: StoreId) -> None:
    ports.coupons.codes.add(store, SPRING, "u1", ["AAA"])
    assert ports.coupons.claims.give_back(taken(ports, claim(store, every=60 * DAY, devices=frozenset())))
    assert taken(ports, claim(store, mark=OTHER, every=60 * DAY, at=NOW + 1)).code == "AAA"


def test_a_code_is_redeemed_once_by_the_first_order_that_names_it(ports: Ports, store: StoreId) -> None:
    ports.coupons.codes.add(store, SPRING, "u1", ["AAA", "BBB"])
    held = taken(ports, claim(store))
    assert not ports.coupons.holders.is_spent(held)
    code = held.code
    first = Redemption(code.lower(), "o1", BEN, NOW)
    pools = [SPRING, SUMMER]
    assert ports.coupons.codes.redeem(store, pools, first) == [SPRING]
    assert ports.coupons.codes.redeem(store, pools, first) == [SPRING], "the same again says the same"
    assert ports.coupons.codes.redeem(store, pools, replace(first, order="o2")) == []
    (held,) = ports.coupons.holders.of(store, ANN)
    assert ports.coupons.holders.is_spent(held)
    assert ports.coupons.codes.redeem(store, pools, Redemption("CCC", "o3", BEN, NOW)) == []
    assert stock(ports, store) == Stock(codes=2, assigned=1, redeemed=1)


def test_a_code_that_an_order_brings_before_anybody_was_given_it_is_given_to_nobody(
    ports: Ports, store: StoreId
) -> None:
    ports.coupons.codes.add(store, SPRING, "u1", ["AAA"])
    order = Redemption("aaa", "o1", BEN, NOW)
    assert ports.coupons.codes.redeem(store, [SPRING], order) == [SPRING]
    assert ports.coupons.codes.redeem(store, [SPRING], order) == [SPRING], "the same again says the same"
    assert ports.coupons.codes.redeem(store, [SPRING], replace(order, order="o2")) == []
    assert not ports.coupons.codes.any_free(store, SPRING)
    assert ports.coupons.claims.claim([claim(store)]) == [None]
    (code,) = ports.coupons.codes.page(store, SPRING, None, 10).items
    assert (code.state, code.visitor) == ("redeemed", None)
    assert stock(ports, store) == Stock(codes=1, assigned=1, redeemed=1)
