"""Pools of codes: make one, read how many are left, change it, put it away."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.management.changes import check_revision, check_saved
from shopbell.app.paging import page_of
from shopbell.domain.clock import Clock, Instant, parse_instant
from shopbell.domain.codes import Code
from shopbell.domain.coupons import CouponPool, Stock, counted
from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.ids import PoolId, StoreId
from shopbell.domain.incoming.coupons import PoolIn, PoolPatchIn
from shopbell.domain.scenarios.coupons import POOL
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.segments.users import InUse, User
from shopbell.ports import Counters, CouponCodes, CouponPools, Page, RandomBytes, Scenarios

OVER = "it is over: no code of it is given away any more"
EMPTY = "it has no code left"
LOW = "few of its codes are left"


@dataclass(frozen=True, slots=True)
class PoolView:
    pool: CouponPool
    stock: Stock
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadPools:
    pools: CouponPools
    codes: CouponCodes
    counters: Counters
    now: Clock

    def page(self, store: StoreId, after: str | None, limit: int) -> Page[PoolView]:
        """By id, but those that were put away."""
        kept = (row for row in self.pools.all(store) if not row.archived)
        rows = page_of(kept, lambda row: row.id, after, limit)
        return Page(tuple(map(self.view, rows.items)), rows.cursor)

    def one(self, store: StoreId, name: PoolId) -> PoolView:
        return self.view(found(self.pools, store, name))

    def view(self, row: CouponPool) -> PoolView:
        stock = Stock.of(self.counters.total(row.store, counted(row.id)))
        return PoolView(row, stock, tuple(warnings(row, stock, self.now())))

    def list_codes(self, store: StoreId, name: PoolId, cursor: str | None, limit: int) -> Page[Code]:
        return self.codes.page(store, found(self.pools, store, name).id, cursor, limit)


def warnings(row: CouponPool, stock: Stock, now: Instant) -> Iterator[str]:
    """What keeps codes of it from being given away, now or soon."""
    if not row.is_open(now):
        yield OVER
    elif not stock.free:
        yield EMPTY
    elif stock.is_low(row.low_stock_percent):
        yield LOW


_USED: Final = "Scenarios that are on take codes from it."


@dataclass(frozen=True, slots=True)
class CreatePool:
    pools: CouponPools
    random: RandomBytes
    now: Clock

    def __call__(self, store: StoreId, given: PoolIn, request: str | None = None) -> CouponPool:
        """Without a code. The same again finds the same pool, and so does the same `request`, which names this very
        call; 409 for another one of that id.
        """
        now, name = self.now(), PoolId(given.id or _id(store, request, self.random))
        made = CouponPool(
            store=store,
            id=name,
            name=given.name,
            created_at=now,
            changed_at=now,
            discount=given.discount,
            expires_at=_instant(given.expires_at),
            low_stock_percent=given.low_stock_percent,
            title=given.popup.title if given.popup else None,
            body=given.popup.body if given.popup else None,
        )
        if self.pools.save(made, expected=None):
            return made
        stored = self.pools.get(store, name)
        if stored is None or (given.id is not None and not _says_the_same(stored, made)):
            raise Conflict("There is another pool of this id.")
        return stored


@dataclass(frozen=True, slots=True)
class EditPool:
    """Codes that visitors have keep what they were promised."""

    pools: CouponPools
    now: Clock

    def __call__(self, store: StoreId, name: PoolId, given: PoolPatchIn, expected: int | None = None) -> CouponPool:
        row = found(self.pools, store, name)
        check_revision(row.revision, expected)
        changed = replace(_changed(row, given), changed_at=self.now(), revision=row.revision + 1)
        check_saved(saved=self.pools.save(changed, expected=row.revision))
        return changed


@dataclass(frozen=True, slots=True)
class DeletePool:
    """Its codes stay where they are: what visitors have is still counted when an order comes with it."""

    pools: CouponPools
    scenarios: Scenarios
    now: Clock

    def __call__(self, store: StoreId, name: PoolId, expected: int | None = None) -> None:
        """InUse names the scenarios that are on and take codes from it."""
        row = found(self.pools, store, name)
        check_revision(row.revision, expected)
        if users := self._users(store, name):
            raise InUse(_USED, users)
        gone = replace(row, archived=True, changed_at=self.now(), revision=row.revision + 1)
        check_saved(saved=self.pools.save(gone, expected=row.revision))
        if users := self._users(store, name):  # switched on meanwhile: whoever did looks again as well
            back = replace(gone, archived=False, revision=gone.revision + 1)
            check_saved(saved=self.pools.save(back, expected=gone.revision))
            raise InUse(_USED, users)

    def _users(self, store: StoreId, name: PoolId) -> Sequence[User]:
        stored = [(row, self.scenarios.get(store, row.name)) for row in SCENARIOS.values() if row.row is not None]
        return [
            User("scenario", row.name, row.title, "active", holds=True)
            for row, settings in stored
            if settings is not None and settings.enabled and settings.parameters.get(POOL) == name
        ]


def found(pools: CouponPools, store: StoreId, name: PoolId) -> CouponPool:
    row = pools.get(store, name)
    if row is None or row.archived:
        raise NotFound(name)
    return row


def _changed(row: CouponPool, given: PoolPatchIn) -> CouponPool:
    said = given.model_fields_set
    changed = replace(
        row,
        name=row.name if given.name is None else given.name,
        discount=row.discount if given.discount is None else given.discount,
        low_stock_percent=row.low_stock_percent if given.low_stock_percent is None else given.low_stock_percent,
    )
    if "expires_at" in said:
        changed = replace(changed, expires_at=_instant(given.expires_at))
    if "popup" in said:
        popup = given.popup
        changed = replace(changed, title=popup.title if popup else None, body=popup.body if popup else None)
    return changed


def _says_the_same(stored: CouponPool, row: CouponPool) -> bool:
    return replace(row, created_at=stored.created_at, changed_at=stored.changed_at) == stored


def _instant(text: str | None) -> Instant | None:
    return None if text is None else parse_instant(text)[0]


def _id(store: StoreId, request: str | None, random: RandomBytes) -> str:
    if request is None:
        return f"pool-{random(8).hex()}"
    return f"pool-{hashlib.sha256(f'{store}{request}'.encode()).hexdigest()[:16]}"
