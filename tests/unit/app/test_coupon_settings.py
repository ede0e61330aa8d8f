"""Scenarios that bring codes: a pool that is not there is refused, one that has little to give is warned of."""

import pytest
from shopbell.adapters.memory.coupons import MemoryCouponPools, MemoryCoupons
from shopbell.app.scenarios.enable import ScenarioChange
from shopbell.domain.coupons import CouponPool
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import PoolId

from tests.unit.app.giving import pool
from tests.unit.app.shop import NOON, STORE, Shop


def warned(shop: Shop, name: str = "birthday", **parameters: object) -> list[str]:
    change = ScenarioChange(True, {"coupon_pool": "spring", **parameters})  # type: ignore[dict-item]
    return [one for one in shop.enable(STORE, name, change).warnings if "coupon" in one]


def faults(shop: Shop, name: str, **parameters: object) -> list[str]:
    with pytest.raises(Rejected) as refused:
        shop.enable(STORE, name, ScenarioChange(True, parameters))  # type: ignore[arg-type]
    return [problem.path for problem in refused.value.problems]


def test_a_pool_that_is_not_there_is_refused() -> None:
    shop = Shop()
    assert faults(shop, "birthday", coupon_pool="spring") == ["parameters.coupon_pool"]
    pool(shop.world, STORE, 3, archived=True)
    assert faults(shop, "birthday", coupon_pool="spring") == ["parameters.coupon_pool"]
    assert (STORE, "birthday") not in shop.world.scenarios


def test_a_code_with_a_message_that_is_not_sent_is_refused() -> None:
    shop = Shop()
    pool(shop.world, STORE, 3)
    assert faults(shop, "churn", coupon_pool="spring", coupon_step=3) == ["parameters.coupon_step"]
    assert warned(shop, "churn", coupon_step=1) == []


@pytest.mark.parametrize(
    ("codes", "changes", "said"),
    [
        (20, {}, []),
        (0, {}, ["the coupon pool spring: it has no code left"]),
        (20, {"low_stock_percent": 100}, ["the coupon pool spring: few of its codes are left"]),
        (20, {"expires_at": NOON}, ["the coupon pool spring: it is over: no code of it is given away any more"]),
    ],
    ids=["full", "empty", "low", "over"],
)
def test_a_pool_that_has_little_to_give_is_warned_of(codes: int, changes: dict[str, int], said: list[str]) -> None:
    shop = Shop()
    pool(shop.world, STORE, codes, **changes)
    assert warned(shop) == said


def test_a_must_without_a_pool_is_warned_of() -> None:
    shop = Shop()
    change = ScenarioChange(True, {})
    said = shop.enable(STORE, "abandoned_cart", change).warnings
    assert "no coupon_pool is named: the message that must bring a code is skipped" in said


def test_another_stores_pool_is_no_pool() -> None:
    shop = Shop()
    theirs = type(STORE)("store99999")
    MemoryCouponPools(shop.world).save(CouponPool(theirs, PoolId("spring"), "Spring", 0, 0), expected=None)
    MemoryCoupons(shop.world).add(theirs, PoolId("spring"), "u", ["AAA"])
    assert faults(shop, "birthday", coupon_pool="spring") == ["parameters.coupon_pool"]
