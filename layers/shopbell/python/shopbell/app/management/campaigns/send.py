"""Send a campaign, hold it, let it go on, give it up, or try it out on a few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.delivery.plan import end_of, run_id
from shopbell.app.links import NOWHERE, leads_nowhere
from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.write import found
from shopbell.app.management.changes import check_revision, check_saved
from shopbell.app.people import People
from shopbell.app.work import PlanWork, chunk_message, plan_message
from shopbell.domain.campaigns import Campaign, CampaignStatus
from shopbell.domain.clock import MINUTE, Clock, Duration
from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.ids import CampaignId, StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Audience, Chunk, Recipient, Run, RunState
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import PushService
from shopbell.ports import Campaigns, Queue, Runs, Stores, Visitors

LOST_AFTER: Final[Duration] = MINUTE
"""A campaign that is sending without a run for so long lost its message: it may be sent again."""


@dataclass(frozen=True, slots=True)
class SendCampaign:
    campaigns: Campaigns
    stores: Stores
    runs: Runs
    audience: KeepAudience
    plan: Queue
    now: Clock

    def __call__(
        self, store: StoreId, name: CampaignId, request: str | None = None, expected: int | None = None
    ) -> Campaign:
        """Once. The same `request` (Idempotency-Key) gets the same answer, any other 409."""
        stored = found(self.campaigns, store, name)
        if stored.status != "draft":
            return self._again(stored, request)
        check_revision(stored.revision, expected)
        row = self.stores.get(store)
        if row is None or row.sending == "paused":
            raise Conflict("Sending is paused for this store.")
        _check_link(stored, row)
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
        if stored.status == after:
            turned = stored
        elif stored.status in before:
            turned = replace(stored, status=after, updated_at=self.now(), revision=stored.revision + 1)
            check_saved(saved=self.campaigns.save(turned, expected=stored.revision))
        else:
            raise Conflict(f"It is {stored.status}.")
        for run in self.runs.of_source(store, "campaign", name):
            if run.state not in {after, "cancelled"}:
                self.runs.set_state(store, run.id, after)
        return turned


@dataclass(frozen=True, slots=True)
class Tried:
    """Whom a test went to, and who could not get it."""

    sent: tuple[VisitorId, ...]
    unreachable: tuple[VisitorId, ...]


@dataclass(frozen=True, slots=True)
class TestCampaign:
    """Sends what the campaign says now to named visitors; neither the campaign nor its report notices."""

    __test__ = False

    campaigns: Campaigns
    stores: Stores
    visitors: Visitors
    runs: Runs
    send_now: Queue
    now: Clock

    def __call__(self, store: StoreId, name: CampaignId, visitors: Sequence[VisitorId]) -> Tried:
        """NotFound if one of them is no visitor of the store. Conflict if its link leads nowhere."""
        campaign = found(self.campaigns, store, name)
        if (row := self.stores.get(store)) is not None:
            _check_link(campaign, row)
        profiles = People(self.visitors).load_many(store, visitors)
        if missing := [who for who in visitors if who not in profiles]:
            raise NotFound(missing[0])
        chosen = tuple(dict.fromkeys(visitors))
        reached = tuple(who for who in chosen if profiles[who].reachable)
        if reached:
            run = self._run(campaign, reached)
            self.runs.create(run)
            self.send_now.send([chunk_message(chunk) for chunk in _chunks(run, profiles)])
        return Tried(reached, tuple(who for who in chosen if who not in reached))

    def _run(self, campaign: Campaign, visitors: tuple[VisitorId, ...]) -> Run:
        now = self.now()
        return Run(
            store=campaign.store,
            id=run_id(campaign.store, "test", campaign.id, now),
            source="test",
            source_id=campaign.id,
            scheduled_at=now,
            created_at=now,
            ends_at=end_of(now, campaign.delivery),
            shards=0,
            audience=Audience(visitors=visitors),
            content=campaign.content,
            delivery=campaign.delivery,
        )


def _check_link(campaign: Campaign, store: Store) -> None:
    """The origin may have gone since the campaign was written."""
    if leads_nowhere(campaign.content, store):
        raise Conflict(f"content.url {NOWHERE}.")


def _chunks(run: Run, profiles: Mapping[VisitorId, Profile]) -> Sequence[Chunk]:
    by_service: dict[PushService, list[Recipient]] = {}
    for who in run.audience.visitors:
        for fact in profiles[who].subscriptions.values():
            if fact.active:
                by_service.setdefault(fact.service, []).append(Recipient(who, fact.id))
    return [
        Chunk(run.store, run.id, f"test-{service}", service, tuple(by_service[service]))
        for service in sorted(by_service)
    ]
