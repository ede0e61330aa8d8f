"""Hold a campaign, let it go on, give it up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.scheduling import KeepSchedule
from shopbell.app.management.campaigns.write import found
from shopbell.app.management.changes import check_revision, check_saved
from shopbell.domain.campaigns import Campaign, CampaignStatus
from shopbell.domain.clock import Clock, Duration
from shopbell.domain.errors import Conflict
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.lasting import standing
from shopbell.domain.runs import Run, RunState
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
        self.schedule.remove(held)
        return held

    def resume(self, store: StoreId, name: CampaignId, expected: int | None = None) -> Campaign:
        """What waited is handed out again by the queues as their waits run out; a schedule goes on from now.

        Conflict where the only time that it was for is over.
        """
        stored, now = found(self.campaigns, store, name), self.now()
        schedule = stored.schedule
        if schedule is None or stored.sent_at is not None:
            return self._turn(store, name, ("paused",), "sending", expected)
        over = stored.following(now) is None if schedule.at is None else schedule.at <= now
        if stored.status == "paused" and over:
            if not self.runs.of_source(store, "campaign", name):
                raise Conflict("Its time was over while it was paused: make it a draft again, or cancel it.")
            return self._turn(store, name, ("paused",), "sending", expected)  # its last run, which it ends with
        resumed = self._turn(store, name, ("paused",), "scheduled", expected)
        self.schedule.put(resumed, now)
        return resumed

    def cancel(self, store: StoreId, name: CampaignId, expected: int | None = None) -> Campaign:
        """What has not been posted yet never is."""
        if found(self.campaigns, store, name).status in _CANCELLABLE:
            self.calling_off(store, name)
        gone = self._turn(store, name, _CANCELLABLE, "cancelled", expected)
        self.schedule.remove(gone)
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
        stored, now = found(self.campaigns, store, name), self.now()
        check_revision(stored.revision, expected)
        goes_on = stored.status == "paused" and after in {"sending", "scheduled"}
        if stored.status == after:
            turned = stored
        elif stored.status in before:
            since = now if goes_on else stored.since
            turned = replace(stored, status=after, since=since, updated_at=now, revision=stored.revision + 1)
            check_saved(saved=self.campaigns.save(turned, expected=stored.revision))
        else:
            raise Conflict(f"It is {stored.status}.")
        self._carry(turned, self._held(stored) if goes_on else 0)
        return turned

    def _held(self, stored: Campaign) -> Duration:
        """How long it was paused while its store was not: what the whole store waits is counted there."""
        now, row = self.now(), self.stores.get(stored.store)
        return now - stored.updated_at - (row.held(stored.updated_at, now) if row else 0)

    def _carry(self, campaign: Campaign, held: Duration) -> None:
        wanted = _RUNS.get(campaign.status, "sending")
        for run in self.runs.of_source(campaign.store, "campaign", campaign.id):
            if run.state not in {wanted, "cancelled"} and self._lives(run):
                self.runs.set_state(campaign.store, run.id, wanted, held)

    def _lives(self, run: Run) -> bool:
        """What is paused was not over when the pause began, and no time has counted since."""
        store, now = self.stores.get(run.store), self.now()
        return run.state == "paused" or now < (run if store is None else standing(run, store, now)).ends_at


_RUNS: dict[CampaignStatus, RunState] = {"paused": "paused", "cancelled": "cancelled"}
