"""What is told of a person: in the rows of their ids, in the logs where a row does not hold it yet, in a batch."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from shopbell.app.reporting.known import Known
from shopbell.domain.attribution.facts import Facts, facts_of, since, united
from shopbell.domain.clock import Instant
from shopbell.domain.ids import VisitorId
from shopbell.domain.store import Store
from shopbell.ports import Aliases, Events


@dataclass(frozen=True, slots=True)
class Logs:
    events: Events
    aliases: Aliases

    def of(self, store: Store, who: VisitorId, until: Instant | None = None) -> Facts:
        events = (event for item in self.events.of(store.id, who) for event in item.events)
        return facts_of((one for one in events if until is None or one.received_at < until), store)

    def united(self, store: Store, person: VisitorId, known: Known, fresh: Iterable[Facts]) -> Facts:
        """With what the ids hold that are the person's from now on, and what stands in logs alone."""
        pending = known.pending(person)
        logs = {one: self.of(store, one) for one in (known.standings if pending else ())}
        joining = [facts for one in known.joining(person) for facts in (known.facts(one), logs[one])]
        named = {order.id for facts in joining for order in facts.orders}
        said = self._said(store, set(self.aliases.of(store.id, person)) - set(logs), named) if named else []
        kept = united(known.facts(person), *(known.facts(one) for one in pending))
        return united(kept, *(since(one, kept.cut) for one in (*fresh, *logs.values(), *said)))

    def _said(self, store: Store, others: Collection[VisitorId], named: Collection[str]) -> list[Facts]:
        """Of the orders of ids that counted for themselves so far: what the person's other ids said of them.

        It was somebody else's until now and left out of the person's facts. But who says best what an order was
        is not who claimed it first.
        """
        told = [self.of(store, one).orders for one in sorted(others)]
        return [Facts(orders=frozenset(order for order in orders if order.id in named)) for orders in told]
