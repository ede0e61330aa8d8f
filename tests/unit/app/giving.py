"""What gives codes away in memory."""

from shopbell.adapters.memory.aliases import MemoryAliases
from shopbell.adapters.memory.coupons import MemoryCouponPools, MemoryCoupons
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.delivery.promising import Promises
from shopbell.app.delivery.vouchers import Vouchers
from shopbell.domain.clock import Clock
from shopbell.domain.coupons import CouponPool
from shopbell.domain.ids import PoolId, StoreId

SPRING = PoolId("spring")


def giving(world: MemoryWorld, now: Clock) -> tuple[Promises, Vouchers]:
    coupons = MemoryCoupons(world)
    promises = Promises(MemoryCouponPools(world), coupons, now)
    return promises, Vouchers(coupons, promises, now, MemoryAliases(world))


def pool(world: MemoryWorld, store: StoreId, codes: int, **changes: object) -> CouponPool:
    """Of so many codes: CODE000, CODE001 and so on."""
    made = CouponPool(store, SPRING, "Spring", 0, 0, discount="10 %", **changes)  # type: ignore[arg-type]
    MemoryCouponPools(world).save(made, expected=None)
    MemoryCoupons(world).add(store, SPRING, "upload", [f"CODE{number:03d}" for number in range(codes)])
    return made
