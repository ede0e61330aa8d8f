"""The calls about coupons, and the least role for each."""

from typing import Final

from shopbell.domain.incoming.coupons import CodesIn, PoolIn, PoolPatchIn
from shopbell.runtime.http import coupon_answers as out
from shopbell.runtime.http.life_answers import JobStartedOut
from shopbell.runtime.http.management_answers import ListOut
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.reading import PAGE

_VIEWER: Final = Managed("viewer")
_MARKETER: Final = Managed("marketer")
_POOLS: Final = "/v1/coupon-pools"
_POOL: Final = "/v1/coupon-pools/{pool_id}"
_TAG: Final = "Coupons"
STATES: Final = ("free", "assigned", "redeemed")

OPERATIONS: Final = (
    Operation(
        "listCouponPools",
        "GET",
        _POOLS,
        "The store's pools of codes",
        _TAG,
        _VIEWER,
        answer=ListOut[out.CouponPoolOut],
        query=PAGE,
    ),
    Operation(
        "createCouponPool",
        "POST",
        _POOLS,
        "Make a pool of codes",
        _TAG,
        _MARKETER,
        201,
        PoolIn,
        out.CouponPoolOut,
        errors=(409, 413),
        takes=("idempotency-key",),
        description="It has no code yet: POST them to its `codes`.",
    ),
    Operation("getCouponPool", "GET", _POOL, "One pool of codes", _TAG, _VIEWER, answer=out.CouponPoolOut),
    Operation(
        "editCouponPool",
        "PATCH",
        _POOL,
        "Change a pool of codes",
        _TAG,
        _MARKETER,
        200,
        PoolPatchIn,
        out.CouponPoolOut,
        errors=(409, 412, 413),
        takes=("if-match",),
        description="What visitors have keeps the expiry that it was given with.",
    ),
    Operation(
        "deleteCouponPool",
        "DELETE",
        _POOL,
        "Put a pool of codes away",
        _TAG,
        _MARKETER,
        204,
        errors=(409, 412),
        takes=("if-match",),
        description="409 with the scenarios that are on and take codes from it. Its id is taken for good.",
    ),
    Operation(
        "listCouponCodes",
        "GET",
        f"{_POOL}/codes",
        "The codes of a pool",
        _TAG,
        _MARKETER,
        answer=ListOut[out.CouponCodeOut],
        query={
            **PAGE,
            "state": {"type": "string", "enum": list(STATES)},
            "format": {"type": "string", "enum": ["json", "csv"], "default": "json"},
        },
        also=((202, JobStartedOut),),
        description=(
            "`format=csv` begins a job that writes all of them into a file, for the shop that is to take them. With "
            "`state`, a page may be short and still not the last."
        ),
    ),
    Operation(
        "addCouponCodes",
        "POST",
        f"{_POOL}/codes",
        "Put codes into a pool, or have them made",
        _TAG,
        _MARKETER,
        200,
        CodesIn,
        out.CodesAddedOut,
        errors=(409, 413),
        takes=("idempotency-key",),
        also=((202, out.CodesComingOut),),
        description=(
            "Up to 5 MB of `codes`, of `csv` (also as a body of its own, text/csv), or up to 100,000 made from a "
            "pattern. Letter case tells no codes apart. More than 1,000 become a job."
        ),
    ),
)
