"""How many people a campaign's segments hold now, as its planner may ask: by members and profiles, not by logs."""

from dataclasses import dataclass

from shopbell.app.batch import SideBySide
from shopbell.app.management.campaigns.counting import CountMembers
from shopbell.app.management.campaigns.seeing import of_run
from shopbell.app.management.segments.sample import DrawSample, persons
from shopbell.domain.campaigns import Campaign
from shopbell.domain.sampling import COUNTED, Estimate, everyone, scaled
from shopbell.domain.store import Store
from shopbell.ports import Stores, Visitors


@dataclass(frozen=True, slots=True)
class CountReach:
    """In the way in which they were counted as it was scheduled, and exactly where its rule is built by now.

    A sample is the same visitors again, so that nobody is asked again because chance drew others.
    """

    stores: Stores
    visitors: Visitors
    count: CountMembers
    side_by_side: SideBySide

    def __call__(self, campaign: Campaign) -> Estimate:
        """Once its own rule was built. Raises Unavailable."""
        most, store = campaign.terms.max_recipients, self.stores.get(campaign.store)
        if store is None:
            return everyone(0)
        found = self._reached(store, campaign)
        return found if most is None else Estimate(*(min(most, one) for one in (found.value, found.low, found.high)))

    def _reached(self, store: Store, campaign: Campaign) -> Estimate:
        audience = of_run(campaign)
        if audience.include:
            settled = audience.rule_segment is None
            return self.count(store, audience.include, audience.exclude, settled=settled).reachable
        sample = DrawSample(self.visitors, self.side_by_side)(store.id, store.shards, COUNTED)
        profiles = persons(self.visitors, self.side_by_side, store.id, sample.visitors)
        out = frozenset(campaign.audience.exclude)
        inside = sum(row.reachable and out.isdisjoint(row.memberships) for row in profiles)
        return scaled(inside, len(profiles), sample.size)
