"""The pools that a scenario takes its codes from: there, open, and with codes left."""

from collections.abc import Iterator
from dataclasses import dataclass

from shopbell.app.coupons.pools import warnings
from shopbell.domain.clock import Clock
from shopbell.domain.coupons import Stock, counted
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import PoolId, StoreId
from shopbell.domain.scenarios.coupons import NO_POOL, POOL
from shopbell.domain.scenarios.plan import Plan
from shopbell.ports import Counters, CouponPools


@dataclass(frozen=True, slots=True)
class CheckPools:
    pools: CouponPools
    counters: Counters
    now: Clock

    def __call__(self, store: StoreId, plan: Plan) -> None:
        """Rejected for a pool that the store has not."""
        for name in _named(plan) - {NO_POOL}:
            row = self.pools.get(store, name)
            if row is None or row.archived:
                raise Rejected.at(f"parameters.{POOL}", "is no pool of this store")

    def warnings(self, store: StoreId, plan: Plan) -> Iterator[str]:
        for name in sorted(_named(plan)):
            if name == NO_POOL:
                yield "no coupon_pool is named: the message that must bring a code is skipped"
                continue
            row = self.pools.get(store, name)
            if row is not None:
                stock = Stock.of(self.counters.total(store, counted(name)))
                yield from (f"the coupon pool {name}: {one}" for one in warnings(row, stock, self.now()))


def _named(plan: Plan) -> frozenset[PoolId]:
    return frozenset(step.coupon.pool for step in plan.steps if step.enabled and step.coupon)
