"""Calls of the last day, as they are shown to who connects a shop."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from shopbell.adapters.dynamo.attributes import Item, text
from shopbell.adapters.dynamo.batches import delete_many
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.keys import lately
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.adapters.dynamo.personal.place import Shown, Tables, key_of
from shopbell.domain.erasure import Person


@dataclass(frozen=True, slots=True)
class Lately:
    """A call that names the person goes whole; of others in it nothing is shown."""

    dynamo: Dynamo
    tables: Tables
    name: str = "lately"

    def held(self, person: Person) -> Iterator[Shown]:
        return (line for row in self._rows(person) for line in _lines(row, person))

    def let_go(self, person: Person) -> int:
        found = [key_of(row) for row in self._rows(person) if _lines(row, person)]
        delete_many(self.dynamo, self.tables.runs, found)
        return len(found)

    def _rows(self, person: Person) -> Iterator[Item]:
        return query(self.dynamo, self.tables.runs, Where(lately.calls(person.store)))


def _lines(row: Item, person: Person) -> list[Shown]:
    return [line for line in orjson.loads(text(row, "body")) if person.named_in(line["sent"])]
