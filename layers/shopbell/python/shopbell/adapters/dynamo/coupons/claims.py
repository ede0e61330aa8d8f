"""Codes in the hands of visitors: claimed by transactions over many shards, from a place that chance gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Item, b, n, number, s, text
from shopbell.adapters.dynamo.batches import get_many
from shopbell.adapters.dynamo.coupons.rows import Operation, counting, held_of, returned, taken
from shopbell.adapters.dynamo.database import Condition, Dynamo
from shopbell.adapters.dynamo.keys import coupons as coupon_keys
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.codes import digest
from shopbell.domain.coupons import NOTHING, Claim, Held, Past
from shopbell.domain.ids import PoolId, StoreId, SubscriptionId, VisitorId
from shopbell.ports import RandomBytes
from shopbell.ports.coupons import Message

AT_A_TIME: Final = 24
"""Claims of one transaction: at most four operations each, and the count."""


@dataclass(frozen=True, slots=True)
class DynamoCoupons:
    dynamo: Dynamo
    table: str
    random: RandomBytes
    """From where on codes are looked for, so that workers seldom meet."""

    def past(self, store: StoreId, source_id: str, messages: Sequence[Message]) -> Mapping[Message, Past]:
        wanted = [coupon_keys.message(store, who, mark) for who, mark in messages]
        wanted += [coupon_keys.last(store, who, source_id) for who, _ in messages]
        rows = {(text(row, keys.PK), text(row, keys.SK)): row for row in get_many(self.dynamo, self.table, wanted)}
        return {message: _past(store, source_id, message, rows) for message in messages}

    def claim(self, claims: Sequence[Claim]) -> Sequence[Held | None]:
        found: dict[int, Held | None] = {}
        if claims:
            store, pool = claims[0].store, claims[0].pool
            start = self.random(20)
            for turn in range(coupon_keys.SHARDS):
                left = [place for place in range(len(claims)) if place not in found]
                if not left:
                    break
                shard = (start[0] + turn) % coupon_keys.SHARDS
                self._shard(store, pool, (shard, start[4:].hex()), {place: claims[place] for place in left}, found)
        return [found.get(place) for place in range(len(claims))]

    def post(self, held: Held, devices: frozenset[SubscriptionId]) -> bool:
        return self._devices(held, "ADD", devices)

    def unpost(self, held: Held, devices: frozenset[SubscriptionId]) -> None:
        self._devices(held, "DELETE", devices)

    def give_back(self, held: Held) -> bool:
        claim = held.claim
        counted = counting(self.table, claim.store, claim.pool, digest(held.code), assigned=-1)
        if self.dynamo.transact([*returned(self.table, held), counted]):
            return False
        self._forget_last(claim)
        return True

    def of(self, store: StoreId, visitor: VisitorId) -> Sequence[Held]:
        where = Where(coupon_keys.holder(store, visitor), "prefix", coupon_keys.MESSAGES)
        return [held_of(store, visitor, row) for row in query(self.dynamo, self.table, where)]

    def is_spent(self, held: Held) -> bool:
        row = self.dynamo.get(self.table, coupon_keys.code(held.claim.store, held.claim.pool, digest(held.code)))
        return row is not None and "order" in row

    def _shard(
        self,
        store: StoreId,
        pool: PoolId,
        place: tuple[int, str],
        claims: Mapping[int, Claim],
        found: dict[int, Held | None],
    ) -> None:
        """As many of them as the shard has codes for, from that place in it on."""
        left = dict(claims)
        while left:
            part = list(islice(left, AT_A_TIME))
            codes = self._free(store, pool, place, len(part))
            if not codes:
                return
            self._take({one: Held(left[one], code) for one, code in zip(part, codes, strict=False)}, found)
            left = {one: claim for one, claim in left.items() if one not in found}

    def _free(self, store: StoreId, pool: PoolId, place: tuple[int, str], wanted: int) -> list[str]:
        shard, start = place
        partition = coupon_keys.codes(store, pool, shard)
        later = Where(partition, "from", f"{coupon_keys.FREE}{start}")
        codes = [text(row, "code") for row in islice(query(self.dynamo, self.table, later, limit=wanted), wanted)]
        if len(codes) < wanted:
            every = Where(partition, "prefix", coupon_keys.FREE)
            others = islice(query(self.dynamo, self.table, every, limit=wanted), wanted - len(codes))
            codes.extend(text(row, "code") for row in others)
        return list(dict.fromkeys(codes))

    def _take(self, wishes: Mapping[int, Held], found: dict[int, Held | None]) -> None:
        """In one transaction; those whose condition did not hold are looked at, the others go again."""
        left = dict(wishes)
        while left:
            owned = [(place, one) for place, held in left.items() for one in taken(self.table, held)]
            failed = self.dynamo.transact([*(one for _, one in owned), self._counted(list(left.values()))])
            if not failed:
                found.update(left)
                return
            lost = sorted({owned[place][0] for place in failed})
            self._look([left[place].claim for place in lost], lost, found)
            left = {place: held for place, held in left.items() if place not in lost}

    def _counted(self, taken_now: Sequence[Held]) -> Operation:
        first = taken_now[0]
        store, pool = first.claim.store, first.claim.pool
        return counting(self.table, store, pool, digest(first.code), assigned=len(taken_now))

    def _look(self, claims: Sequence[Claim], places: Sequence[int], found: dict[int, Held | None]) -> None:
        """Why they failed: who has it already, or may have none now, has an answer; who met another goes on."""
        first = claims[0]
        past = self.past(first.store, first.source_id, [(one.visitor, one.mark) for one in claims])
        for place, claim in zip(places, claims, strict=True):
            known = past[claim.visitor, claim.mark]
            if known.held is not None:
                if self.post(known.held, claim.devices):
                    devices = known.held.claim.devices | claim.devices
                    found[place] = replace(known.held, claim=replace(known.held.claim, devices=devices))
            elif claim.every is not None and known.last_at is not None and claim.at - known.last_at < claim.every:
                found[place] = None

    def _devices(self, held: Held, how: str, devices: frozenset[SubscriptionId]) -> bool:
        if not devices:
            return True
        change = Condition(f"{how} #devices :devices", {"#devices": "devices"}, {":devices": {"SS": sorted(devices)}})
        guard = Condition("#code = :code", {"#code": "code"}, {":code": s(held.code)})
        claim = held.claim
        return self.dynamo.update(
            self.table, coupon_keys.message(claim.store, claim.visitor, claim.mark), change, guard
        )

    def _forget_last(self, claim: Claim) -> None:
        """Whoever dies before it keeps a visitor from another code for a while, and gives none away twice."""
        key = coupon_keys.last(claim.store, claim.visitor, claim.source_id)
        change = Condition("SET #given = :never", {"#given": "given"}, {":never": n(0)})
        self.dynamo.update(
            self.table, key, change, Condition("#mark = :mark", {"#mark": "mark"}, {":mark": b(claim.mark)})
        )


def _past(store: StoreId, source_id: str, message: Message, rows: Mapping[tuple[str, str], Item]) -> Past:
    who, mark = message
    of_message, of_source = coupon_keys.message(store, who, mark), coupon_keys.last(store, who, source_id)
    held = rows.get((of_message[keys.PK], of_message[keys.SK]))
    last = rows.get((of_source[keys.PK], of_source[keys.SK]))
    at = None if last is None or not number(last, "given") else number(last, "given")
    return Past(None if held is None else held_of(store, who, held), at) if held or at else NOTHING
