"""Who a person is: the customer with all ids that were said to be theirs, or the visitor alone."""

from dataclasses import dataclass

from shopbell.app.people import People
from shopbell.domain.erasure import Person
from shopbell.domain.ids import CUSTOMER_PREFIX, StoreId, VisitorId
from shopbell.ports import Aliases, Events, Visitors


@dataclass(frozen=True, slots=True)
class FindPerson:
    visitors: Visitors
    aliases: Aliases
    events: Events

    def __call__(self, store: StoreId, visitor: VisitorId) -> Person | None:
        """None: nothing is known of them. An alias counts from the moment on at which it was said."""
        whose = People(self.visitors).whose(store, [visitor])[visitor]
        ids = self.ids(store, (whose, visitor))
        known = self.visitors.load_many(store, ids)
        if not known and not any(True for who in ids for _ in self.events.of(store, who)):
            return None
        return Person(store, ids)

    def ids(self, store: StoreId, known: tuple[VisitorId, ...]) -> tuple[VisitorId, ...]:
        """With those that were added meanwhile."""
        customers = [who for who in known if who.startswith(CUSTOMER_PREFIX)]
        added = [alias for who in customers for alias in self.aliases.of(store, who)]
        return tuple(dict.fromkeys((*known, *added)))
