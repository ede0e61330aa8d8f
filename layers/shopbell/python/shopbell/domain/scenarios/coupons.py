"""The parameters of a scenario whose message may bring a code, and what they ask of the pool."""

from typing import Final

from shopbell.domain.clock import DAY, HOUR, parse_duration
from shopbell.domain.coupons import CouponTerms
from shopbell.domain.ids import PoolId
from shopbell.domain.scenarios.kinds import Flag, Name, Whole
from shopbell.domain.scenarios.moments import Length
from shopbell.domain.scenarios.parameters import Parameter, Values

POOL: Final = "coupon_pool"
STEP: Final = "coupon_step"
NO_POOL: Final = PoolId("(none)")
"""Where a code is a must and no pool is named; no pool can be called so."""
_MAX_MONEY: Final = 10**12


def coupon_parameters(
    ttl: str = "P7D", *, step: int | None = None, required: bool = False, every: str | None = None, cart: bool = False
) -> tuple[Parameter, ...]:
    """`step`: which message of a series brings it, from 1; None: there is but one message.

    `cart`: whether it may ask for a cart of some worth. `every`: how often at most one visitor gets one.
    """
    place: tuple[Parameter, ...] = ()
    if step is not None:
        place = (Whole(STEP, step, 1, 10, "Which message of the series brings the code, from 1."),)
    worth: tuple[Parameter, ...] = ()
    if cart:
        least = "Only for a cart that is worth at least so many minor units."
        worth = (Whole("coupon_min_cart", None, 0, _MAX_MONEY, least, none=True),)
    often = "A visitor gets at most one code of it within so long; null: one with each such message."
    return (
        Name(POOL, "The pool that its codes come from; null: it brings none."),
        *place,
        Length("coupon_ttl", ttl, HOUR, 366 * DAY, "How long a code is the visitor's; never longer than its pool's."),
        Flag("coupon_required", required, "Without a code the message is skipped; else it goes without one."),
        *worth,
        Length("coupon_every", every, DAY, 366 * DAY, often, none=True),
    )


def coupon_of(values: Values, place: int) -> CouponTerms | None:
    """What the message at that place of the series, from 0, asks for; None: it brings no code."""
    pool = values.all.get(POOL)
    if not isinstance(pool, str) or values.all.get(STEP, 1) != place + 1:
        return None
    every, least = values.all.get("coupon_every"), values.all.get("coupon_min_cart")
    return CouponTerms(
        pool=PoolId(pool),
        ttl=values.length("coupon_ttl"),
        required=values.is_on("coupon_required"),
        minimum=least if isinstance(least, int) else None,
        every=parse_duration(every) if isinstance(every, str) else None,
    )
