"""What runs keep of a person, in memory: closed gates, checkpoints, tests."""

from dataclasses import dataclass, replace

from shopbell.adapters.checkpoints import bare, names
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.erasure import NOBODY, Person
from shopbell.domain.gates.minutes import pack, unpack
from shopbell.domain.ids import VisitorId
from shopbell.domain.runs import ChunkLedger


@dataclass(frozen=True, slots=True)
class InRuns:
    world: MemoryWorld

    def let_go(self, person: Person) -> int:
        return self._untold(person) + self._unplanned(person) + self._untried(person)

    def told(self, person: Person) -> list[tuple[dict[str, ChunkLedger], str, set[VisitorId]]]:
        every = [ledgers for (owner, _), ledgers in self.world.run_ledgers.items() if owner == person.store]
        rows = [
            (table, name, set(unpack(one.told)) & set(person.ids)) for table in every for name, one in table.items()
        ]
        return [row for row in rows if row[2]]

    def _unplanned(self, person: Person) -> int:
        """Of a shard that is not done the checkpoint stays until it is."""
        found = 0
        for (owner, _), shards in self.world.run_shards.items():
            for number, row in shards.items() if owner == person.store else ():
                if row.cursor is not None and names(row.cursor, person):
                    found += 1
                    shards[number] = replace(row, cursor=bare(row.cursor)) if row.done else row
        return found

    def _untried(self, person: Person) -> int:
        tried = [
            (key, run)
            for key, run in self.world.runs.items()
            if key[0] == person.store and set(person.ids).intersection(run.audience.visitors)
        ]
        for key, run in tried:
            left = tuple(NOBODY if who in person.ids else who for who in run.audience.visitors)
            self.world.runs[key] = replace(run, audience=replace(run.audience, visitors=left))
        return len(tried)

    def _untold(self, person: Person) -> int:
        found = self.told(person)
        for ledgers, name, who in found:
            left = {one: told for one, told in unpack(ledgers[name].told).items() if one not in who}
            ledgers[name] = replace(ledgers[name], told=pack(left))
        return len(found)
