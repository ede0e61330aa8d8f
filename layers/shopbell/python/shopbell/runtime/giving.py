"""The wiring of coupons, for every function that promises codes or hands them out."""

from secrets import token_bytes

from shopbell.adapters.dynamo.coupons.claims import DynamoCoupons
from shopbell.adapters.dynamo.coupons.pools import DynamoCouponCodes, DynamoCouponPools
from shopbell.app.delivery.promising import Promises
from shopbell.app.delivery.vouchers import Vouchers
from shopbell.ports import Aliases
from shopbell.runtime import clients, clock


def vouchers(config_table: str, runs_table: str, aliases: Aliases) -> Vouchers:
    """One for a worker: it remembers pools for a minute."""
    dynamo = clients.dynamo()
    promises = Promises(DynamoCouponPools(dynamo, config_table), DynamoCouponCodes(dynamo, runs_table), clock.now)
    return Vouchers(DynamoCoupons(dynamo, runs_table, token_bytes), promises, clock.now, aliases)
