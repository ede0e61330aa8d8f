"""Coupons in memory."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from shopbell.adapters.memory.world import MemoryWorld, page_of
from shopbell.domain.codes import Code, Redemption, StoredCode, digest
from shopbell.domain.coupons import NOTHING, Claim, CouponPool, Held, Past, counted
from shopbell.domain.ids import PoolId, StoreId, SubscriptionId, VisitorId
from shopbell.ports import Page
from shopbell.ports.coupons import Message


@dataclass(frozen=True, slots=True)
class MemoryCouponPools:
    world: MemoryWorld

    def get(self, store: StoreId, pool: PoolId) -> CouponPool | None:
        with self.world.lock:
            return self.world.coupon_pools.get((store, pool))

    def all(self, store: StoreId) -> Sequence[CouponPool]:
        with self.world.lock:
            mine = [row for (owner, _), row in self.world.coupon_pools.items() if owner == store]
        return sorted(mine, key=lambda row: row.id)

    def save(self, row: CouponPool, *, expected: int | None) -> bool:
        with self.world.lock:
            stored = self.world.coupon_pools.get((row.store, row.id))
            if (stored.revision if stored else None) != expected:
                return False
            self.world.coupon_pools[row.store, row.id] = row
        return True


@dataclass(frozen=True, slots=True)
class MemoryCoupons:
    """Codes, claims and holders in one: they share every row."""

    world: MemoryWorld

    def add(self, store: StoreId, pool: PoolId, upload: str, codes: Sequence[str]) -> int:
        with self.world.lock:
            rows = self._rows(store, pool)
            for code in codes:
                if digest(code) not in rows:
                    rows[digest(code)] = StoredCode(Code(code), upload)
                    self._count(store, pool, codes=1)
            return sum(rows[digest(code)].upload == upload for code in codes)

    def page(self, store: StoreId, pool: PoolId, cursor: str | None, limit: int) -> Page[Code]:
        with self.world.lock:
            found = [row.seen for row in self._rows(store, pool).values()]
        return page_of(found, lambda row: digest(row.code), cursor, limit)

    def any_free(self, store: StoreId, pool: PoolId) -> bool:
        with self.world.lock:
            return self._free(store, pool) is not None

    def redeem(self, store: StoreId, pools: Sequence[PoolId], redemption: Redemption) -> Sequence[PoolId]:
        with self.world.lock:
            return [pool for pool in pools if self._redeem(store, pool, redemption)]

    def past(self, store: StoreId, source_id: str, messages: Sequence[Message]) -> Mapping[Message, Past]:
        with self.world.lock:
            return {message: self._past(store, source_id, *message) for message in messages}

    def claim(self, claims: Sequence[Claim]) -> Sequence[Held | None]:
        with self.world.lock:
            return [self._claim(one) for one in claims]

    def post(self, held: Held, devices: frozenset[SubscriptionId]) -> bool:
        return self._change(held, lambda now: now | devices)

    def unpost(self, held: Held, devices: frozenset[SubscriptionId]) -> None:
        self._change(held, lambda now: now - devices)

    def give_back(self, held: Held) -> bool:
        claim = held.claim
        with self.world.lock:
            mine = self.world.coupons_held.get((claim.store, claim.visitor), {})
            now = mine.get(claim.mark)
            if now is None or now.code != held.code or now.claim.devices:
                return False
            rows = self._rows(claim.store, claim.pool)
            if rows[digest(held.code)].seen.order is not None:
                return False
            del mine[claim.mark]
            rows[digest(held.code)] = StoredCode(Code(held.code), rows[digest(held.code)].upload)
            last = (claim.store, claim.visitor, claim.source_id)
            if self.world.coupons_last.get(last, (0, b""))[1] == claim.mark:
                del self.world.coupons_last[last]
            self._count(claim.store, claim.pool, assigned=-1)
        return True

    def of(self, store: StoreId, visitor: VisitorId) -> Sequence[Held]:
        with self.world.lock:
            return list(self.world.coupons_held.get((store, visitor), {}).values())

    def is_spent(self, held: Held) -> bool:
        with self.world.lock:
            row = self._rows(held.claim.store, held.claim.pool).get(digest(held.code))
        return row is not None and row.seen.order is not None

    def _claim(self, claim: Claim) -> Held | None:
        past = self._past(claim.store, claim.source_id, claim.visitor, claim.mark)
        if past.held is not None:
            self.post(past.held, claim.devices)
            return self._past(claim.store, claim.source_id, claim.visitor, claim.mark).held
        if claim.every is not None and past.last_at is not None and claim.at - past.last_at < claim.every:
            return None
        free = self._free(claim.store, claim.pool)
        if free is None:
            return None
        held = Held(claim, free.seen.code)
        seen = replace(free.seen, visitor=claim.visitor, assigned_at=claim.at, expires_at=claim.expires_at)
        self._rows(claim.store, claim.pool)[digest(held.code)] = replace(free, seen=seen, mark=claim.mark)
        self.world.coupons_held.setdefault((claim.store, claim.visitor), {})[claim.mark] = held
        if claim.every is not None:
            self.world.coupons_last[claim.store, claim.visitor, claim.source_id] = (claim.at, claim.mark)
        self._count(claim.store, claim.pool, assigned=1)
        return held

    def _redeem(self, store: StoreId, pool: PoolId, redemption: Redemption) -> bool:
        rows = self._rows(store, pool)
        row = rows.get(digest(redemption.code))
        if row is None:
            return False
        if row.seen.order is not None:
            return (row.seen.order, row.buyer) == (redemption.order, redemption.buyer)
        seen = replace(row.seen, order=redemption.order)
        rows[digest(redemption.code)] = replace(row, seen=seen, buyer=redemption.buyer)
        self._count(store, pool, redeemed=1, assigned=int(row.seen.visitor is None))
        return True

    def _past(self, store: StoreId, source_id: str, visitor: VisitorId, mark: bytes) -> Past:
        held = self.world.coupons_held.get((store, visitor), {}).get(mark)
        last = self.world.coupons_last.get((store, visitor, source_id))
        return Past(held, last[0] if last else None) if held or last else NOTHING

    def _change(self, held: Held, change: Callable[[frozenset[SubscriptionId]], frozenset[SubscriptionId]]) -> bool:
        claim = held.claim
        with self.world.lock:
            mine = self.world.coupons_held.get((claim.store, claim.visitor), {})
            now = mine.get(claim.mark)
            if now is None or now.code != held.code:
                return False
            mine[claim.mark] = replace(now, claim=replace(now.claim, devices=change(now.claim.devices)))
        return True

    def _free(self, store: StoreId, pool: PoolId) -> StoredCode | None:
        return next((row for row in self._rows(store, pool).values() if row.seen.state == "free"), None)

    def _rows(self, store: StoreId, pool: PoolId) -> dict[str, StoredCode]:
        return self.world.coupon_codes.setdefault((store, pool), {})

    def _count(self, store: StoreId, pool: PoolId, **deltas: int) -> None:
        rows = self.world.counters.setdefault((store, counted(pool)), {})
        last, tally = rows.get("0", ("", {}))
        total = Counter(tally)
        total.update(deltas)
        rows["0"] = (last, dict(total))
