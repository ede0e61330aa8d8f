"""Pools and their codes as their owner sees them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shopbell.adapters import cursors
from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import Item, keyed, n, s, text
from shopbell.adapters.dynamo.batches import SIDE_BY_SIDE, get_many, side_by_side
from shopbell.adapters.dynamo.coupons.rows import Operation, code_of, counting, spent
from shopbell.adapters.dynamo.database import ABSENT, Dynamo, equals, put_op
from shopbell.adapters.dynamo.keys import coupons as coupon_keys
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.codes import Code, Redemption, digest
from shopbell.domain.coupons import CouponPool
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import PoolId, StoreId
from shopbell.ports import Page

_ADDED = 49
"""Codes of one transaction, two rows each, beside their count."""
_TRIES = 4
_DIGEST = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DynamoCouponPools:
    dynamo: Dynamo
    table: str

    def get(self, store: StoreId, pool: PoolId) -> CouponPool | None:
        row = self.dynamo.get(self.table, coupon_keys.pool(store, pool))
        return None if row is None else documents.coupon_pool(text(row, "body"))

    def all(self, store: StoreId) -> Sequence[CouponPool]:
        rows = query(self.dynamo, self.table, Where(store, "prefix", coupon_keys.POOLS))
        return [documents.coupon_pool(text(row, "body")) for row in rows]

    def save(self, row: CouponPool, *, expected: int | None) -> bool:
        item = {
            **keyed(coupon_keys.pool(row.store, row.id)),
            "revision": n(row.revision),
            "body": s(documents.dump(row).decode()),
        }
        return self.dynamo.put(self.table, item, ABSENT if expected is None else equals("revision", n(expected)))


@dataclass(frozen=True, slots=True)
class DynamoCouponCodes:
    dynamo: Dynamo
    table: str

    def add(self, store: StoreId, pool: PoolId, upload: str, codes: Sequence[str]) -> int:
        parts = [codes[start : start + _ADDED] for start in range(0, len(codes), _ADDED)]
        return sum(side_by_side(lambda part: self._add(store, pool, upload, part), parts))

    def page(self, store: StoreId, pool: PoolId, cursor: str | None, limit: int) -> Page[Code]:
        """Shard after shard."""
        found, rows = list[Code](), list[Item]()
        for row in self._after(store, pool, cursors.position(cursor)):
            if len(rows) == limit:
                return Page(tuple(found), cursors.encode(text(rows[-1], keys.SK).removeprefix(coupon_keys.CODES)))
            rows.append(row)
            found.append(code_of(row))
        return Page(tuple(found))

    def any_free(self, store: StoreId, pool: PoolId) -> bool:
        """Eight shards at a time, so that the answer is soon there while codes are."""
        rows = range(0, coupon_keys.SHARDS, SIDE_BY_SIDE)
        return any(
            any(side_by_side(lambda shard: self._has_free(store, pool, shard), range(row, row + SIDE_BY_SIDE)))
            for row in rows
        )

    def redeem(self, store: StoreId, pools: Sequence[PoolId], redemption: Redemption) -> Sequence[PoolId]:
        return [pool for pool in pools if self._redeem(store, pool, redemption)]

    def _add(self, store: StoreId, pool: PoolId, upload: str, codes: Sequence[str]) -> int:
        left, there = {digest(code): code for code in codes}, 0
        for _ in range(_TRIES):
            operations = [one for name, code in left.items() for one in self._rows(store, pool, upload, name, code)]
            if left:
                operations.append(counting(self.table, store, pool, next(iter(left)), codes=len(left)))
            failed = self.dynamo.transact(operations) if left else ()
            if not failed:
                return there + len(left)
            known = [name for place, name in enumerate(left) if place * 2 in failed]
            there += self._of_upload(store, pool, upload, known)
            left = {name: code for name, code in left.items() if name not in known}
        raise Unavailable("others kept adding the same codes")

    def _rows(self, store: StoreId, pool: PoolId, upload: str, name: str, code: str) -> tuple[Operation, Operation]:
        row = {**keyed(coupon_keys.code(store, pool, name)), "code": s(code), "upload": s(upload)}
        free = {**keyed(coupon_keys.free(store, pool, name)), "code": s(code)}
        return put_op(self.table, row, ABSENT), put_op(self.table, free)

    def _of_upload(self, store: StoreId, pool: PoolId, upload: str, names: Sequence[str]) -> int:
        wanted = [coupon_keys.code(store, pool, name) for name in names]
        return sum(text(row, "upload") == upload for row in get_many(self.dynamo, self.table, wanted))

    def _after(self, store: StoreId, pool: PoolId, after: str | None) -> Iterator[Item]:
        first = 0
        if after is not None:
            if not _DIGEST.fullmatch(after):
                raise cursors.rejected()
            first = coupon_keys.shard_of(after)
        for shard in range(first, coupon_keys.SHARDS):
            partition = coupon_keys.codes(store, pool, shard)
            where = Where(partition, "prefix", coupon_keys.CODES)
            if after is not None and shard == first:
                where = Where(partition, "above", f"{coupon_keys.CODES}{after}")
            for row in query(self.dynamo, self.table, where, limit=1_000):
                if text(row, keys.SK) >= coupon_keys.FREE:
                    break
                yield row

    def _has_free(self, store: StoreId, pool: PoolId, shard: int) -> bool:
        where = Where(coupon_keys.codes(store, pool, shard), "prefix", coupon_keys.FREE)
        return next(query(self.dynamo, self.table, where, limit=1), None) is not None

    def _redeem(self, store: StoreId, pool: PoolId, redemption: Redemption) -> bool:
        """Whoever takes or returns the code meanwhile makes it look again."""
        key = coupon_keys.code(store, pool, digest(redemption.code))
        for _ in range(_TRIES):
            row = self.dynamo.get(self.table, key)
            if row is None:
                return False
            if "order" in row:
                return text(row, "order") == redemption.order and text(row, "buyer") == redemption.buyer
            if not self.dynamo.transact(spent(self.table, store, pool, redemption, free="who" not in row)):
                return True
        raise Unavailable("others kept changing the same code")
