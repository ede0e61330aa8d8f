"""Coupons: what a message asks of a pool of codes, the pool itself, and one code in the hands of one visitor."""

from dataclasses import dataclass

from shopbell.domain.clock import Duration
from shopbell.domain.ids import PoolId


@dataclass(frozen=True, slots=True)
class CouponTerms:
    """Which pool the message's code comes from, and when there is one."""

    pool: PoolId
    ttl: Duration
    """How long the code is the visitor's, from the moment it is assigned; never longer than the pool."""
    required: bool = True
    """Without a code the message is `skipped:no_coupon`; else it goes without one."""
    minimum: int | None = None
    """Minor units of the store's currency that the visitor's cart must be worth, else there is no code for it."""
    every: Duration | None = None
    """At most one code of the scenario for a visitor within so long; None: one for each of its messages."""
