"""Try a campaign out on a few named visitors, before it is sent to all."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.delivery.plan import end_of, run_id
from shopbell.app.management.campaigns.texts import check_sendable
from shopbell.app.management.campaigns.write import found
from shopbell.app.people import People
from shopbell.app.work import chunk_message
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import DAY, Clock
from shopbell.domain.errors import Conflict, NotFound, Rejected
from shopbell.domain.ids import CampaignId, StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Audience, Chunk, Recipient, Run, Terms
from shopbell.domain.subscriptions import PushService
from shopbell.ports import Campaigns, Queue, Runs, Stores, Visitors

_KEY: Final = 16
"""Characters of a digest."""


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

    def __call__(
        self,
        store: StoreId,
        name: CampaignId,
        visitors: Sequence[VisitorId],
        variant: str | None = None,
        request: str | None = None,
    ) -> Tried:
        """`variant` None: to each the one that would be theirs. The same `request` (Idempotency-Key) within a day
        sends nothing anew; 409 where it is one for others.

        NotFound if one of them is no visitor of the store, Rejected if it is no variant of the campaign. Conflict
        if its link leads nowhere.
        """
        campaign = _with(found(self.campaigns, store, name), variant)
        if (row := self.stores.get(store)) is not None:
            check_sendable(campaign, row)
        profiles = People(self.visitors).load_many(store, visitors)
        if missing := [who for who in visitors if who not in profiles]:
            raise NotFound(missing[0])
        chosen = tuple(dict.fromkeys(visitors))
        reached = tuple(who for who in chosen if profiles[who].reachable)
        if reached:
            run = self._run(campaign, reached, _part(request, chosen, variant))
            self.runs.create(run)
            self.send_now.send([chunk_message(chunk) for chunk in _chunks(run, profiles)])
        return Tried(reached, tuple(who for who in chosen if who not in reached))

    def _run(self, campaign: Campaign, visitors: tuple[VisitorId, ...], request: str | None) -> Run:
        """`request`: from `_part`; the run that it has made knows by its ledgers who got it."""
        now = self.now()
        earlier = self._earlier(campaign, request) if request else None
        if earlier is not None:
            return earlier
        at = now // DAY * DAY if request else now
        return Run(
            store=campaign.store,
            id=run_id(campaign.store, "test", campaign.id, at, request or ""),
            source="test",
            source_id=campaign.id,
            scheduled_at=at,
            part=request or "",
            created_at=now,
            ends_at=end_of(now, campaign.delivery),
            shards=0,
            audience=Audience(visitors=visitors),
            content=campaign.content,
            variants=campaign.variants,
            content_by=campaign.content_by,
            delivery=campaign.delivery,
            terms=Terms(products=campaign.terms.products, landing=campaign.terms.landing),
        )

    def _earlier(self, campaign: Campaign, part: str) -> Run | None:
        for run in self.runs.of_source(campaign.store, "test", campaign.id):
            if run.part[:_KEY] == part[:_KEY] and self.now() - run.created_at < DAY:
                if run.part != part:
                    raise Conflict("This Idempotency-Key has been used for a call that says something else.")
                return run
        return None


def _part(request: str | None, visitors: Sequence[VisitorId], variant: str | None) -> str | None:
    """The key of a call, and what it says."""
    if request is None:
        return None
    said = "\n".join((variant or "", *visitors))
    return f"{_digest(request)}{_digest(said)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY]


def _with(campaign: Campaign, variant: str | None) -> Campaign:
    """With the words of that one alone."""
    if variant is None:
        return campaign
    content = next((one.content for one in campaign.variants if one.name == variant), None)
    if content is None:
        raise Rejected.at("variant", "is no variant of this campaign")
    return replace(campaign, content=content, variants=())


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
