"""What runs keep of a person: the gates that were closed to them, where the planning stands, who was tried."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from shopbell.adapters.checkpoints import bare, names
from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import Item, b, binary, maybe_text, s, text, truth
from shopbell.adapters.dynamo.database import Condition, Dynamo, equals
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.adapters.dynamo.personal.place import Shown, Tables, key_of
from shopbell.adapters.dynamo.triggers import DynamoTriggers
from shopbell.domain.clock import format_instant
from shopbell.domain.erasure import NOBODY, Person
from shopbell.domain.events import Json
from shopbell.domain.gates.minutes import Minutes, pack, unpack
from shopbell.domain.ids import RunId, StoreId
from shopbell.domain.scenarios.table import SCENARIOS


@dataclass(frozen=True, slots=True)
class InRuns:
    """All runs of the last 30 days are looked through: neither a ledger nor a checkpoint is found by who is in it."""

    dynamo: Dynamo
    tables: Tables
    name: str = "runs"

    def held(self, person: Person) -> Iterator[Shown]:
        for run, row in self._rows(person):
            for who, (at, told) in _told(row).items():
                if who in person.ids:
                    gates: list[Json] = [
                        {"gate": one.gate, "outcome": one.outcome, "values": one.values} for one in told
                    ]
                    yield {"run": run, "visitor_id": who, "at": format_instant(at), "gates": gates}
            if text(row, keys.SK) == "RUN" and _tried(row, person):
                yield {"run": run, "test": True}

    def let_go(self, person: Person) -> int:
        return sum(self._cleared(row, person) for _, row in self._rows(person))

    def _cleared(self, row: Item, person: Person) -> bool:
        """False: there is nothing of them in it."""
        if (minutes := _told(row)) and not minutes.keys().isdisjoint(person.ids):
            left = pack({who: one for who, one in minutes.items() if who not in person.ids})
            return self._write(row, "told", b(left), b(binary(row, "told")))
        if text(row, keys.SK) == "RUN" and _tried(row, person):
            return self._write(row, "body", s(_untried(row, person)), s(text(row, "body")))
        if (cursor := maybe_text(row, "cursor")) is not None and names(cursor, person):
            return not truth(row, "done") or self._write(row, "cursor", s(bare(cursor)), s(cursor))
        return False

    def _write(self, row: Item, name: str, value: Mapping[str, object], before: Mapping[str, object]) -> bool:
        change = Condition("SET #new = :new", {"#new": name}, {":new": value})
        self.dynamo.update(self.tables.runs, key_of(row), change, equals(name, before))
        return True

    def _rows(self, person: Person) -> Iterator[tuple[str, Item]]:
        for source, name in self._sources(person.store):
            for firing in query(self.dynamo, self.tables.runs, Where(keys.runs_of(person.store, source, name))):
                run = text(firing, "run")
                for row in query(self.dynamo, self.tables.runs, Where(keys.run(person.store, RunId(run))[keys.PK])):
                    yield run, row

    def _sources(self, store: StoreId) -> Iterator[tuple[str, str]]:
        for row in query(self.dynamo, self.tables.config, Where(store, "prefix", keys.CAMPAIGNS)):
            campaign = text(row, keys.SK).removeprefix(keys.CAMPAIGNS)
            yield from (("campaign", campaign), ("test", campaign))
        own = (row.scenario for row in DynamoTriggers(self.dynamo, self.tables.config).all(store))
        yield from (("scenario", name) for name in (*SCENARIOS, *own))


def _told(row: Item) -> Minutes:
    return unpack(binary(row, "told")) if "told" in row else {}


def _tried(row: Item, person: Person) -> bool:
    return not set(documents.run(text(row, "body"), text(row, "state")).audience.visitors).isdisjoint(person.ids)


def _untried(row: Item, person: Person) -> str:
    run = documents.run(text(row, "body"), text(row, "state"))
    left = tuple(NOBODY if who in person.ids else who for who in run.audience.visitors)
    return documents.dump(replace(run, audience=replace(run.audience, visitors=left))).decode()
