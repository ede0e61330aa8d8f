"""Count what items of events say for reports: receipts, opt-outs, orders, and what became of those held out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shopbell.app.reporting.attribute import Attribute
from shopbell.app.reporting.lift import Follow
from shopbell.app.reporting.receipts import CountReceipts
from shopbell.domain.events import EventItem
from shopbell.domain.ids import StoreId


@dataclass(frozen=True, slots=True)
class CountReports:
    receipts: CountReceipts
    attribute: Attribute
    follow: Follow

    def __call__(self, items: Iterable[EventItem]) -> Mapping[str, int]:
        """Raises Unavailable. The same items may come again, in any order and any cut: they change nothing more."""
        by_store: dict[StoreId, list[EventItem]] = {}
        for item in items:
            by_store.setdefault(item.store, []).append(item)
        ends: Counter[str] = Counter()
        for store, mine in by_store.items():
            ends += self.receipts(store, mine)
            ends += self.attribute(store, mine)
            ends += self.follow(store, mine)
        return ends
