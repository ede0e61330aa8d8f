"""What of a person is in reports already, and which orders are counted for them; reports themselves name nobody."""

from collections.abc import Iterator
from dataclasses import dataclass

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Item, b, binary, text
from shopbell.adapters.dynamo.batches import get_many
from shopbell.adapters.dynamo.database import Condition, Dynamo
from shopbell.adapters.dynamo.keys.reports import person as person_key
from shopbell.adapters.dynamo.personal.counts import log
from shopbell.adapters.dynamo.personal.own import partitions
from shopbell.adapters.dynamo.personal.place import Rows, Shown, Tables, key_of, plain
from shopbell.app.reporting.claims import claim_of
from shopbell.domain.attribution.parting import Kept
from shopbell.domain.erasure import NOBODY, Person
from shopbell.domain.ids import StoreId, VisitorId


@dataclass(frozen=True, slots=True)
class Reported:
    """An order that was counted for a person stays so, and whose it was is forgotten."""

    dynamo: Dynamo
    tables: Tables
    name: str = "reports"

    def held(self, person: Person) -> Iterator[Shown]:
        yield from self._rows.held(person)
        yield from map(plain, self._claims(person))

    def let_go(self, person: Person) -> int:
        claims = list(self._claims(person))
        for row in claims:
            change = Condition("SET #body = :nobody", {"#body": "body"}, {":nobody": b(NOBODY.encode())})
            self.dynamo.update(self.tables.runs, key_of(row), change)
        return len(claims) + self._rows.let_go(person)

    @property
    def _rows(self) -> Rows:
        return Rows("reports", self.dynamo, self.tables.runs, partitions(self.dynamo, self.tables.runs, _own), _shown)

    def _claims(self, person: Person) -> Iterator[Item]:
        """Led to by the log: an order is counted for nobody who did not tell of it."""
        orders = (event.properties.get("order_id") for event in log(self.dynamo, self.tables, person))
        names = {claim_of(order) for order in orders if isinstance(order, str)}
        rows = get_many(self.dynamo, self.tables.runs, (person_key(person.store, *name) for name in sorted(names)))
        yield from (row for row in rows if binary(row, "body").decode() in person.ids)


def _own(store: StoreId, who: VisitorId) -> str:
    return person_key(store, who, "")[keys.PK]


def _shown(row: Item) -> Shown:
    """Orders and receipts are shown as the events that they are; only here it stands what they are held out of."""
    told = Kept.unpacked(binary(row, "body")).shown if text(row, keys.SK) == "lift" else {}
    return {**plain(row), **told}
