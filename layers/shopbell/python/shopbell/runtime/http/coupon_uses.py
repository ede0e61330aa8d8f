"""The use cases of coupons over the ports of management."""

from shopbell.app.coupons.exporting import StartCodeExport
from shopbell.app.coupons.filling import AddCodes
from shopbell.app.coupons.pools import CreatePool, DeletePool, EditPool, ReadPools
from shopbell.app.jobs import StartJob
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
