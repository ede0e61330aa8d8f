"""The coupon of a message whose reader has come to the shop's page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shopbell.app.people import People
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.coupons import CouponPool, Held
from shopbell.domain.ids import RunId, StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.ports import CouponHolders, CouponPools, Stores, Visitors

_TITLES: Final[Mapping[str, str]] = {"en": "Your code", "de": "Dein Code"}


@dataclass(frozen=True, slots=True)
class Popup:
    title: str
    body: str
    code: str = field(repr=False)
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class ShowCoupon:
    stores: Stores
    pools: CouponPools
    holders: CouponHolders
    visitors: Visitors
    now: Clock

    def __call__(self, store: StoreId, visitor: VisitorId, run: RunId) -> Popup | None:
        """Until it runs out, or an order came with it; None: the message brought none. Raises Unavailable."""
        person = People(self.visitors).load_many(store, [visitor]).get(visitor)
        found = [one for who in _names(visitor, person) for one in self.holders.of(store, who)]
        mine = [one for one in found if one.claim.run == run and self.now() < one.claim.expires_at]
        newest = max(mine, key=lambda one: one.claim.at, default=None)
        return None if newest is None or self.holders.is_spent(newest) else self._popup(newest, person)

    def _popup(self, held: Held, person: Profile | None) -> Popup:
        claim = held.claim
        pool = self.pools.get(claim.store, claim.pool)
        title, body = _texts(pool, self._language(claim.store, person))
        return Popup(title, body, held.code, claim.expires_at)

    def _language(self, store: StoreId, person: Profile | None) -> str:
        """As their messages are: of the device that was heard of last, else their own, else the store's."""
        facts = person.subscriptions.values() if person else ()
        devices = sorted((one.changed_at, one.language) for one in facts if one.active and one.language)
        if devices:
            return devices[-1][1] or ""
        trait = person.traits.get("language") if person else None
        if trait is not None and isinstance(trait.value, str):
            return trait.value
        row = self.stores.get(store)
        return row.language if row else "en"


def _names(visitor: VisitorId, person: Profile | None) -> frozenset[VisitorId]:
    """A code stays with the id that it was given to, whoever that turned out to be."""
    return frozenset({visitor, person.visitor if person else visitor})


def _texts(pool: CouponPool | None, language: str) -> tuple[str, str]:
    if pool is not None and pool.title is not None:
        return pool.title, pool.body or ""
    title = _TITLES.get(language.partition("-")[0].lower(), _TITLES["en"])
    return title, pool.discount if pool else ""
