"""Profiles: read whole and fresh, written in one transaction with all that follows from them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from shopbell.adapters import cursors
from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Item, binary, maybe_text, number, text, truth
from shopbell.adapters.dynamo.batches import get_many
from shopbell.adapters.dynamo.commits import CommitTables, operations
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.pages import Comparison, Where, page, query
from shopbell.adapters.dynamo.sends import DynamoSends
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.part import PARTS, PartName
from shopbell.domain.profile import Alias, Commit, Profile
from shopbell.domain.segments.codec import StoredProfile, load, load_apart
from shopbell.ports import Page


@dataclass(frozen=True, slots=True)
class DynamoVisitors:
    dynamo: Dynamo
    tables: CommitTables
    shards: Callable[[StoreId], int]
    """How many shards the store has, fixed at its creation (ruling 23)."""

    def load(self, store: StoreId, visitor: VisitorId) -> Profile:
        rows = query(self.dynamo, self.tables.visitors, Where(keys.visitor(store, visitor)))
        return profile_of(store, visitor, {text(row, keys.SK): row for row in rows})

    def load_many(
        self, store: StoreId, visitors: Sequence[VisitorId], parts: Collection[PartName] = PARTS
    ) -> Mapping[VisitorId, Profile]:
        wanted = (keys.profile(store, who, part) for who in visitors for part in parts)
        found = _by_visitor(get_many(self.dynamo, self.tables.visitors, wanted))
        if "P" not in parts:
            return {who: load_apart(store, who, _stored(rows)) for who, rows in found.items()}
        known = {who: profile_of(store, who, rows) for who, rows in found.items() if "P" in rows}
        whole = len(parts) == len(PARTS)
        return known if whole else {who: profile.with_version(0) for who, profile in known.items()}

    def commit(self, commit: Commit) -> bool:
        shards = self.shards(commit.after.store)
        if commit.joins is not None:
            DynamoSends(self.dynamo, self.tables.visitors).hand_over(
                commit.after.store, commit.after.visitor, commit.joins
            )
        return not self.dynamo.transact(operations(commit, self.tables, shards))

    def walk(self, store: StoreId, shard: int, cursor: str | None, limit: int) -> Page[VisitorId]:
        after = cursors.position(cursor)
        where = _walk(store, shard) if after is None else _walk(store, shard, "above", after)
        rows = query(self.dynamo, self.tables.visitors, where, limit=limit + 1)
        return page(rows, limit, _visitor, lambda row: text(row, keys.WALK.sort))

    def by_hash(self, store: StoreId, shard: int, digest: bytes) -> VisitorId | None:
        for partition in (keys.walk_partition(store, shard), keys.merged_walk_partition(store, shard)):
            where = Where.of_index("walk", keys.WALK, partition, "equal", digest.hex())
            for row in query(self.dynamo, self.tables.visitors, where):
                return _visitor(row)
        return None


def _walk(store: StoreId, shard: int, sort: Comparison = "any", value: str = "") -> Where:
    return Where.of_index("walk", keys.WALK, keys.walk_partition(store, shard), sort, value)


def _visitor(row: Item) -> VisitorId:
    return keys.visitor_of(text(row, keys.PK))[1]


def _by_visitor(rows: Iterable[Item]) -> Mapping[VisitorId, Mapping[str, Item]]:
    found: dict[VisitorId, dict[str, Item]] = {}
    for row in rows:
        found.setdefault(_visitor(row), {})[text(row, keys.SK)] = row
    return found


def profile_of(store: StoreId, visitor: VisitorId, parts: Mapping[str, Item]) -> Profile:
    head = parts.get("P")
    if head is None:
        return Profile(store, visitor)
    if "body" not in head:
        return Profile(store, visitor, number(head, "ver"), alias=alias(head))
    due = maybe_text(head, keys.DUE.sort)
    profile = load(
        store,
        visitor,
        _stored(parts),
        version=number(head, "ver"),
        rules_version=number(head, "rv"),
        wake_at=None if due is None else keys.due_of(due)[0],
    )
    return profile if "alias" not in head else replace(profile, alias=alias(head))


def _stored(parts: Mapping[str, Item]) -> StoredProfile:
    return StoredProfile(*(binary(parts[part], "body") if part in parts else b"" for part in keys.PROFILE_PARTS))


def alias(head: Item) -> Alias | None:
    """Whose the visitor is, as the profile's item says."""
    customer = maybe_text(head, "alias")
    if customer is None:
        return None
    return Alias(VisitorId(customer), number(head, "alias_at"), "joined" in head and truth(head, "joined"))
