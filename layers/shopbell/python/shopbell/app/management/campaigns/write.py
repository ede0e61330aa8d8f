"""Make, change and discard campaigns."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shopbell.app.links import NOWHERE, dead_link
from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.changes import check_revision, check_saved
from shopbell.domain.campaigns import Campaign, CampaignAudience
from shopbell.domain.clock import DAY, Clock, Instant
from shopbell.domain.content import Content, Variant
from shopbell.domain.errors import Conflict, NotFound, Rejected
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.incoming.campaigns import AudienceIn, CampaignIn, CampaignPatchIn, terms_of
from shopbell.domain.runs import Terms
from shopbell.domain.store import Store
from shopbell.ports import Campaigns, RandomBytes, Stores


@dataclass(frozen=True, slots=True)
class CreateCampaign:
    campaigns: Campaigns
    stores: Stores
    audience: KeepAudience
    random: RandomBytes
    now: Clock

    def __call__(self, store: StoreId, given: CampaignIn, request: str | None = None) -> Campaign:
        """A draft. The same `request` (Idempotency-Key) within a day finds the same one; 409 for another body."""
        now = self.now()
        if request is not None and (earlier := self._earlier(store, given, request, now)) is not None:
            return earlier
        content, variants = given.spoken
        check_link(self.stores, store, content, variants)
        name = _keyed(store, request, now) if request else _fresh(now, self.random)
        made = Campaign(
            store=store,
            id=name,
            name=given.name,
            status="draft",
            audience=self.audience.read(store, name, given.audience),
            content=content,
            variants=variants,
            delivery=given.delivery.options,
            terms=terms_of(given, Terms()),
            created_at=now,
            updated_at=now,
        )
        self.audience.keep(made)
        check_saved(saved=self.campaigns.save(made, expected=None))
        return made

    def _earlier(self, store: StoreId, given: CampaignIn, request: str, now: Instant) -> Campaign | None:
        for day in (now, now - DAY):
            stored = self.campaigns.get(store, _keyed(store, request, day))
            if stored is not None:
                if not _same(stored, given):
                    raise Conflict("This Idempotency-Key has made a campaign that says something else.")
                return stored
        return None


@dataclass(frozen=True, slots=True)
class EditCampaign:
    campaigns: Campaigns
    stores: Stores
    audience: KeepAudience
    now: Clock

    def __call__(
        self, store: StoreId, name: CampaignId, given: CampaignPatchIn, expected: int | None = None
    ) -> Campaign:
        """Only a draft may change: what was sent must stay what the report is about."""
        stored = found(self.campaigns, store, name)
        check_revision(stored.revision, expected)
        if stored.status != "draft":
            raise Conflict(f"It is {stored.status}; only a draft can be changed.")
        content, variants = given.said
        if content is not None:
            check_link(self.stores, store, content, variants)
        audience = stored.audience
        if given.audience is not None:
            audience = self.audience.read(store, name, given.audience)
        edited = replace(
            stored,
            name=given.name or stored.name,
            audience=audience,
            content=content or stored.content,
            variants=variants if content else stored.variants,
            delivery=given.delivery.options if given.delivery else stored.delivery,
            terms=terms_of(given, stored.terms),
            updated_at=self.now(),
            revision=stored.revision + 1,
        )
        self.audience.keep(edited)
        check_saved(saved=self.campaigns.save(edited, expected=stored.revision))
        return edited


@dataclass(frozen=True, slots=True)
class DiscardCampaign:
    """A campaign is never forgotten, for reports name it: a discarded draft stays as cancelled."""

    campaigns: Campaigns
    audience: KeepAudience
    now: Clock

    def __call__(self, store: StoreId, name: CampaignId, expected: int | None = None) -> Campaign:
        stored = found(self.campaigns, store, name)
        check_revision(stored.revision, expected)
        if stored.status == "cancelled":
            return stored
        if stored.status != "draft":
            raise Conflict(f"It is {stored.status}; cancel it instead, its report stays.")
        gone = replace(stored, status="cancelled", updated_at=self.now(), revision=stored.revision + 1)
        check_saved(saved=self.campaigns.save(gone, expected=stored.revision))
        self.audience.rest(gone)
        return gone


def found(campaigns: Campaigns, store: StoreId, name: CampaignId) -> Campaign:
    stored = campaigns.get(store, name)
    if stored is None:
        raise NotFound(name)
    return stored


def check_link(stores: Stores, store: StoreId, content: Content, variants: Sequence[Variant]) -> None:
    """Raises Rejected for a link that no notification could ever open."""
    row = stores.get(store)
    if row is not None and (path := dead_link(content, variants, row)) is not None:
        raise Rejected.at(path, NOWHERE)


def check_sendable(campaign: Campaign, store: Store) -> None:
    """The origin may have gone since the campaign was written."""
    if (path := dead_link(campaign.content, campaign.variants, store)) is not None:
        raise Conflict(f"{path} {NOWHERE}.")


def _fresh(now: Instant, random: RandomBytes) -> CampaignId:
    return CampaignId(f"{now // DAY:05d}-{now % DAY:08d}{random(6).hex()}")


def _keyed(store: StoreId, request: str, now: Instant) -> CampaignId:
    """Ids begin with their day, so that lists show the newest first; a key is remembered for one more."""
    digest = hashlib.sha256(f"{store}\n{request}".encode()).hexdigest()
    return CampaignId(f"{now // DAY:05d}-{digest[:20]}")


def _same(stored: Campaign, given: CampaignIn) -> bool:
    words = stored.content, stored.variants
    said = (stored.name, _audience(stored.audience), words, stored.delivery, stored.terms)
    terms = terms_of(given, Terms())
    return said == (given.name, given.audience, given.spoken, given.delivery.options, terms)


def _audience(audience: CampaignAudience) -> AudienceIn:
    return AudienceIn.model_validate(
        {"include": audience.include, "exclude": audience.exclude, "rule": audience.rule}, strict=False
    )
