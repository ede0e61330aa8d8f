"""How many people a campaign's segments hold now, as its planner may ask: by profiles, and no log is read."""

from dataclasses import dataclass

from shopbell.app.batch import SideBySide
from shopbell.app.management.segments.sample import DrawSample, persons
from shopbell.domain.campaigns import Campaign
from shopbell.domain.sampling import scaled
from shopbell.ports import Counters, Stores, Visitors


@dataclass(frozen=True, slots=True)
class CountReach:
    """In the way in which they were counted as it was scheduled: of one segment its own size, else from the sample.

    The sample is the same visitors again, so that nobody is asked again because chance drew others.
    """

    stores: Stores
    visitors: Visitors
    counters: Counters
    side_by_side: SideBySide

    def __call__(self, campaign: Campaign) -> int:
        """Once its own rule was built. Raises Unavailable."""
        most = campaign.terms.max_recipients
        reached = self._reached(campaign)
        return reached if most is None else min(most, reached)

    def _reached(self, campaign: Campaign) -> int:
        audience, store = campaign.audience, self.stores.get(campaign.store)
        if store is None:
            return 0
        rule = audience.rule_segment
        if len(audience.include) == 1 and not audience.exclude and rule is None:
            size = self.counters.total(campaign.store, f"segment:{audience.include[0]}")
            return max(0, size.get("reachable", 0))
        sample = DrawSample(self.visitors, self.side_by_side)(store.id, store.shards)
        profiles = persons(self.visitors, self.side_by_side, store.id, sample.visitors)
        wanted = {*audience.include, *({rule} if rule is not None else ())}
        inside = sum(
            row.reachable
            and (not wanted or not wanted.isdisjoint(row.memberships))
            and set(audience.exclude).isdisjoint(row.memberships)
            for row in profiles
        )
        return scaled(inside, len(profiles), sample.size).value
