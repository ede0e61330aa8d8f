"""Make, change and discard campaigns."""

import hashlib
from dataclasses import dataclass, replace

from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.texts import KeepTexts
from shopbell.app.management.campaigns.trial import check_winner
from shopbell.app.management.changes import check_revision, check_saved
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import DAY, Clock, Instant
from shopbell.domain.content import ContentBy
from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.incoming.campaigns import CampaignIn, CampaignPatchIn, terms_of, times_of
from shopbell.domain.incoming.winner import Search, search_of
from shopbell.domain.runs import Terms
from shopbell.ports import Campaigns, RandomBytes


@dataclass(frozen=True, slots=True)
class CreateCampaign:
    campaigns: Campaigns
    texts: KeepTexts
    audience: KeepAudience
    random: RandomBytes
    now: Clock

    def __call__(self, store: StoreId, given: CampaignIn, request: str | None = None) -> Campaign:
        """A draft. The same `request`, which names this very call, finds the same one and finishes it."""
        now = self.now()
        made = None if request is None else earlier(self.campaigns, store, request, now)
        if made is None:
            made = self._made(store, keyed(store, request, now) if request else fresh(now, self.random), given)
            made = kept(self.campaigns, made, request)
        self.texts.keep(made)
        return made

    def _made(self, store: StoreId, name: CampaignId, given: CampaignIn) -> Campaign:
        content, variants = given.spoken
        by = given.content_by.texts if given.content_by else None
        self.texts.check(store, content, variants, by)
        (schedule, ends_at), now = times_of(given, None, None), self.now()
        winner, weighing = search_of(given.winner)
        made = Campaign(
            store=store,
            id=name,
            name=given.name,
            status="draft",
            audience=self.audience.read(store, given.audience),
            content=content,
            variants=variants,
            content_by=by,
            delivery=given.delivery.options,
            terms=terms_of(given, Terms()),
            schedule=schedule,
            ends_at=ends_at,
            winner=winner,
            weighing=weighing,
            created_at=now,
            updated_at=now,
        )
        check_winner(made)
        return made


@dataclass(frozen=True, slots=True)
class EditCampaign:
    campaigns: Campaigns
    texts: KeepTexts
    audience: KeepAudience
    now: Clock

    def __call__(
        self, store: StoreId, name: CampaignId, given: CampaignPatchIn, expected: int | None = None
    ) -> Campaign:
        """Only a draft may change: what was sent must stay what the report is about. Whoever agreed to it did not
        agree to this.
        """
        stored = found(self.campaigns, store, name)
        check_revision(stored.revision, expected)
        if stored.status != "draft":
            raise Conflict(f"It is {stored.status}; only a draft can be changed.")
        edited = self._edited(stored, given)
        check_winner(edited)
        check_saved(saved=self.campaigns.save(edited, expected=stored.revision))
        self.audience.rest(edited)
        self.texts.keep(edited)
        return edited

    def _edited(self, stored: Campaign, given: CampaignPatchIn) -> Campaign:
        said, variants = given.said
        content, variants = (said, variants) if said is not None else (stored.content, stored.variants)
        by = _by(given, stored)
        self.texts.check(stored.store, content, variants, by)
        schedule, ends_at = times_of(given, stored.schedule, stored.ends_at)
        audience, (winner, weighing) = stored.audience, _search(given, stored)
        if given.audience is not None:
            audience = self.audience.read(stored.store, given.audience)
        return replace(
            stored,
            name=given.name or stored.name,
            audience=audience,
            content=content,
            variants=variants,
            content_by=by,
            delivery=given.delivery.options if given.delivery else stored.delivery,
            terms=terms_of(given, stored.terms),
            schedule=schedule,
            ends_at=ends_at,
            winner=winner,
            weighing=weighing,
            approval=None,
            updated_at=self.now(),
            revision=stored.revision + 1,
        )


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
            self.audience.rest(stored)  # whoever discarded it may have died before
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


def kept(campaigns: Campaigns, made: Campaign, request: str | None) -> Campaign:
    """A new one; or, where the same call was made twice at once, that which the other one has kept."""
    saved = campaigns.save(made, expected=None)
    stored = made if saved or request is None else campaigns.get(made.store, made.id)
    check_saved(saved=saved or (request is not None and stored is not None))
    return stored or made


def earlier(campaigns: Campaigns, store: StoreId, request: str, now: Instant) -> Campaign | None:
    """What the call of that name has made, today or yesterday."""
    for day in (now, now - DAY):
        if (stored := campaigns.get(store, keyed(store, request, day))) is not None:
            return stored
    return None


def _by(given: CampaignPatchIn, stored: Campaign) -> ContentBy | None:
    """Null removes it."""
    if "content_by" not in given.model_fields_set:
        return stored.content_by
    return given.content_by.texts if given.content_by else None


def _search(given: CampaignPatchIn, stored: Campaign) -> Search:
    """Null removes it."""
    return search_of(given.winner) if "winner" in given.model_fields_set else (stored.winner, stored.weighing)


def fresh(now: Instant, random: RandomBytes) -> CampaignId:
    return CampaignId(f"{now // DAY:05d}-{now % DAY:08d}{random(6).hex()}")


def keyed(store: StoreId, request: str, now: Instant) -> CampaignId:
    """Ids begin with their day, so that lists show the newest first; a key is remembered for one more."""
    digest = hashlib.sha256(f"{store}\n{request}".encode()).hexdigest()
    return CampaignId(f"{now // DAY:05d}-{digest[:20]}")
