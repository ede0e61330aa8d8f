"""Send a campaign now, once, or have it wait for a second person."""

from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.starting import Admit, Asked, waits
from shopbell.app.management.campaigns.trial import check_recurring
from shopbell.app.management.campaigns.write import found
from shopbell.app.work import PlanWork, plan_message
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import MINUTE, Clock, Duration
from shopbell.domain.errors import Conflict
from shopbell.domain.ids import CampaignId, StoreId
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
    admit: Admit
    now: Clock

    def __call__(self, store: StoreId, name: CampaignId, asked: Asked) -> Campaign:
        """Once. The same `request` (Idempotency-Key) gets the same answer, any other 409.

        Rejected where it would take longer than its messages mean anything. A draft still where a second person
        must agree.
        """
        if (started := self._started(store, name, asked)) is not None:
            return started
        stored, repeated = self.admit.draft(store, name, asked)
        return stored if repeated else self.start(stored, asked)

    def start(self, stored: Campaign, asked: Asked) -> Campaign:
        """A draft whose revision was checked."""
        row = self.stores.get(stored.store)
        if row is None or row.sending == "paused":
            raise Conflict("Sending is paused for this store.")
        if stored.schedule is not None:
            raise Conflict("It has a schedule: POST …/schedule starts that; take it out to send it now.")
        check_recurring(stored)
        now = self.now()
        approval = self.admit(stored, asked, now)
        if approval is not None and waits(approval):
            return self.admit.hold(stored, stored, asked, approval)
        sending = self.audience.wake(
            replace(
                stored,
                status="sending",
                sent_at=now,
                updated_at=now,
                send_key=asked.request,
                send_body=asked.digest,
                approval=approval,
                started_by=asked.by,
                unplanned=True,
                revision=stored.revision + 1,
            )
        )
        self.audience.start(self.campaigns, stored, sending)
        self._plan(sending)
        return sending

    def _started(self, store: StoreId, name: CampaignId, asked: Asked) -> Campaign | None:
        """A call that was answered 503, or by nobody, goes on: with its key, or without one as long as it says the
        same; any other once the message must be lost.
        """
        stored = found(self.campaigns, store, name)
        unkeyed = asked.request is None and stored.send_key is None and asked.digest == stored.send_body
        same = self.admit.repeated(stored, asked) or unkeyed
        lost = stored.sent_at is not None and self.now() - stored.sent_at >= LOST_AFTER
        return stored if (same or lost) and self.go_on(stored) else None

    def go_on(self, stored: Campaign) -> bool:
        """Whoever sent it may have died before the message was on the queue; planning it twice makes one run.

        False: it is not being sent, or has its run.
        """
        runs = self.runs.of_source(stored.store, "campaign", stored.id)
        made = any(run.scheduled_at == stored.sent_at for run in runs) if stored.unplanned else bool(runs)
        if stored.status != "sending" or made:
            return False
        self._plan(stored)
        return True

    def _plan(self, campaign: Campaign) -> None:
        self.plan.send([plan_message(PlanWork(campaign.store, campaign.id, campaign.sent_at or self.now()))])
