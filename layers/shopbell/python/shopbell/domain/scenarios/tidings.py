"""What is told of a product and when: its timer moved by each of its changes, from the versions that stood there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.goods import Awaits, Timer, holds, is_scarce, moved
from shopbell.domain.ids import ProductId
from shopbell.domain.localtime import quiet_until
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.store import Store
from shopbell.domain.versions import Change, Version

LOWEST_OF: Final[Duration] = 30 * DAY


@dataclass(frozen=True, slots=True)
class Tiding:
    """At that instant those who are interested are told, of the product as it stood then.

    `reference`: the price that it is held against for whom saw none.
    """

    at: Instant
    product: Product
    news: str
    reference: int | None


@dataclass(frozen=True, slots=True)
class Supposed:
    """A change of one product that is made only in thought: another price, or its being there again."""

    product: ProductId
    price: int | None = None
    in_stock: bool | None = None

    def of(self, product: Product) -> Product:
        """The product after it. Of what is there again nobody says how much."""
        if self.price is not None:
            return replace(product, price=self.price)
        there = self.in_stock is True
        return replace(product, in_stock=there, stock=None if there != product.available else product.stock)


def tidings(past: Sequence[Version], plan: Plan, awaits: Awaits, store: Store, until: Instant) -> Sequence[Tiding]:
    """As if the scenario had been on all along; `past`: the versions of one product, oldest first. Pure."""
    if not past:
        return ()
    ringing = _Ringing(past, plan, awaits, store)
    timer = Timer(store.id, past[0].shelved.product.id, plan.scenario)
    found: list[Tiding] = []
    for change in _changes(past):
        if change.at > until:
            break
        timer, rung = ringing(timer, change.at - 1)
        found += rung
        timer = moved(timer, change, awaits) or timer
    return [*found, *ringing(timer, until)[1]]


def morning(store: Store, plan: Plan, product: Product, now: Instant) -> Instant | None:
    """When the next wave may go, where the store sleeps and each place counts: who is asleep buys nothing."""
    if plan.awaits is None or not is_scarce(plan.awaits, product) or not plan.respect_quiet_hours:
        return None
    quiet = store.policy.quiet_hours
    return None if quiet is None else quiet_until(now, quiet, ZoneInfo(store.time_zone))


def lowest(past: Sequence[Version], product: Product, now: Instant) -> int | None:
    """The least that it cost in the 30 days before, in its currency; None: it stood there at no other price."""
    rows = [one.shelved.product for one in past if one.until > now - LOWEST_OF]
    return min((one.price for one in rows if one.currency == product.currency), default=None)


def rested(timer: Timer) -> Timer:
    """Once all were told, or there is nothing to tell any more."""
    return replace(timer, due=None, base=None, after="")


@dataclass(frozen=True, slots=True)
class _Ringing:
    past: Sequence[Version]
    plan: Plan
    awaits: Awaits
    store: Store

    def __call__(self, timer: Timer, until: Instant) -> tuple[Timer, Sequence[Tiding]]:
        """What becomes of it by then, if nothing changes the product."""
        while timer.due is not None and timer.due <= until:
            at = timer.due
            product = next((one.shelved.product for one in self.past if one.shelved.at <= at < one.until), None)
            if product is None or not holds(product, timer, self.awaits):
                return rested(timer), ()
            later = morning(self.store, self.plan, product, at)
            if later is None:
                return rested(replace(timer, gone=False)), (self._tiding(timer, product, at),)
            timer = replace(timer, due=later)
        return timer, ()

    def _tiding(self, timer: Timer, product: Product, at: Instant) -> Tiding:
        before = [one for one in self.past if one.until <= at]
        least = lowest(before, product, at) if self.awaits.reference == "lowest" else None
        return Tiding(at, product, timer.news, timer.base if least is None else least)


def _changes(past: Sequence[Version]) -> Iterator[Change]:
    """What stood nowhere in between was new again."""
    yield Change(None, past[0].shelved, past[0].shelved.at)
    for old, new in pairwise(past):
        before = old.shelved if old.until >= new.shelved.at else None
        yield Change(before, new.shelved, new.shelved.at)
