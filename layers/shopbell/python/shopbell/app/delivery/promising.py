"""What a message may promise of a coupon, asked at the gates: the pool is read once a minute and worker."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from shopbell.app.delivery.letters import Addressee
from shopbell.domain.clock import MINUTE, SECOND, Clock, Duration, Instant
from shopbell.domain.coupons import NOTHING, CouponPool, CouponTerms, NoCoupon, Offer, offered
from shopbell.domain.ids import PoolId, StoreId
from shopbell.domain.runs import Run
from shopbell.domain.store import Store
from shopbell.domain.visits.cart import cart_of
from shopbell.ports.coupons import CouponCodes, CouponPools

POOL_LASTS: Final[Duration] = MINUTE
EMPTY_LASTS: Final[Duration] = 30 * SECOND
"""A pool that had no code left is asked again after so long: codes may come, and come back."""


@dataclass(frozen=True, slots=True)
class Promise:
    """The terms of a run with the pool as it stands."""

    terms: CouponTerms
    pool: CouponPool | None
    store: Store
    now: Instant
    stocked: Callable[[], bool]
    trial: bool = False
    """Nothing is given away: only whether the pool is open is asked."""

    def __call__(self, to: Addressee) -> Offer | NoCoupon:
        """Raises Unavailable."""
        terms, past = self.terms, to.past
        if self.trial:
            terms, past = CouponTerms(terms.pool, terms.ttl), NOTHING
        cart = cart_of(to.profile.cart if to.profile else b"").value(self.store.currency)
        return offered(terms, self.pool, past, cart, self.now, stocked=past.held is not None or self.stocked())


Promising = Callable[[Run, Store], Promise | None]


def promise_nothing(_: Run, __: Store) -> None:
    """Where no message brings a code."""


@dataclass(frozen=True, slots=True)
class Promises:
    pools: CouponPools
    codes: CouponCodes
    now: Clock
    _pools: dict[tuple[StoreId, PoolId], tuple[Instant, CouponPool | None]] = field(default_factory=dict)
    _stock: dict[tuple[StoreId, PoolId], tuple[Instant, bool]] = field(default_factory=dict)

    def __call__(self, run: Run, store: Store) -> Promise | None:
        """None: it brings no codes."""
        terms = run.terms.coupon
        if terms is None:
            return None
        name = (store.id, terms.pool)
        return Promise(
            terms, self._pool(name), store, self.now(), lambda: self._stocked(name), trial=run.source == "test"
        )

    def found_empty(self, run: Run) -> None:
        """A claim came back without a code."""
        if run.terms.coupon is not None:
            self._stock[run.store, run.terms.coupon.pool] = (self.now() + EMPTY_LASTS, False)

    def _pool(self, name: tuple[StoreId, PoolId]) -> CouponPool | None:
        known = self._pools.get(name)
        if known is None or known[0] <= self.now():
            known = self._pools[name] = (self.now() + POOL_LASTS, self.pools.get(*name))
        return known[1]

    def _stocked(self, name: tuple[StoreId, PoolId]) -> bool:
        known = self._stock.get(name)
        if known is None or known[0] <= self.now():
            known = self._stock[name] = (self.now() + EMPTY_LASTS, self.codes.any_free(*name))
        return known[1]
