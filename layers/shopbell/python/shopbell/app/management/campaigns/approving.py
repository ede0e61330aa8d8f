"""A second person agrees to what a first one asked for, and it begins."""

from dataclasses import dataclass, replace

from shopbell.app.management.campaigns.scheduling import ScheduleCampaign
from shopbell.app.management.campaigns.send import SendCampaign
from shopbell.app.management.campaigns.starting import Asked, waits
from shopbell.app.management.campaigns.write import found
from shopbell.app.management.changes import check_revision
from shopbell.app.management.keys import same_person
from shopbell.domain.campaigns import Campaign
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

        Conflict where nothing waits, or it would reach others than were asked for; Forbidden for the key that asked,
        and for those that came of it, or it of them, by rotation.
        """
        stored = found(self.campaigns, store, name)
        approval = stored.approval
        if approval is None:
            raise Conflict("Nobody has asked for approval.")
        if approval.approved_by is not None and approval.approved_by == by:
            return stored
        if not waits(approval) or stored.status != "draft":
            raise Conflict("It has been approved already.")
        self._check_second(store, by, approval.asked_by)
        check_revision(stored.revision, expected)
        agreed = replace(stored, approval=replace(approval, approved_by=by, approved_at=self.now()))
        asked = Asked(approval.action, stored.send_body or "", stored.send_key, by, approval.recipients)
        if approval.action == "send":
            return self.send.start(agreed, asked)
        return self.schedule.start(agreed, agreed, asked)

    def _check_second(self, store: StoreId, by: str | None, first: str) -> None:
        if by is None or same_person([key for key, _ in self.keys.keys(store)], by, first):
            raise Forbidden("A second person approves: with another key than the one that asked, rotated or not.")
