"""Where a person stands among others: segments with their log, static lists, candidates, devices, aliases."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from shopbell.adapters.dynamo import keys, subscription_items
from shopbell.adapters.dynamo.attributes import Item, text
from shopbell.adapters.dynamo.batches import get_many
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.lists import DynamoListMembers, DynamoLists
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.adapters.dynamo.personal.own import partitions
from shopbell.adapters.dynamo.personal.place import Place, Rows, Shown, Tables, plain
from shopbell.adapters.dynamo.segments import DynamoSegments
from shopbell.adapters.dynamo.subscriptions import DynamoSubscriptions
from shopbell.domain.clock import Clock
from shopbell.domain.erasure import Person
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import ListId, visitor_shard
from shopbell.domain.lists import VisitorList
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.subscriptions import SERVICES

ERASED: Final = "erased"
"""Why a subscription was retired."""


def group_places(dynamo: Dynamo, tables: Tables, now: Clock) -> tuple[Place, ...]:
    return (
        Devices(dynamo, tables, now),
        Rows("candidates", dynamo, tables.visitors, _candidates(dynamo, tables)),
        Rows("members", dynamo, tables.members, _members(dynamo, tables)),
        Rows("log", dynamo, tables.log, _log(dynamo, tables)),
        OnLists(dynamo, tables),
    )


def alias_rows(dynamo: Dynamo, tables: Tables) -> Rows:
    return Rows("aliases", dynamo, tables.visitors, partitions(dynamo, tables.visitors, keys.aliases))


def _members(dynamo: Dynamo, tables: Tables) -> Callable[[Person], Iterator[Item]]:
    """Asked of every segment that there is, put away or not: what a profile says of them may be gone already."""

    def find(person: Person) -> Iterator[Item]:
        store, shards = person.store, tables.shards(person.store)
        segments = [row.id for row in DynamoSegments(dynamo, tables.config).all(store)]
        wanted = (
            {keys.PK: keys.members(store, name, visitor_shard(store, who, shards)), keys.SK: who}
            for name in segments
            for who in person.ids
        )
        return get_many(dynamo, tables.members, wanted)

    return find


def _log(dynamo: Dynamo, tables: Tables) -> Callable[[Person], Iterator[Item]]:
    """By the index, which lags: what it does not show yet it shows a pass later."""

    def find(person: Person) -> Iterator[Item]:
        for who in person.ids:
            where = Where.of_index("by_visitor", keys.BY_VISITOR, keys.visitor(person.store, who))
            yield from query(dynamo, tables.log, where)

    return find


def _candidates(dynamo: Dynamo, tables: Tables) -> Callable[[Person], Iterator[Item]]:
    def find(person: Person) -> Iterator[Item]:
        for scenario in SCENARIOS:
            for who in person.ids:
                shard = keys.candidate_shard(person.store, who)
                where = Where(keys.candidate_partition(scenario, shard))
                rows = query(dynamo, tables.visitors, where)
                mine = (person.store, who)
                yield from (row for row in rows if (text(row, "store"), text(row, "visitor")) == mine)

    return find


@dataclass(frozen=True, slots=True)
class Devices:
    """Retired like those whose push service says that they are gone: an import brings none of them back."""

    dynamo: Dynamo
    tables: Tables
    now: Clock
    name: str = "subscriptions"

    def held(self, person: Person) -> Iterator[Shown]:
        return map(plain, self._rows(person))

    def let_go(self, person: Person) -> int:
        subscriptions = DynamoSubscriptions(self.dynamo, self.tables.visitors, self.tables.shards)
        found = [subscription_items.decode(row) for row in self._rows(person)]
        for row in found:
            subscriptions.retire(row, self.now(), ERASED)
        return len(found)

    def _rows(self, person: Person) -> Iterator[Item]:
        store, shards = person.store, self.tables.shards(person.store)
        for who in person.ids:
            for service in SERVICES:
                partition = keys.subscriptions(store, visitor_shard(store, who, shards))
                rows = query(self.dynamo, self.tables.visitors, Where(partition, "prefix", f"{service}#{who}#"))
                yield from (row for row in rows if text(row, "visitor") == who)


@dataclass(frozen=True, slots=True)
class OnLists:
    """A list is counted anew once somebody is off it."""

    dynamo: Dynamo
    tables: Tables
    name: str = "lists"

    def held(self, person: Person) -> Iterator[Shown]:
        for row in self._lists.all(person.store):
            for who in sorted(self._members.among(person.store, row.id, person.ids)):
                yield {"list_id": row.id, "name": row.name, "visitor_id": who}

    def let_go(self, person: Person) -> int:
        found = 0
        for row in self._lists.all(person.store):
            there = self._members.among(person.store, row.id, person.ids)
            if there:
                self._members.remove(person.store, row.id, sorted(there))
                self._count(person, row.id)
            found += len(there)
        return found

    def _count(self, person: Person, name: ListId) -> None:
        for _ in self.dynamo.backoff.attempts():
            row = self._lists.get(person.store, name)
            if row is None or self._lists.save(self._counted(row), expected=row.revision):
                return
        raise Unavailable("the list kept changing")

    def _counted(self, row: VisitorList) -> VisitorList:
        return replace(row, size=self._members.count(row.store, row.id), revision=row.revision + 1)

    @property
    def _lists(self) -> DynamoLists:
        return DynamoLists(self.dynamo, self.tables.config)

    @property
    def _members(self) -> DynamoListMembers:
        return DynamoListMembers(self.dynamo, self.tables.config, self.tables.shards)
