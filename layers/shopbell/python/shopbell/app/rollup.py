"""Roll up what sells and what is new: each night for every store, and on demand where a small store's is old."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from shopbell.app.binding import BindTogether
from shopbell.app.nightly.work import NightWork, Note, Paged
from shopbell.domain.clock import DAY, MINUTE, SECOND, Clock, Duration, Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.recommend.arrivals import without_imports
from shopbell.domain.recommend.lists import NEVER, Arrival, Overview
from shopbell.domain.recommend.rolling import Rolling, shares
from shopbell.domain.store import Store
from shopbell.ports import Assortment, Catalogue, DemandCounters, Tops

NEW: Final[Duration] = 21 * DAY
"""The Monday of last week is at most 14 days ago; the rest is room for a selection that reaches further back."""
ARRIVALS: Final = 300
RECENT: Final = 60
STALE: Final[Duration] = 10 * MINUTE
STALE_WHILE_EMPTY: Final[Duration] = 5 * SECOND
"""A shop that had sold nothing a moment ago may have by now, and rolling up nothing costs nothing."""
LEASE: Final[Duration] = 10 * SECOND
"""Who takes longer may be joined by another: both write the same."""
SMALL: Final = 1
"""Shards of a store whose lists are rolled up between the nights too: its counts are few reads."""


@dataclass(frozen=True, slots=True)
class RollUp:
    counters: DemandCounters
    tops: Tops
    catalogue: Catalogue
    assortment: Assortment

    def __call__(self, store: StoreId, now: Instant, *, night: bool = False) -> Mapping[str, int]:
        """Whenever it runs, and however often, the lists are what the counts say. Raises Unavailable."""
        bound = BindTogether(self.counters, self.tops, self.catalogue)(store, now, night=night)
        arrivals = self._arrivals(store, now)
        rolling = Rolling(now // DAY, {one.product: one.created_at for one in arrivals})
        for day in rolling.days:
            rolling.add(day, self.counters.day(store, day))
        lists = rolling.lists(self.catalogue.get_many(store, sorted(rolling.sums)))
        recent = tuple(product for _, product in islice(self.assortment.newest(store), RECENT))
        self.tops.save(store, lists, Overview(rolling.arrivals(arrivals), recent, shares(lists), now))
        return {
            "top_lists": len(lists),
            "products_wanted": len(rolling.sums),
            "products_new": len(arrivals),
            "products_bound": bound,
        }

    def _arrivals(self, store: StoreId, now: Instant) -> list[Arrival]:
        new = [Arrival(product, at) for at, product in self.assortment.newest(store, now - NEW)]
        return list(without_imports(new, self.assortment.count(store))[:ARRIVALS]) if new else []


@dataclass(frozen=True, slots=True)
class Refresh:
    """Between the nights, by whoever first asks; the others go on with the older lists meanwhile."""

    roll_up: RollUp
    tops: Tops
    now: Clock

    def __call__(self, store: Store) -> bool:
        """True: the lists are new now. A failure leaves the old ones, and the next one to ask tries again."""
        now = self.now()
        last = self.tops.overview(store.id)
        made, keep = last.made_at, STALE if last.categories else STALE_WHILE_EMPTY
        if made > now - keep or (made != NEVER and store.shards > SMALL):
            return False
        if not self.tops.claim(store.id, now, now + LEASE):
            return False
        try:
            self.roll_up(store.id, now)
        except Unavailable:
            return False
        return True


@dataclass(frozen=True, slots=True)
class RollUpNightly:
    """The last step of a night."""

    roll_up: RollUp
    now: Clock

    def page(self, store: Store, work: NightWork, cursor: str | None, note: Note) -> Paged:  # noqa: ARG002 - a Walk's
        """Nothing to walk: the counts of a day are read all at once."""
        return Paged(None, 0, {})

    def finish(self, store: Store, night: Instant, note: Note) -> Mapping[str, int]:  # noqa: ARG002
        counts = self.roll_up(store.id, self.now(), night=True)
        note("what sells was rolled up", store=store.id, outcomes=dict(counts))
        return counts
