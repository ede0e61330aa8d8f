"""Coupons: what a message asks of a pool of codes, the pool itself, and one code in the hands of one visitor."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant, format_instant
from shopbell.domain.events import Json
from shopbell.domain.ids import PoolId, RunId, StoreId, SubscriptionId, VisitorId

SPECIMEN: Final = "SPECIMEN00"
"""Stands for a code where none is given away: in trials, tests and explanations."""
KEPT: Final[Duration] = 30 * DAY
"""How long a code is remembered after it ran out."""


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


@dataclass(frozen=True, slots=True)
class CouponPool:
    """Codes that are given away one by one. `discount` in the shop's own words, such as "10 %"."""

    store: StoreId
    id: PoolId
    name: str
    created_at: Instant
    changed_at: Instant
    revision: int = 1
    discount: str = ""
    expires_at: Instant | None = None
    """From then on no code of it is given away, and none is worth anything."""
    low_stock_percent: int = 10
    """With no more than this share of its codes left it is said to be low."""
    title: str | None = None
    """Of the pop-up on the shop's page; None: words of ours."""
    body: str | None = None
    archived: bool = False

    def is_open(self, now: Instant) -> bool:
        return not self.archived and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Stock:
    """How many codes a pool was given, how many went out, and how many came back in an order."""

    codes: int = 0
    assigned: int = 0
    redeemed: int = 0

    @property
    def free(self) -> int:
        return max(self.codes - self.assigned, 0)

    def is_low(self, percent: int) -> bool:
        return self.free * 100 <= self.codes * percent

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> "Stock":
        return cls(*(counts.get(name, 0) for name in ("codes", "assigned", "redeemed")))


@dataclass(frozen=True, slots=True)
class Claim:
    """One code for one message to one visitor; `mark` is the same at every try and on every device."""

    store: StoreId
    visitor: VisitorId
    mark: bytes
    pool: PoolId
    run: RunId
    source_id: str
    at: Instant
    expires_at: Instant
    devices: frozenset[SubscriptionId] = frozenset()
    """Those that are about to be posted to."""
    every: Duration | None = field(default=None, compare=False)
    """Asked for, and not kept."""


@dataclass(frozen=True, slots=True)
class Held:
    """A code that is a visitor's. Of `claim.devices`: those that have it, or may have it."""

    claim: Claim
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a message may say of its coupon."""

    code: str = field(repr=False)
    expires_at: Instant
    discount: str = ""
    held: bool = False
    """Whether the code is the visitor's by now."""

    @property
    def named(self) -> Mapping[str, Json]:
        """As templates know it."""
        return {"code": self.code, "expires_at": format_instant(self.expires_at), "discount": self.discount}


@dataclass(frozen=True, slots=True)
class NoCoupon:
    """`reason`, for the counter: no_pool, over, empty, cart or recent."""

    reason: str


@dataclass(frozen=True, slots=True)
class Past:
    """What a visitor has had: the code of this very message, and when the scenario's last one was given."""

    held: Held | None = None
    last_at: Instant | None = None


NOTHING: Final = Past()


def either(pasts: Iterable[Past]) -> Past:
    """Of one person under several names: the first code that one of them holds, and the latest that any was given."""
    known = list(pasts)
    held = next((one.held for one in known if one.held is not None), None)
    return Past(held, max((one.last_at for one in known if one.last_at is not None), default=None))


def offered(
    terms: CouponTerms, pool: CouponPool | None, past: Past, cart: int, now: Instant, *, stocked: bool
) -> Offer | NoCoupon:
    """What may be promised now; a code that is the visitor's stays so until it runs out. `cart` in minor units."""
    if past.held is not None:
        until = past.held.claim.expires_at
        discount = pool.discount if pool else ""
        return Offer(past.held.code, until, discount, held=True) if now < until else NoCoupon("over")
    if pool is None or pool.archived:
        return NoCoupon("no_pool")
    if (reason := _refusal(terms, pool, past, cart, now)) is not None:
        return NoCoupon(reason)
    return Offer(SPECIMEN, runs_out(terms, pool, now), pool.discount) if stocked else NoCoupon("empty")


def _refusal(terms: CouponTerms, pool: CouponPool, past: Past, cart: int, now: Instant) -> str | None:
    if not pool.is_open(now):
        return "over"
    if terms.minimum is not None and cart < terms.minimum:
        return "cart"
    recent = terms.every is not None and past.last_at is not None and now - past.last_at < terms.every
    return "recent" if recent else None


def runs_out(terms: CouponTerms, pool: CouponPool, now: Instant) -> Instant:
    own = now + terms.ttl
    return own if pool.expires_at is None else min(own, pool.expires_at)


def counted(pool: PoolId) -> str:
    """Subject of the counters of a pool."""
    return f"coupons:{pool}"
