"""Send a campaign, hold it, let it go on, give it up, or try it out on a few."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.estimate import EstimateCampaign
from shopbell.app.management.campaigns.texts import check_sendable
from shopbell.app.management.campaigns.write import found
from shopbell.app.management.changes import check_revision, check_saved
from shopbell.app.work import PlanWork, plan_message
from shopbell.domain.campaigns import Campaign, CampaignStatus
from shopbell.domain.clock import MINUTE, Clock, Duration
from shopbell.domain.errors import Conflict
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.runs import RunState
from shopbell.ports import Campaigns, Queue, Runs, Stores

LOST_AFTER: Final[Duration] = MINUTE
"""A campaign that is sending without a run for so long lost its message: it may be sent again."""


@dataclass(frozen=True, slots=True)
class SendCampaign:
    campaigns: Campaigns
    stores: Stores
    runs: Runs
    audience: KeepAudience
    plan: Queue
    estimate: EstimateCampaign
    now: Clock

    def __call__(
        self, store: StoreId, name: CampaignId, request: str | None = None, expected: int | None = None
    ) -> Campaign:
        """Once. The same `request` (Idempotency-Key) gets the same answer, any other 409.

        Rejected where it would take longer than its messages mean anything.
        """
        stored = found(self.campaigns, store, name)
        if stored.status != "draft":
            return self._again(stored, request)
        check_revision(stored.revision, expected)
        row = self.stores.get(store)
        if row is None or row.sending == "paused":
            raise Conflict("Sending is paused for this store.")
        check_sendable(stored, row)
        self.estimate.check(stored)
        self.audience.wake(stored)
        now = self.now()
        sending = replace(
            stored,
            status="sending",
            sent_at=now,
            updated_at=now,
            send_key=request,
            revision=stored.revision + 1,
        )
        check_saved(saved=self.campaigns.save(sending, expected=stored.revision))
        self._plan(sending)
        return sending

    def _again(self, stored: Campaign, request: str | None) -> Campaign:
        same = request is not None and request == stored.send_key
        lost = stored.sent_at is not None and self.now() - stored.sent_at >= LOST_AFTER
        if (
            stored.status == "sending"
            and (same or lost)
            and not self.runs.of_source(stored.store, "campaign", stored.id)
        ):
            # whoever sent it died before the message was on the queue; planning it twice makes one run
            self._plan(stored)
            return stored
        if not same:
            raise Conflict(f"It is {stored.status}: a campaign is sent once.")
        return stored

    def _plan(self, campaign: Campaign) -> None:
        self.plan.send([plan_message(PlanWork(campaign.store, campaign.id, campaign.sent_at or self.now()))])


@dataclass(frozen=True, slots=True)
class SteerCampaign:
    """Pause, resume and cancel: the campaign says what is wanted, its runs carry it to the workers."""

    campaigns: Campaigns
    stores: Stores
    runs: Runs
    audience: KeepAudience
    now: Clock

    def pause(self, store: StoreId, name: CampaignId, expected: int | None = None) -> Campaign:
        return self._turn(store, name, ("sending",), "paused", expected)

    def resume(self, store: StoreId, name: CampaignId, expected: int | None = None) -> Campaign:
        """What waited is handed out again by the queues as their waits run out."""
        return self._turn(store, name, ("paused",), "sending", expected)

    def cancel(self, store: StoreId, name: CampaignId, expected: int | None = None) -> Campaign:
        """What has not been posted yet never is."""
        gone = self._turn(store, name, ("scheduled", "sending", "paused"), "cancelled", expected)
        self.audience.rest(gone)
        return gone

    def _turn(
        self,
        store: StoreId,
        name: CampaignId,
        before: Sequence[CampaignStatus],
        after: RunState,
        expected: int | None,
    ) -> Campaign:
        stored = found(self.campaigns, store, name)
        check_revision(stored.revision, expected)
        held = self._held(stored) if stored.status == "paused" and after == "sending" else 0
        if stored.status == after:
            turned = stored
        elif stored.status in before:
            turned = replace(stored, status=after, updated_at=self.now(), revision=stored.revision + 1)
            check_saved(saved=self.campaigns.save(turned, expected=stored.revision))
        else:
            raise Conflict(f"It is {stored.status}.")
        for run in self.runs.of_source(store, "campaign", name):
            if run.state not in {after, "cancelled"}:
                self.runs.set_state(store, run.id, after, held)
        return turned

    def _held(self, stored: Campaign) -> Duration:
        """How long it was paused while its store was not: what the whole store waits is counted there."""
        now, row = self.now(), self.stores.get(stored.store)
        return now - stored.updated_at - (row.held(stored.updated_at, now) if row else 0)
