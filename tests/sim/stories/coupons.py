"""The pools of a story, and how many of their codes went out and came back by its end."""

from shopbell.adapters.memory.coupons import MemoryCouponPools, MemoryCoupons
from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.coupons.redeeming import Redeem
from shopbell.domain.clock import Clock, parse_instant
from shopbell.domain.coupons import CouponPool, Stock, counted
from shopbell.domain.ids import PoolId

from tests.sim.stories.story import Story
from tests.unit.app.shop import STORE, Shop


def fill_pools(world: MemoryWorld, story: Story) -> None:
    for name, said in story.pools.items():
        until = None if said.expires_at is None else parse_instant(said.expires_at)[0]
        pool = CouponPool(STORE, PoolId(name), name.title(), 0, 0, discount=said.discount, expires_at=until)
        MemoryCouponPools(world).save(pool, expected=None)
        MemoryCoupons(world).add(STORE, pool.id, "story", said.codes)


def redeeming(shop: Shop, now: Clock) -> Redeem:
    pools, codes = MemoryCouponPools(shop.world), MemoryCoupons(shop.world)
    return Redeem(pools, codes, shop.events, shop.stores.get, now)


def check_stock(world: MemoryWorld, story: Story) -> None:
    for name, (assigned, redeemed) in story.stock.items():
        stock = Stock.of(MemoryCounters(world).total(STORE, counted(PoolId(name))))
        assert (stock.assigned, stock.redeemed) == (assigned, redeemed), f"{name}: {stock}"
