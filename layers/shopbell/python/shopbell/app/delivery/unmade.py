"""A campaign that is sending without a run: the message that makes it was lost, or never came to its queue."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.delivery.agreeing import MISSED
from shopbell.app.delivery.plan import run_of_campaign
from shopbell.app.work import PlanWork, plan_message
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import HOUR, MINUTE, Clock, Duration
from shopbell.domain.lasting import LONGEST_RUN
from shopbell.domain.pauses import held, union
from shopbell.domain.runs import Run
from shopbell.ports import Campaigns, Queue, Runs, Stores

GRACE: Final[Duration] = 2 * MINUTE
"""So long a run may take to be made."""
OFTEN: Final[Duration] = HOUR
"""So long it is planned again at each look, then once an hour: the message may wait for an audience that is built."""
AGAIN: Final = "campaigns_planned_again"
SEEN: Final = "campaigns_seen_planned"
CHANGED: Final = "campaign_changed_meanwhile"
WAITED_FOR: Final = "run_waited_for"


@dataclass(frozen=True, slots=True)
class PlanUnmade:
    """Planned twice there is one run all the same, and whoever has got it does not get it again."""

    stores: Stores
    campaigns: Campaigns
    runs: Runs
    plan: Queue
    now: Clock
    give_up: Callable[[Run, str], str]
    every: Duration
    """How long it is from one look to the next."""

    def __call__(self, campaign: Campaign) -> str | None:
        """The outcome, by which it is counted; None: its run is known of, or not late yet. Raises Unavailable."""
        at, now, store = campaign.sent_at, self.now(), self.stores.get(campaign.store)
        if not campaign.unplanned or at is None or store is None:
            return None
        run = run_of_campaign(campaign, 0, at, now)
        if self.runs.get(run.store, run.id) is not None:
            return self._seen(campaign)
        age = now - at - held(union(campaign.stood, store.stood), at, now)
        if age < GRACE:
            return None
        if age >= min(LONGEST_RUN, run.ends_at - at):
            return self.give_up(run, MISSED)
        if age >= OFTEN and age % HOUR >= self.every:
            return WAITED_FOR
        self.plan.send([plan_message(PlanWork(campaign.store, campaign.id, at))])
        return AGAIN

    def _seen(self, campaign: Campaign) -> str | None:
        """It stays the revision that people have read: nothing that they see changes."""
        if campaign.winner is not None and campaign.decision is None:
            return None  # it is looked after until that is decided
        saved = self.campaigns.save(replace(campaign, unplanned=False), expected=campaign.revision)
        return SEEN if saved else CHANGED
