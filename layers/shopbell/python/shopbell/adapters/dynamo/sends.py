"""What was sent to each visitor: one item beside the profile, written on condition that nobody else wrote."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Item, b, binary, maybe_number, maybe_text, n, s
from shopbell.adapters.dynamo.batches import get_many, side_by_side
from shopbell.adapters.dynamo.database import Condition, Dynamo, update_op
from shopbell.adapters.dynamo.keys.visitors import sends as sends_of
from shopbell.domain.clock import Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.sends import EMPTY, SendRecord, pack, united, unpack

Kept = tuple[VisitorId, SendRecord]
_FEW: Final = 4
_TOGETHER: Final = 100
"""In one transaction: the more there are, the likelier another one is at work on one of them."""
_KEPT: Final = "attribute_not_exists(#to)"
_NAMES: Final = {"#ver": "ver", "#to": "to"}


@dataclass(frozen=True, slots=True)
class DynamoSends:
    dynamo: Dynamo
    table: str

    def of(self, store: StoreId, visitors: Sequence[VisitorId]) -> Mapping[VisitorId, SendRecord]:
        rows = self._rows(store, visitors)
        owners = {who: VisitorId(owner) for who, row in rows.items() if (owner := maybe_text(row, "to"))}
        theirs = self._rows(store, sorted(set(owners.values()))) if owners else {}
        return {who: _owned(who, rows, owners, theirs) for who in visitors}

    def save(self, store: StoreId, records: Sequence[Kept]) -> Sequence[bool]:
        """Many at once are parts of a few transactions, which cost a tenth of the time of so many calls."""
        if len(records) <= _FEW:
            return side_by_side(lambda one: self._save(store, *one), records)
        return [done for part in _parts(records, _TOGETHER) for done in self._save_together(store, part)]

    def click(self, store: StoreId, visitor: VisitorId, at: Instant) -> None:
        change = Condition("SET #clicked = :at", {"#clicked": "clicked"}, {":at": n(at)})
        newer = Condition(f"{_KEPT} AND (attribute_not_exists(#clicked) OR #clicked < :at)", {"#to": "to"})
        if self.dynamo.update(self.table, sends_of(store, visitor), change, newer):
            return
        row = self.dynamo.get(self.table, sends_of(store, visitor), "to")
        owner = None if row is None else maybe_text(row, "to")
        if owner is not None:
            self.click(store, VisitorId(owner), at)

    def hand_over(self, store: StoreId, visitor: VisitorId, customer: VisitorId) -> None:
        """First nothing is written there any more; then the customer takes over what there is."""
        change = Condition("SET #to = :to ADD #ver :one", _NAMES, {":to": s(customer), ":one": n(1)})
        self.dynamo.update(self.table, sends_of(store, visitor), change, Condition(_KEPT))
        mine = self._rows(store, [visitor]).get(visitor)
        left = EMPTY if mine is None else _record(mine)
        if left.sent:
            self._take_over(store, customer, left)
        if left.clicked_at is not None:
            self.click(store, customer, left.clicked_at)

    def _take_over(self, store: StoreId, customer: VisitorId, left: SendRecord) -> None:
        for _ in self.dynamo.backoff.attempts():
            known = self.of(store, [customer])[customer]
            both = united(known, left)
            if both.sent == known.sent or self._save(store, customer, both):
                return
        raise Unavailable("what was sent to the customer kept changing")

    def _save_together(self, store: StoreId, records: Sequence[Kept]) -> list[bool]:
        """Those that somebody else wrote meanwhile are left out; in a crowd each is written by itself."""
        left = dict(enumerate(records))
        done = [False] * len(records)
        try:
            while left:
                failed = self.dynamo.transact([self._operation(store, *one) for one in left.values()])
                places = [*left]
                if not failed:
                    for place in places:
                        done[place] = True
                    return done
                for place in failed:
                    del left[places[place]]
        except Unavailable:
            alone = side_by_side(lambda one: self._save(store, *one), [*left.values()])
            for place, saved in zip(left, alone, strict=True):
                done[place] = saved
        return done

    def _operation(self, store: StoreId, who: VisitorId, record: SendRecord) -> Mapping[str, Any]:
        return update_op(self.table, sends_of(store, record.owner or who), _written(record), _unchanged(record))

    def _save(self, store: StoreId, who: VisitorId, record: SendRecord) -> bool:
        key = sends_of(store, record.owner or who)
        return self.dynamo.update(self.table, key, _written(record), _unchanged(record))

    def _rows(self, store: StoreId, visitors: Sequence[VisitorId]) -> dict[VisitorId, Item]:
        found = get_many(self.dynamo, self.table, (sends_of(store, who) for who in visitors))
        return {keys.visitor_of(row[keys.PK]["S"])[1]: row for row in found}


def _written(record: SendRecord) -> Condition:
    return Condition(
        "SET #body = :body, #ver = :next",
        {"#body": "body", "#ver": "ver"},
        {":body": b(pack(record.sent)), ":next": n(record.version + 1)},
    )


def _parts(records: Sequence[Kept], size: int) -> Iterator[Sequence[Kept]]:
    return (records[start : start + size] for start in range(0, len(records), size))


def _unchanged(record: SendRecord) -> Condition:
    if not record.version:
        return Condition(f"attribute_not_exists(#ver) AND {_KEPT}", {"#to": "to"})
    return Condition(f"#ver = :ver AND {_KEPT}", {"#to": "to"}, {":ver": n(record.version)})


def _owned(
    who: VisitorId,
    rows: Mapping[VisitorId, Item],
    owners: Mapping[VisitorId, VisitorId],
    theirs: Mapping[VisitorId, Item],
) -> SendRecord:
    owner = owners.get(who)
    row = rows.get(who) if owner is None else theirs.get(owner)
    known = EMPTY if row is None else _record(row)
    return known if owner is None else replace(known, owner=owner)


def _record(row: Item) -> SendRecord:
    body = binary(row, "body") if "body" in row else b""
    return SendRecord(unpack(body), maybe_number(row, "clicked"), maybe_number(row, "ver") or 0)
