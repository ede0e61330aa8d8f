"""Tombstones: under the hash of an id, for 30 days, beside the instant of the store's latest."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import keyed, n, number, s, seconds, text
from shopbell.adapters.dynamo.batches import delete_many, get_many
from shopbell.adapters.dynamo.database import ABSENT, Condition, Dynamo
from shopbell.adapters.dynamo.keys import personal as places
from shopbell.domain.clock import Instant
from shopbell.domain.erasure import LIFE, Tombstone
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.jobs import JobId


@dataclass(frozen=True, slots=True)
class DynamoTombstones:
    dynamo: Dynamo
    visitors: str
    """Table name."""
    events: str
    """Table name."""

    def lay(self, store: StoreId, visitors: Collection[VisitorId], stone: Tombstone) -> None:
        """The store's latest first: nobody may know that there is none while there is one."""
        said = {"at": n(stone.at), keys.TTL: seconds(stone.at + LIFE)}
        newer = Condition("attribute_not_exists(#at) OR #at < :at", {"#at": "at"}, {":at": n(stone.at)})
        self.dynamo.put(self.visitors, {**keyed(places.latest_stone(store)), **said}, newer)
        for who in visitors:
            self.dynamo.put(self.visitors, {**keyed(places.stone(store, who)), **said, "job": s(stone.job)}, ABSENT)

    def get(self, store: StoreId, visitor: VisitorId) -> Tombstone | None:
        row = self.dynamo.get(self.visitors, places.stone(store, visitor))
        return None if row is None else Tombstone(JobId(text(row, "job")), number(row, "at"))

    def among(self, store: StoreId, visitors: Collection[VisitorId]) -> frozenset[VisitorId]:
        wanted = {places.stone(store, who)[keys.PK]: who for who in visitors}
        rows = get_many(self.dynamo, self.visitors, (places.stone(store, who) for who in visitors))
        return frozenset(wanted[text(row, keys.PK)] for row in rows)

    def latest(self, store: StoreId) -> Instant | None:
        row = self.dynamo.get(self.visitors, places.latest_stone(store))
        return None if row is None else number(row, "at")

    def drop(self, store: StoreId, items: Sequence[tuple[VisitorId, str]]) -> None:
        gone = ({keys.PK: keys.events(store, who), keys.SK: name} for who, name in items)
        delete_many(self.dynamo, self.events, gone)
