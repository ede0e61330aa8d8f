"""Weigh a run's variants by what the runs before it brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.delivery.plan import run_of_campaign
from shopbell.app.management.campaigns.report import ReadReport
from shopbell.app.management.campaigns.write import found
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.reports import Share
from shopbell.domain.runs import Run
from shopbell.domain.thompson import drawn_by, weighed
from shopbell.domain.winner import Arm, Metric, Weighed
from shopbell.ports import Stores

MOST_RUNS: Final = 60
"""The latest of a source, by which it is weighed: so many are read in the time that there is to plan one."""
MOST_MESSAGES: Final = 2_000_000
"""Of all those runs but the last, for the same reason; more would tell nothing that so many do not."""
_NOBODY: Final = Share()


@dataclass(frozen=True, slots=True)
class Learned:
    """Of one message: as a run of it would be weighed now, and those that were, the latest first."""

    now: Weighed
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class WeighVariants:
    """By all that is known so far of the latest runs, however late the last of them was.

    Clicks of it that are still to come are missing from each of its variants alike. Weighed a second time a run may
    look otherwise: what was written first stays.
    """

    report: ReadReport
    stores: Stores

    def __call__(self, run: Run, metric: Metric) -> Run:
        """With the variants that have a share, by the weights that they have. Raises Unavailable."""
        now = self._weighed(run, metric, [one for one in self._runs(run) if one.id != run.id])
        variants = drawn_by(run.variants, now)
        return replace(run, variants=variants, content=variants[0].content, weighed=now)

    def learned(self, run: Run, metric: Metric) -> Learned:
        """`run`: one that would be made at this moment."""
        runs = self._runs(run)[:MOST_RUNS]
        return Learned(self._weighed(run, metric, runs), tuple(one for one in runs if one.weighed is not None))

    def of_campaign(self, store: StoreId, name: CampaignId) -> Learned | None:
        """None: the marketer's weights are what they are."""
        campaign, now = found(self.report.campaigns, store, name), self.report.now()
        if campaign.weighing is None:
            return None
        return self.learned(run_of_campaign(campaign, 0, now, now), campaign.weighing.metric)

    def _runs(self, run: Run) -> Sequence[Run]:
        """Of the same source, the latest first."""
        runs = self.report.runs.of_source(run.store, run.source, run.source_id)
        return [one for one in runs if not one.given_up]

    def _latest(self, runs: Sequence[Run]) -> Sequence[Run]:
        """The last one, and as many before it as there is time to read."""
        messages, found = 0, list(runs[:1])
        for run in runs[1:MOST_RUNS]:
            messages += sum(row.planned for row in self.report.progress.shards(run.store, run.id))
            if messages > MOST_MESSAGES:
                break
            found.append(run)
        return found

    def _weighed(self, run: Run, metric: Metric, known: Sequence[Run]) -> Weighed:
        runs = self._latest(known)
        store, own = self.stores.get(run.store), {one.name: one.weight for one in run.variants}
        since = min((one.scheduled_at for one in runs), default=None)
        told = () if since is None else self.report.told(run.store, [run.source_id], since)
        shares = self.report.over(runs, told=told).by_variant
        return weighed(metric, arms_of(list(own), shares, store.currency if store else ""), own, run.created_at)


def arms_of(names: Sequence[str], shares: Mapping[str, Share], currency: str) -> Sequence[Arm]:
    """What a report says of variants, as they are compared."""
    return [_arm(name, shares.get(name, _NOBODY), currency) for name in names]


def _arm(name: str, share: Share, currency: str) -> Arm:
    told = share.brought
    return Arm(
        variant=name,
        recipients=share.accepted,
        clicks=told.receipts.get("clicked", 0),
        buyers=told.buyers,
        revenue=told.revenue.get(currency, 0),
        squares=told.squares.get(currency, 0),
        left=told.unsubscribed,
    )
