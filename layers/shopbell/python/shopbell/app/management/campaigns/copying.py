"""Another draft that says what a campaign says."""

from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.management.campaigns.texts import KeepTexts
from shopbell.app.management.campaigns.write import earlier, found, fresh, kept, keyed
from shopbell.domain.campaigns import Campaign, Schedule
from shopbell.domain.clock import Clock, Instant
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
        """The same `request`, which names this very call, finds the same copy and finishes it."""
        now, original = self.now(), found(self.campaigns, store, name)
        made = None if request is None else earlier(self.campaigns, store, request, now)
        if made is None:
            made = _copied(original, keyed(store, request, now) if request else fresh(now, self.random), now)
            made = kept(self.campaigns, made, request)
        self.texts.keep(made)
        return made


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
