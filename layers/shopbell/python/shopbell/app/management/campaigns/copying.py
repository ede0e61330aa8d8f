"""Another draft that says what a campaign says."""

from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.management.campaigns.texts import KeepTexts
from shopbell.app.management.campaigns.write import found, fresh, keyed
from shopbell.app.management.changes import check_saved
from shopbell.domain.campaigns import Campaign, Schedule
from shopbell.domain.clock import DAY, Clock, Instant
from shopbell.domain.errors import Conflict
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.incoming.segments import MAX_TITLE
from shopbell.ports import Campaigns, RandomBytes

SUFFIX: Final = " (copy)"


@dataclass(frozen=True, slots=True)
class DuplicateCampaign:
    """Name, audience, words, products, delivery and recurrence; not its state, nor an instant of its own."""

    campaigns: Campaigns
    texts: KeepTexts
    random: RandomBytes
    now: Clock

    def __call__(self, store: StoreId, name: CampaignId, request: str | None = None) -> Campaign:
        """The same `request` (Idempotency-Key) within a day finds the same copy; 409 for one of another campaign."""
        now, original = self.now(), found(self.campaigns, store, name)
        named = None if request is None else f"duplicate\n{request}"
        if named is not None and (earlier := self._earlier(store, name, named, now)) is not None:
            return earlier
        copy = keyed(store, named, now) if named else fresh(now, self.random)
        made = _copied(original, copy, now)
        check_saved(saved=self.campaigns.save(made, expected=None))
        self.texts.keep(made)
        return made

    def _earlier(self, store: StoreId, name: CampaignId, request: str, now: Instant) -> Campaign | None:
        for day in (now, now - DAY):
            stored = self.campaigns.get(store, keyed(store, request, day))
            if stored is not None:
                if stored.copy_of != name:
                    raise Conflict("This Idempotency-Key has duplicated another campaign.")
                return stored
        return None


def _copied(original: Campaign, name: CampaignId, now: Instant) -> Campaign:
    return Campaign(
        store=original.store,
        id=name,
        name=f"{original.name[: MAX_TITLE - len(SUFFIX)]}{SUFFIX}",
        status="draft",
        audience=replace(original.audience, rule_segment=None),
        content=original.content,
        variants=original.variants,
        content_by=original.content_by,
        delivery=original.delivery,
        terms=original.terms,
        schedule=_recurring(original.schedule),
        winner=original.winner,
        weighing=original.weighing,
        created_at=now,
        updated_at=now,
        copy_of=original.id,
    )


def _recurring(schedule: Schedule | None) -> Schedule | None:
    return None if schedule is None or schedule.cron is None else schedule
