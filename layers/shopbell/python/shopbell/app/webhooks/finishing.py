"""Notice that a campaign's run is through, and tell the store's own systems so, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.ends import Done, End
from shopbell.app.management.campaigns.report import ReadReport
from shopbell.app.watchwork import WatchWork, watch_message
from shopbell.app.webhooks.tell import Tell
from shopbell.app.webhooks.watching import FIRST_LOOK
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import MINUTE, SECOND, Clock, Duration
from shopbell.domain.runs import Run
from shopbell.domain.webhooks.finished import Finished
from shopbell.domain.webhooks.hook import CAMPAIGN_FINISHED
from shopbell.ports import Queue
from shopbell.ports.webhooks import ToldRuns

SHARE: Final = 8
"""It is looked at again after an eighth of the time that it has taken so far."""
LONGEST_LOOK: Final[Duration] = 5 * MINUTE
"""Less than what the oldest message of the queue may wait before the alarm."""
PATIENCE: Final[Duration] = MINUTE
"""So long what is announced may be on its way: the run that is written next, the campaign that is saved next."""


@dataclass(frozen=True, slots=True)
class TellFinished:
    """Queue `plan`. Each look puts the next one on the queue before it ends: none is lost, and no message grows old.

    The run is marked after it was told of: whoever dies between tells it again, under the same id.
    """

    report: ReadReport
    marks: ToldRuns
    tell: Tell
    plan: Queue
    now: Clock

    def __call__(self, work: WatchWork) -> End:
        """Raises Unavailable."""
        campaign = self.report.campaigns.get(work.store, work.campaign)
        if campaign is None:
            return Done({"campaign_gone": 1})
        runs = self.report.runs.of_source(work.store, "campaign", work.campaign)
        if work.run is None:
            return self._called_off(campaign, runs, work)
        run = next((one for one in runs if one.id == work.run), None)
        return self._not_yet(work) if run is None else self._look(campaign, runs, run, work)

    def _called_off(self, campaign: Campaign, runs: Sequence[Run], work: WatchWork) -> End:
        """What ends with it is the last run that was begun; one that has ended by itself is told of by itself."""
        if campaign.status != "cancelled":
            return self._not_yet(work)
        begun = [run for run in runs if run.given_up is None]
        if begun:
            last = max(begun, key=lambda run: (run.scheduled_at, run.part))
            return self._look(campaign, runs, last, work) if last.state == "cancelled" else Done({"finish_other": 1})
        if runs or (campaign.schedule is not None and campaign.schedule.cron is not None):
            return Done({"finish_other": 1})
        return self._tell(Finished(campaign, None, self.report.over([]), campaign.updated_at))

    def _look(self, campaign: Campaign, runs: Sequence[Run], run: Run, work: WatchWork) -> End:
        if self.marks.told_at(run.store, run.id) is not None:
            return Done({"finish_told_before": 1})
        now = self.now()
        together = [one for one in runs if one.scheduled_at == run.scheduled_at]
        begun = [one.created_at for one in together if one.given_up is None]
        report = self.report.over(together, alone=True)
        settled = run.state == "cancelled" and now >= campaign.updated_at + FIRST_LOOK
        if not report.finished and not settled:
            return self._again(work)
        end = self._tell(Finished(campaign, self.report.lasting(run), report, now, min(begun, default=None)))
        self.marks.tell(run.store, run.id, now)
        return end

    def _tell(self, told: Finished) -> Done:
        """Whoever wants it now, whoever did when it began."""
        heard = self.tell(told.campaign.store, CAMPAIGN_FINISHED, told.occurrence, told.data())
        return Done({"finish_told": 1} if heard else {"finish_unwanted": 1})

    def _not_yet(self, work: WatchWork) -> End:
        """Whoever announced it may be at it still, or may have died: then there is nothing to wait for."""
        return self._again(work) if self.now() - work.since < PATIENCE else Done({"finish_gone": 1})

    def _again(self, work: WatchWork) -> End:
        """Where nobody wants it, seldom: it is looked at for who may want it before it is through."""
        sooner = min((self.now() - work.since) // SHARE, LONGEST_LOOK)
        wait = max(FIRST_LOOK, sooner) if self.tell.wanted(work.store, CAMPAIGN_FINISHED) else LONGEST_LOOK
        self.plan.send([watch_message(work, wait // SECOND)])
        return Done({"finish_waits": 1})
