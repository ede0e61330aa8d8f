"""Start the campaigns whose time has come: each instant once, made up for if missed, never two at a time."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.delivery.agreeing import AWAITED, MISSED, SettleHeld, held_of, latest_start
from shopbell.app.delivery.ended import in_flight
from shopbell.app.delivery.plan import run_of_campaign
from shopbell.app.delivery.unmade import PlanUnmade
from shopbell.app.ends import Done
from shopbell.app.watchwork import Watch, unwatched
from shopbell.app.work import PlanWork, plan_message
from shopbell.domain.campaigns import MAX_LATENESS, Campaign
from shopbell.domain.clock import MINUTE, Clock, Duration, Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.pauses import FOREVER, within
from shopbell.domain.runs import Run
from shopbell.domain.store import Store
from shopbell.ports import Campaigns, Queue, Runs, Stores

OVERLAPPING: Final = "skipped_overlapping"
IN_A_PAUSE: Final = "skipped_paused"
HELD: Final = "sending_paused"
NOT_DUE: Final = "not_due"
EVERY: Final[Duration] = 15 * MINUTE
"""From one look at all campaigns to the next."""


@dataclass(frozen=True, slots=True)
class FireCampaign:
    """A campaign's own schedule fired, or the one of all, which each quarter of an hour makes up for what was lost.

    A second firing is harmless: the run of an instant is its mark, and whoever finds it there makes no other. An
    instant that comes to nothing, since it was missed for too long, the run before is still being sent or the store
    sends nothing, leaves a cancelled run behind, so that it is decided and counted once.
    """

    stores: Stores
    campaigns: Campaigns
    runs: Runs
    sent: Callable[[Run], bool]
    """Whether all of a run is, what waits for quiet hours to end too."""
    plan: Queue
    decide: Callable[[Campaign], str]
    """What the rest of a campaign gets of which a part has tried the variants; the outcome."""
    now: Clock
    watch: Watch = unwatched

    def all(self, scheduled_at: Instant) -> Done:
        """Every campaign that is scheduled, waits for its winner or is sending without a run, of all stores."""
        counts = Counter(self._watched(store, name, scheduled_at) for store, name in self.campaigns.scheduled())
        return Done(counts or {"nothing_due": 1})

    def _watched(self, store: StoreId, name: CampaignId, scheduled_at: Instant) -> str:
        campaign, held = self.campaigns.get(store, name), None
        if campaign is not None and campaign.status in {"scheduled", "sending"}:
            held = SettleHeld(self.campaigns, self.runs, self.plan, self.now, self._given_up)(campaign)
        if campaign is not None and campaign.status == "sending":
            made = PlanUnmade(self.stores, self.campaigns, self.runs, self.plan, self.now, self._given_up, EVERY)
            return held or made(campaign) or self.decide(campaign)
        outcome = self.one(store, name, scheduled_at)
        return held if held is not None and outcome == NOT_DUE else outcome

    def one(self, store: StoreId, name: CampaignId, scheduled_at: Instant) -> str:
        """The outcome, by which it is counted. Raises Unavailable."""
        campaign, row = self.campaigns.get(store, name), self.stores.get(store)
        if campaign is None or row is None:
            return "campaign_gone"
        if campaign.schedule is None or campaign.status not in {"scheduled", "sending"}:
            return f"campaign_{campaign.status}"
        at = campaign.due(scheduled_at)
        if at is None:
            return NOT_DUE
        run = run_of_campaign(campaign, 0, at, self.now())
        outcome = self._decided(campaign, run, row, max(scheduled_at, self.now()))
        if outcome != HELD:
            self._turn(campaign, at)
        return outcome

    def _decided(self, campaign: Campaign, run: Run, store: Store, now: Instant) -> str:
        known = self.runs.of_source(run.store, "campaign", run.source_id)
        if any(one.id == run.id for one in known):
            return NOT_DUE
        if (why := self._waits(campaign, run, now)) is not None:
            return why
        if (why := self._paused(campaign, run, store, now)) is not None:
            return why
        if campaign.schedule is None or now - run.scheduled_at >= MAX_LATENESS + campaign.schedule.span:
            return self._given_up(run, MISSED)
        if in_flight(self.sent, known, run, store, now):
            return self._given_up(run, OVERLAPPING)
        self.plan.send([plan_message(PlanWork(run.store, campaign.id, run.scheduled_at))])
        return "campaigns_started"

    def _paused(self, campaign: Campaign, run: Run, store: Store, now: Instant) -> str | None:
        """What recurs goes on from when its store does, as from when it does itself; what is for once comes after.

        By the visitors' clocks it begins after the pause if the last clock of the world is still to show the time.
        """
        fell = within(store.stood, run.scheduled_at)
        if fell is None or campaign.schedule is None or campaign.schedule.cron is None:
            return None
        last = run.scheduled_at + campaign.schedule.span
        if fell[1] <= last:
            return None
        return HELD if fell[1] == FOREVER and now < last else self._given_up(run, IN_A_PAUSE)

    def _waits(self, campaign: Campaign, run: Run, now: Instant) -> str | None:
        """It, or the one before it, for a second person; None: neither does."""
        held = held_of(campaign)
        if held is None or held.run_at is None or not held.open:
            return None
        if held.run_at == run.scheduled_at:
            return AWAITED
        return self._given_up(run, OVERLAPPING) if now < latest_start(campaign, held.run_at) else None

    def _turn(self, campaign: Campaign, at: Instant) -> None:
        """After its last instant it is scheduled no more. The message comes before it, for that can be repeated."""
        if campaign.status != "scheduled" or campaign.following(at) is not None:
            return
        turned = replace(campaign, status="sending", sent_at=at, unplanned=True)
        sending = replace(turned, updated_at=self.now(), revision=campaign.revision + 1)
        if not self.campaigns.save(sending, expected=campaign.revision):
            raise Unavailable("the campaign was changed while it was started")

    def _given_up(self, run: Run, reason: str) -> str:
        mark = replace(run, state="cancelled", shards=0, given_up=reason)
        self.watch(mark)
        return reason if self.runs.create(mark) else NOT_DUE
