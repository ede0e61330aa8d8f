"""What a campaign would be if it were sent now: for how many, how long, how dear, and whether in time."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil

from shopbell.app.delivery.plan import end_of
from shopbell.app.management.campaigns.foretell import Foretell, Foretold
from shopbell.app.management.campaigns.lottery import drawn_about, drawn_of, part_of
from shopbell.app.management.campaigns.seeing import SeeAudience, Seen
from shopbell.app.management.campaigns.write import found
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import SECOND, Instant, format_duration
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.profile import Profile
from shopbell.domain.push.cost import usd
from shopbell.domain.push.rates import Rates
from shopbell.domain.sampling import Estimate
from shopbell.domain.subscriptions import PushService
from shopbell.domain.winner import Phase
from shopbell.ports import Campaigns


@dataclass(frozen=True, slots=True)
class Outlook:
    """`audience` are visitors, `reachable` those of them with a subscription, of whom no more are drawn than it goes
    to; `by_service` messages. `recipients`: those of the reachable whom no gate spares and who are not held out.
    """

    audience: Estimate
    reachable: Estimate
    by_service: Mapping[PushService, int]
    seconds: int
    cost_usd: float
    outlives_ttl: bool
    foretold: Foretold = field(default_factory=Foretold)
    recipients: Estimate = field(default_factory=lambda: Estimate(0, 0, 0))
    tries: tuple[int, int] | None = None
    """How many of those who can be reached try the variants, and how many are the rest."""


@dataclass(frozen=True, slots=True)
class EstimateCampaign:
    """What segments hold is counted; some of their members, or a sample of visitors (ruling 25), tell the rest."""

    campaigns: Campaigns
    see: SeeAudience
    rates: Rates
    foretell: Foretell

    def __call__(self, store: StoreId, name: CampaignId) -> Outlook:
        """With all that can be foretold. Raises Unavailable."""
        campaign = found(self.campaigns, store, name)
        seen = self.see(campaign)
        outlook, able = self._of(campaign, seen), seen.reachable.value
        foretold = self.foretell(campaign, seen.people, seen.taken, seen.whole)
        foretold = foretold.of_part(lambda one: part_of(one, able, outlook.reachable.value))
        return replace(outlook, foretold=foretold, recipients=_spared(outlook.reachable, foretold.skipped.values()))

    def check(self, campaign: Campaign, at: Instant, limit: int) -> Outlook:
        """Rejected where its last messages would come after they mean anything. `at`: when it would start; `limit`:
        to how many people it may go unasked.
        """
        if campaign.ends_at is not None and campaign.ends_at <= at:
            raise Rejected.at("ends_at", "must come after it starts")
        outlook = self._of(campaign, self.see(campaign, limit))
        if outlook.outlives_ttl:
            raise Rejected.at("delivery.ttl", _too_late(campaign, outlook))
        waits = campaign.winner.after if campaign.winner is not None else 0
        if campaign.ends_at is not None and waits and at + waits >= campaign.ends_at:
            raise Rejected.at("winner.after", "ends after `ends_at`: nothing would be left to send")
        if campaign.ends_at is not None and at + waits + outlook.seconds * SECOND > campaign.ends_at:
            raise Rejected.at("ends_at", f"it would take {format_duration(outlook.seconds * SECOND)} to send")
        return outlook

    def _of(self, campaign: Campaign, seen: Seen) -> Outlook:
        reachable, reached = self._drawn(campaign, seen), len(seen.people)
        devices = _devices(seen.people)
        by_service = {name: round(one * reachable.value / reached) for name, one in sorted(devices.items())}
        seconds = self._seconds(campaign, by_service)
        terms = campaign.terms
        limited = terms.respect_caps or terms.max_per_user is not None
        looks = campaign.winner is not None or campaign.weighing is not None
        remembers = limited or terms.products.algorithm is not None or looks
        cost = usd(sum(by_service.values()), remembers=remembers)
        late = seconds * SECOND > end_of(0, campaign.delivery)
        tries = _tries(campaign, reachable.value)
        return Outlook(seen.audience, reachable, by_service, seconds, cost, late, tries=tries)

    def _drawn(self, campaign: Campaign, seen: Seen) -> Estimate:
        """How many of those who can be reached it goes to. Who is excluded has a lot, too, and nobody takes it."""
        most, store = campaign.terms.max_recipients, self.foretell.stores.get(campaign.store)
        row = seen.reachable
        if most is None or store is None or not row.high:
            return row
        lots, shards = row.value + seen.kept_out, store.shards
        if seen.lots is not None and len(seen.lots) == lots:
            drawn = drawn_of(store.id, seen.lots, most, shards)
        else:
            drawn = drawn_about(lots, most, shards)
        value = min(row.value, round(drawn * row.value / lots)) if lots else 0
        return Estimate(value, min(row.low, value), max(value, min(row.high, most)))

    def _seconds(self, campaign: Campaign, by_service: Mapping[PushService, int]) -> int:
        """The slowest service decides, or the campaign's own pace."""
        slowest = max((number / self.rates.of_runs(name) for name, number in by_service.items()), default=0.0)
        limit = campaign.delivery.per_minute
        own = 0.0 if limit is None else sum(by_service.values()) * 60 / limit
        return ceil(max(slowest, own))


def _spared(reachable: Estimate, skipped: Iterable[Estimate]) -> Estimate:
    """The reachable whom no gate is closed to; who is put off gets it later."""
    rows = list(skipped)
    value, low, high = (sum(getattr(row, end) for row in rows) for end in ("value", "high", "low"))
    return Estimate(*(max(0, one) for one in (reachable.value - value, reachable.low - low, reachable.high - high)))


def _tries(campaign: Campaign, reachable: int) -> tuple[int, int] | None:
    if campaign.winner is None:
        return None
    first = Phase(campaign.winner.percent).of(reachable)
    return first, reachable - first


def _devices(profiles: Iterable[Profile]) -> Counter[PushService]:
    return Counter(fact.service for profile in profiles for fact in profile.subscriptions.values() if fact.active)


def _too_late(campaign: Campaign, outlook: Outlook) -> str:
    takes, lasts = outlook.seconds * SECOND, end_of(0, campaign.delivery)
    slower = ", more a minute" if campaign.delivery.per_minute else ""
    return (
        f"it would take {format_duration(takes)} to send to {sum(outlook.by_service.values())} devices, and after "
        f"{format_duration(lasts)} the message means nothing any more: "
        f"choose a smaller audience, a longer ttl{slower}"
    )
