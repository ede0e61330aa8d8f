"""Coupons: the pools, their codes as their owner sees them, and codes in the hands of visitors."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shopbell.domain.codes import Code, Redemption
from shopbell.domain.coupons import Claim, CouponPool, Held, Past
from shopbell.domain.ids import PoolId, StoreId, SubscriptionId, VisitorId
from shopbell.ports.paging import Page

Message = tuple[VisitorId, bytes]
"""One message to one visitor, by its mark."""


class CouponPools(Protocol):
    def get(self, store: StoreId, pool: PoolId) -> CouponPool | None:
        """Strongly consistent; one that is archived too."""

    def all(self, store: StoreId) -> Sequence[CouponPool]:
        """In the order of their ids, archived ones too."""

    def save(self, row: CouponPool, *, expected: int | None) -> bool:
        """`expected` is the revision that was read, None to create; False: someone else was faster."""


class CouponCodes(Protocol):
    """Counted exactly under the subject `coupons:<pool>`: `codes`, `assigned` (by who holds them), `redeemed`."""

    def add(self, store: StoreId, pool: PoolId, upload: str, codes: Sequence[str]) -> int:
        """How many of these different codes the pool has by this upload: those that it had before stay as they are.

        The same again adds nothing and answers the same.
        """

    def page(self, store: StoreId, pool: PoolId, cursor: str | None, limit: int) -> Page[Code]:
        """In an order that stays, but not that in which they were given."""

    def any_free(self, store: StoreId, pool: PoolId) -> bool: ...

    def redeem(self, store: StoreId, pools: Sequence[PoolId], redemption: Redemption) -> Sequence[PoolId]:
        """Those of the pools whose code this is, if this order is the first with it.

        One that nobody was given counts as assigned too, and nobody is given it. The same again answers the same and
        counts nothing.
        """


class CouponClaims(Protocol):
    """One code for one message, however many workers try at once; nobody waits for one key."""

    def past(self, store: StoreId, source_id: str, messages: Sequence[Message]) -> Mapping[Message, Past]:
        """What is known of each of them; nothing is there too. Strongly consistent."""

    def claim(self, claims: Sequence[Claim]) -> Sequence[Held | None]:
        """Of one store and pool and of different visitors, in the same order; None: no code is left for it.

        Whoever claimed it for this very message before has it: that code, with these devices besides. So does None
        where `every` forbids it, which a claim of another message of the scenario may have done just now.
        """

    def post(self, held: Held, devices: frozenset[SubscriptionId]) -> bool:
        """From now on these devices may have it. False: it is not held any more."""

    def unpost(self, held: Held, devices: frozenset[SubscriptionId]) -> None:
        """These devices certainly do not have it."""

    def give_back(self, held: Held) -> bool:
        """Into the pool again, unless a device may have it or an order came with it. False: it stays where it is."""


class CouponHolders(Protocol):
    def of(self, store: StoreId, visitor: VisitorId) -> Sequence[Held]:
        """Every code that they hold, also those that ran out not long ago."""

    def is_spent(self, held: Held) -> bool:
        """Whether an order came with it."""
