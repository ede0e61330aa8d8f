"""Say what a refund gives back that names its order, and whether that was a test: all who count read it there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shopbell.app.people import People
from shopbell.domain.events import Event
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.events import Sent
from shopbell.domain.visits.returns import Ordered, order_in, order_named, order_of, returned
from shopbell.ports import Visitors


@dataclass(frozen=True, slots=True)
class NameReturned:
    visitors: Visitors

    def __call__(self, store: StoreId, sent: Sequence[Sent]) -> Sequence[Sent]:
        """One read for each refund that names an order; all else stays as it is. Raises Unavailable."""
        return [self._as_ordered(store, one, sent) if order_named(one.event) else one for one in sent]

    def _as_ordered(self, store: StoreId, one: Sent, sent: Iterable[Sent]) -> Sent:
        order = order_named(one.event) or ""
        found = _beside(one.event, order, sent) or self._known(store, one.event, order)
        return one if found is None else replace(one, event=returned(one.event, found))

    def _known(self, store: StoreId, refund: Event, order: str) -> Ordered | None:
        return order_of(People(self.visitors).load(store, refund.visitor).interactions, order)


def _beside(refund: Event, order: str, sent: Iterable[Sent]) -> Ordered | None:
    """What the same call tells of it."""
    same = (one.event for one in sent if one.event.visitor == refund.visitor)
    return next((order_in(one) for one in same if one.properties.get("order_id") == order and order_in(one)), None)
