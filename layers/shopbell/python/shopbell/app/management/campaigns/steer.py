"""Hold a campaign, let it go on, give it up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.delivery.carrying import Carry
from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.scheduling import KeepSchedule
from shopbell.app.management.campaigns.write import found
from shopbell.app.management.changes import check_revision, check_saved
from shopbell.domain.campaigns import Campaign, CampaignStatus
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Conflict
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.pauses import remembered
from shopbell.ports import Campaigns, Runs, Stores

CallingOff = Callable[[StoreId, CampaignId], None]
"""Told before a campaign is called off. Raises Unavailable."""
_CANCELLABLE: Final[tuple[CampaignStatus, ...]] = ("scheduled", "sending", "paused")


def unheard(_: StoreId, __: CampaignId) -> None:
    """For who has nobody to tell."""


@dataclass(frozen=True, slots=True)
class SteerCampaign:
    """Pause, resume and cancel: the campaign says what is wanted, its runs carry it to the workers.

    Each may be repeated, and finishes what broke off.
    """

    campaigns: Campaigns
    stores: Stores
    runs: Runs
    audience: KeepAudience
    schedule: KeepSchedule
    now: Clock
    calling_off: CallingOff = unheard

    def pause(self, store: StoreId, name: CampaignId, expected: int | None = None) -> Campaign:
        """Of what is scheduled, no time counts until it goes on."""
        held = self._turn(store, name, ("scheduled", "sending"), "paused", expected)
        self.schedule.follow(held, self.now())
        return held

    def resume(self, store: StoreId, name: CampaignId, expected: int | None = None) -> Campaign:
        """What waited is handed out again by the queues as their waits run out; a schedule goes on from now.

        Conflict where the only time that it was for is over.
        """
        resumed = self._turn(store, name, ("paused",), self._after(store, name), expected)
        if resumed.status == "scheduled":
            self.schedule.follow(resumed, self.now())
        return resumed

    def _after(self, store: StoreId, name: CampaignId) -> CampaignStatus:
        """What it becomes by going on; what goes on already stays what it is."""
        stored, now = found(self.campaigns, store, name), self.now()
        schedule = stored.schedule
        if stored.status in {"sending", "scheduled"}:
            return stored.status
        if schedule is None or stored.sent_at is not None:
            return "sending"
        over = stored.following(now) is None if schedule.at is None else schedule.at <= now
        if stored.status != "paused" or not over:
            return "scheduled"
        if not self.runs.of_source(store, "campaign", name):
            raise Conflict("Its time was over while it was paused: make it a draft again, or cancel it.")
        return "sending"  # its last run, which it ends with

    def cancel(self, store: StoreId, name: CampaignId, expected: int | None = None) -> Campaign:
        """What has not been posted yet never is."""
        if found(self.campaigns, store, name).status in _CANCELLABLE:
            self.calling_off(store, name)
        gone = self._turn(store, name, _CANCELLABLE, "cancelled", expected)
        self.schedule.follow(gone, self.now())
        self.audience.rest(gone)
        return gone

    def _turn(
        self,
        store: StoreId,
        name: CampaignId,
        before: Sequence[CampaignStatus],
        after: CampaignStatus,
        expected: int | None,
    ) -> Campaign:
        stored = found(self.campaigns, store, name)
        check_revision(stored.revision, expected)
        if stored.status == after:
            turned = stored
        elif stored.status in before:
            turned = self._turned(stored, after)
            check_saved(saved=self.campaigns.save(turned, expected=stored.revision))
        else:
            raise Conflict(f"It is {stored.status}.")
        Carry(self.campaigns, self.stores, self.runs, self.now)(turned)
        return turned

    def _turned(self, stored: Campaign, after: CampaignStatus) -> Campaign:
        now = self.now()
        turned = replace(stored, status=after, updated_at=now, paused_at=None, revision=stored.revision + 1)
        if after == "paused":
            return replace(turned, paused_at=now)
        if after == "cancelled":
            return turned
        since = now if stored.sent_at is None else stored.since  # what came meanwhile was not asked for
        return replace(turned, since=since, pauses=remembered(stored.pauses, (stored.pause_began, now)))
