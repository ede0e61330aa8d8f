"""One kind of thing that is held of people: how its rows are found, shown and let go."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Attribute, Item, text
from shopbell.adapters.dynamo.batches import delete_many
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.domain.erasure import Person
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId

_UNSHOWN: Final = frozenset({"endpoint", "p256dh", "auth", keys.TTL})
"""Credentials, by which anybody could send to a browser; and what says only when the row goes."""
Shown = Mapping[str, Json]


class Place(Protocol):
    @property
    def name(self) -> str: ...

    def held(self, person: Person) -> Iterator[Shown]: ...

    def let_go(self, person: Person) -> int: ...


@dataclass(frozen=True, slots=True)
class Tables:
    """Their names, and how many shards a store has."""

    events: str
    visitors: str
    members: str
    log: str
    config: str
    runs: str
    watch: str
    shards: Callable[[StoreId], int]


def plain(row: Item) -> Shown:
    """As it is stored, without credentials, keys of indexes and what is packed."""
    return {
        name: value(attribute)
        for name, attribute in row.items()
        if name not in _UNSHOWN and not name.endswith(("_pk", "_sk")) and "B" not in attribute
    }


def value(attribute: Attribute) -> Json:
    match attribute:
        case {"S": str(said)} | {"BOOL": bool(said)}:
            return said
        case {"N": number}:
            return int(number)
        case {"SS": said}:
            return sorted(said)
        case {"L": said}:
            return [value(one) for one in said]
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are the person's alone."""

    name: str
    dynamo: Dynamo
    table: str
    find: Callable[[Person], Iterator[Item]]
    show: Callable[[Item], Shown] = plain

    def held(self, person: Person) -> Iterator[Shown]:
        return map(self.show, self.find(person))

    def let_go(self, person: Person) -> int:
        found = [key_of(row) for row in self.find(person)]
        delete_many(self.dynamo, self.table, found)
        return len(found)


def key_of(row: Item) -> keys.Key:
    return {keys.PK: text(row, keys.PK), keys.SK: text(row, keys.SK)}
