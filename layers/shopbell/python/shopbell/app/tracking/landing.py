"""The list for a page that a message led to: what it showed, and what is picked for the visitor at that moment."""

from dataclasses import dataclass, replace

from shopbell.app.people import People
from shopbell.app.recommend import Selecting
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Clock
from shopbell.domain.ids import VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.recommend.filters import presentable
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.sends import EMPTY
from shopbell.domain.store import Store
from shopbell.ports import Catalogue, Sends, Stores, Visitors


@dataclass(frozen=True, slots=True)
class PickList:
    stores: Stores
    visitors: Visitors
    sends: Sends
    catalogue: Catalogue
    select: Selecting
    now: Clock

    def __call__(self, run: Run, visitor: VisitorId, step: int) -> tuple[Product, ...]:
        """At most `Landing.most` that are in stock now; () for a message without a list. Raises Unavailable.

        First what the message showed, since that is what the visitor came for; then, by the message's own selection,
        what it would show now, whatever other messages have shown before.
        """
        landing, store = run.terms.landing, self.stores.get(run.store)
        profile = People(self.visitors).load_many(run.store, [visitor]).get(visitor)
        if landing is None or store is None or profile is None:
            return ()
        promised = self._promised(run, profile.visitor, step)
        picks = self._picked(store, profile, run.terms.products, landing.most)
        both = {one.id: one for one in (*promised, *picks)}
        return tuple(both.values())[: landing.most]

    def _promised(self, run: Run, visitor: VisitorId, step: int) -> list[Product]:
        """Of the latest message of that step, as far as it can still be had."""
        sent = self.sends.of(run.store, [visitor]).get(visitor, EMPTY).sent
        mine = (one.products for one in reversed(sent) if (one.source_id, one.step) == (run.source_id, step))
        names = next(mine, ())
        found = self.catalogue.get_many(run.store, names)
        return [found[name] for name in names if name in found and presentable(found[name])]

    def _picked(self, store: Store, profile: Profile, wanted: Selection, most: int) -> list[Product]:
        if wanted.algorithm is None:
            return []
        whole = replace(wanted, count=most, minimum=1, exclude_shown=None)
        return [pick.product for pick in self.select(store, profile, whole, now=self.now()).picks]
