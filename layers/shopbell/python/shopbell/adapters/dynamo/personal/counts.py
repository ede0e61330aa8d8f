"""Counts that stand under a person's id: what was counted stays, without them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shopbell.adapters.dynamo import event_items, keys
from shopbell.adapters.dynamo.attributes import Item, b, binary, keyed, text
from shopbell.adapters.dynamo.batches import get_many
from shopbell.adapters.dynamo.counters import COUNT, LAST
from shopbell.adapters.dynamo.database import PRESENT, Condition, Dynamo, delete_op, equals, put_op, update_op
from shopbell.adapters.dynamo.keys import demand as demand_keys
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.adapters.dynamo.personal.own import log_of_events
from shopbell.adapters.dynamo.personal.place import Shown, Tables, key_of, plain
from shopbell.domain.clock import DAY, Clock
from shopbell.domain.erasure import Person
from shopbell.domain.events import RECEIPTS, Event
from shopbell.domain.prompts.counting import STEPS, SUBJECT
from shopbell.domain.segments.history import day_of
from shopbell.ports.demand import NOTES_KEPT

_PLACE: Final = re.compile(r"\d+#\d+", re.ASCII)
"""What stands behind the source of a note: an id may hold the separator, too."""
ERASED: Final = "erased"
"""The source under which the counts of all who were erased stand together."""


def log(dynamo: Dynamo, tables: Tables, person: Person) -> Iterator[Event]:
    """All that is known to have happened to the person, which leads to what lies elsewhere."""
    rows = log_of_events(dynamo, tables).find(person)
    return (event for row in rows for event in event_items.decode(row).events)


@dataclass(frozen=True, slots=True)
class Counted:
    """Receipts by run, and steps of the prompt by day: rows that are named after whose events they count."""

    dynamo: Dynamo
    tables: Tables
    name: str = "counts"

    def held(self, person: Person) -> Iterator[Shown]:
        return map(plain, self._rows(person))

    def let_go(self, person: Person) -> int:
        rows = list(self._rows(person))
        for row in rows:
            self.dynamo.transact(self._moved(row))
        return len(rows)

    def _rows(self, person: Person) -> Iterator[Item]:
        sources = [keys.events(person.store, who) for who in person.ids]
        wanted = {place: None for event in log(self.dynamo, self.tables, person) for place in _places(event)}
        return get_many(
            self.dynamo,
            self.tables.runs,
            (
                keys.counter(person.store, subject, f"{before}{source}")
                for subject, before in wanted
                for source in sources
            ),
        )

    def _moved(self, row: Item) -> list[Mapping[str, Any]]:
        """Whoever counts there meanwhile makes it wait for the next pass."""
        key = key_of(row)
        counts = {name: row[name] for name in row if name.startswith(COUNT)}
        names = {f"#n{place}": name for place, name in enumerate(counts)}
        values = {f":n{place}": value for place, value in enumerate(counts.values())}
        added = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
        place = key[keys.SK].partition(f"{key[keys.PK].partition('#')[0]}#")[0]
        together = {keys.PK: key[keys.PK], keys.SK: f"{place}{ERASED}"}
        gone = delete_op(self.tables.runs, key, equals(LAST, row[LAST]))
        return [
            gone,
            *([update_op(self.tables.runs, together, Condition(f"ADD {added}", names, values))] * bool(counts)),
        ]


def _places(event: Event) -> Iterator[tuple[str, str]]:
    """Subject, and what stands before the source. The store's zone may have been another one: a day either way."""
    run = event.properties.get("run")
    if event.type in RECEIPTS and isinstance(run, str):
        yield f"run:{run}", ""
    if event.type in STEPS:
        for at in (event.at - DAY, event.at, event.at + DAY):
            yield SUBJECT, f"{day_of(at, 'UTC')}#"


@dataclass(frozen=True, slots=True)
class Sold:
    """How far the person's events are counted in what sells, and the trail that goes with it."""

    dynamo: Dynamo
    tables: Tables
    name: str = "demand"

    def held(self, person: Person) -> Iterator[Shown]:
        return map(plain, self._rows(person))

    def let_go(self, person: Person) -> int:
        rows = [key_of(row) for row in self._rows(person)]
        for key in rows:
            self.dynamo.transact([delete_op(self.tables.runs, key)])
        return len(rows)

    def _rows(self, person: Person) -> Iterator[Item]:
        sources = (keys.events(person.store, who) for who in person.ids)
        wanted = (demand_keys.demand_place(person.store, source) for source in sources)
        return get_many(self.dynamo, self.tables.runs, wanted)


@dataclass(frozen=True, slots=True)
class Noted:
    """What the person's orders and looks say of products that go together: it stays, under nobody's name."""

    dynamo: Dynamo
    tables: Tables
    now: Clock
    name: str = "notes"

    def held(self, person: Person) -> Iterator[Shown]:
        return (plain(row) for row, _ in self._rows(person))

    def let_go(self, person: Person) -> int:
        rows = list(self._rows(person))
        for row, source in rows:
            key = key_of(row)
            name = f"{ERASED}#{key[keys.SK].removeprefix(f'{source}#')}"
            bare = {**row, **keyed({**key, keys.SK: name}), "body": b(binary(row, "body"))}
            self.dynamo.transact([delete_op(self.tables.runs, key, PRESENT), put_op(self.tables.runs, bare)])
        return len(rows)

    def _rows(self, person: Person) -> Iterator[tuple[Item, str]]:
        today, shards = self.now() // DAY, self.tables.shards(person.store)
        days = range(today - NOTES_KEPT // DAY - 1, today + 2)
        for partition in (
            demand_keys.notes_day(person.store, day, number) for day in days for number in range(shards)
        ):
            for who in person.ids:
                source = keys.events(person.store, who)
                rows = query(self.dynamo, self.tables.runs, Where(partition, "prefix", f"{source}#"))
                yield from ((row, source) for row in rows if _PLACE.fullmatch(text(row, keys.SK)[len(source) + 1 :]))
