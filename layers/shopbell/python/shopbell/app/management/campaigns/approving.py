"""A second person agrees to what a first one asked for, and it begins."""

from dataclasses import dataclass, replace

from shopbell.app.delivery.agreeing import held_of, latest_start
from shopbell.app.management.campaigns.scheduling import ScheduleCampaign
from shopbell.app.management.campaigns.send import SendCampaign
from shopbell.app.management.campaigns.starting import Asked, waits
from shopbell.app.management.campaigns.write import found
from shopbell.app.management.changes import check_revision, check_saved
from shopbell.app.management.keys import same_person
from shopbell.app.work import PlanWork, plan_message
from shopbell.domain.campaigns import Approval, Campaign
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Conflict, Forbidden
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.ports import Campaigns, Keys


@dataclass(frozen=True, slots=True)
class ApproveCampaign:
    campaigns: Campaigns
    send: SendCampaign
    schedule: ScheduleCampaign
    keys: Keys
    now: Clock

    def __call__(self, store: StoreId, name: CampaignId, by: str | None, expected: int | None = None) -> Campaign:
        """Sends or schedules it, as it was asked for: everything is checked anew.

        What was held back as its time came is sent. Conflict where nothing waits, or it would reach others than were
        asked for; Forbidden for the key that asked, and for those that came of it, or it of them, by rotation.
        """
        stored = found(self.campaigns, store, name)
        approval = stored.approval
        if approval is None:
            raise Conflict("Nobody has asked for approval.")
        if approval.approved_by is not None and approval.approved_by == by:
            self._go_on(stored)
            return stored
        if not waits(approval) or stored.status in {"sent", "cancelled"}:
            raise Conflict("It has been approved already." if approval.approved_by else f"It is {stored.status}.")
        self._check_second(store, by, approval.asked_by)
        check_revision(stored.revision, expected)
        if stored.status != "draft":
            return self._agree(stored, approval, by)
        agreed = replace(stored, approval=replace(approval, approved_by=by, approved_at=self.now()))
        asked = Asked(approval.action, stored.send_body or "", stored.send_key, by, approval.recipients)
        if approval.action == "send":
            return self.send.start(agreed, asked)
        return self.schedule.start(agreed, agreed, asked)

    def _agree(self, stored: Campaign, approval: Approval, by: str | None) -> Campaign:
        """To what it had grown to by the time it was to go. Whoever dies after it is saved leaves the rest to the
        schedule that looks after all campaigns.
        """
        now, recurs = self.now(), stored.schedule is not None and stored.schedule.cron is not None
        since = approval.run_at
        if not recurs and (since is None or now >= latest_start(stored, since, approval.part)):
            raise Conflict("Nobody agreed in time: what waited for it is not sent any more.")
        agreed = replace(
            stored,
            approval=replace(approval, approved_by=by, approved_at=now),
            revision=stored.revision + 1,  # a pause of an earlier release is counted from when it was last changed
        )
        check_saved(saved=self.campaigns.save(agreed, expected=stored.revision))
        self._go_on(agreed)
        return agreed

    def _go_on(self, agreed: Campaign) -> None:
        """Whoever agreed may have died before the message was on the queue."""
        held = held_of(agreed)
        if held is None:
            self.send.go_on(agreed)
        elif held.run_at is not None and self.now() < latest_start(agreed, held.run_at):
            self.send.plan.send([plan_message(PlanWork(agreed.store, agreed.id, held.run_at))])

    def _check_second(self, store: StoreId, by: str | None, first: str | None) -> None:
        if by is None or same_person([key for key, _ in self.keys.keys(store)], by, first):
            raise Forbidden("A second person approves: with another key than the one that asked, rotated or not.")
