"""The use cases of coupons over the ports of management."""

from shopbell.app.coupons.exporting import StartCodeExport
from shopbell.app.coupons.filling import AddCodes
from shopbell.app.coupons.pools import CreatePool, DeletePool, EditPool, ReadPools
from shopbell.app.delivery.promising import Promise, Promises, Promising
from shopbell.app.jobs import StartJob
from shopbell.domain.runs import Run
from shopbell.domain.store import Store
from shopbell.runtime.http.coupon_calls import CouponCalls
from shopbell.runtime.http.management_ports import Ports


def coupons(ports: Ports) -> CouponCalls:
    pools, codes = ports.coupons.pools, ports.coupons.codes
    start = StartJob(ports.work.jobs, ports.queues.rebuild, ports.random, ports.now)
    return CouponCalls(
        ReadPools(pools, codes, ports.counters, ports.now),
        CreatePool(pools, ports.random, ports.now),
        EditPool(pools, ports.now),
        DeletePool(pools, ports.scenarios, ports.now),
        AddCodes(pools, codes, ports.listing.uploads, start, ports.random),
        StartCodeExport(pools, ports.counters, start),
    )


def promising(ports: Ports) -> Promising:
    def promise(run: Run, store: Store) -> Promise | None:
        """Looks anew each time: whoever has just filled a pool asks whether its codes would go out."""
        promises = Promises(ports.coupons.pools, ports.coupons.codes, ports.now)
        return promises(run, store)

    return promise
