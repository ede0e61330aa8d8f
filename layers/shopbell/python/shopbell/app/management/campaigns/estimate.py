"""What a campaign would be if it were sent now: for how many, how long, how dear, and whether in time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from shopbell.app.delivery.plan import end_of
from shopbell.app.management.campaigns.foretell import Foretell, Foretold
from shopbell.app.management.campaigns.lottery import drawn_about, drawn_of, part_of
from shopbell.app.management.campaigns.write import found
from shopbell.app.management.segments.survey import Survey
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import SECOND, Instant, format_duration
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.profile import Profile
from shopbell.domain.push.cost import usd
from shopbell.domain.push.rates import Rates
from shopbell.domain.sampling import Estimate, scaled
from shopbell.domain.subscriptions import PushService
from shopbell.domain.winner import Phase
from shopbell.ports import Campaigns, Counters


@dataclass(frozen=True, slots=True)
class Outlook:
    """`audience` are visitors, `reachable` those of them with a subscription, of whom no more are drawn than it goes
    to; `by_service` messages. `recipients`: those of the reachable whom no gate spares and who are not held out.
    """

    audience: Estimate
    reachable: int
    by_service: Mapping[PushService, int]
    seconds: int
    cost_usd: float
    outlives_ttl: bool
    foretold: Foretold = field(default_factory=Foretold)
    recipients: Estimate = field(default_factory=lambda: Estimate(0, 0, 0))
    tries: tuple[int, int] | None = None
    """How many of those who can be reached try the variants, and how many are the rest."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A sample of `taken` of `whole` visitors: those in the audience, and who can be reached but is excluded."""

    whole: Estimate
    taken: int
    inside: Sequence[Profile]
    excluded: Sequence[Profile]

    @property
    def reached(self) -> Sequence[Profile]:
        return [row for row in self.inside if row.reachable]

    @property
    def everybody(self) -> bool:
        return self.whole.exact and self.taken == self.whole.value


@dataclass(frozen=True, slots=True)
class EstimateCampaign:
    """From a sample of visitors (ruling 25); of a small store from all of them; of one segment from its own size."""

    campaigns: Campaigns
    survey: Survey
    counters: Counters
    rates: Rates
    foretell: Foretell

    def __call__(self, store: StoreId, name: CampaignId) -> Outlook:
        """With all that can be foretold. Raises Unavailable."""
        campaign = found(self.campaigns, store, name)
        seen = self._inside(campaign)
        outlook, reached = self._of(campaign, seen), len(seen.reached)
        foretold = self.foretell(campaign, seen.reached, seen.taken, seen.whole)
        able = round(scaled(reached, seen.taken, seen.whole).value)
        foretold = foretold.of_part(lambda one: part_of(one, able, outlook.reachable))
        return replace(outlook, foretold=foretold, recipients=_spared(outlook.reachable, foretold.skipped.values()))

    def check(self, campaign: Campaign, at: Instant) -> Outlook:
        """Rejected where its last messages would come after they mean anything. `at`: when it would start."""
        if campaign.ends_at is not None and campaign.ends_at <= at:
            raise Rejected.at("ends_at", "must come after it starts")
        outlook = self._of(campaign, self._inside(campaign))
        if outlook.outlives_ttl:
            raise Rejected.at("delivery.ttl", _too_late(campaign, outlook))
        waits = campaign.winner.after if campaign.winner is not None else 0
        if campaign.ends_at is not None and waits and at + waits >= campaign.ends_at:
            raise Rejected.at("winner.after", "ends after `ends_at`: nothing would be left to send")
        if campaign.ends_at is not None and at + waits + outlook.seconds * SECOND > campaign.ends_at:
            raise Rejected.at("ends_at", f"it would take {format_duration(outlook.seconds * SECOND)} to send")
        return outlook

    def _of(self, campaign: Campaign, seen: Seen) -> Outlook:
        reached, size = seen.reached, scaled(len(seen.inside), seen.taken, seen.whole)
        reachable = round(size.value * len(reached) / len(seen.inside)) if seen.inside else 0
        if (known := self._segment(campaign)) is not None:
            size, reachable = Estimate(known[0], known[0], known[0]), known[1]
        reachable = self._drawn(campaign, seen, reachable)
        devices = _devices(reached)
        by_service = {name: round(number * reachable / len(reached)) for name, number in sorted(devices.items())}
        seconds = self._seconds(campaign, by_service)
        terms = campaign.terms
        limited = terms.respect_caps or terms.max_per_user is not None
        looks = campaign.winner is not None or campaign.weighing is not None
        remembers = limited or terms.products.algorithm is not None or looks
        cost = usd(sum(by_service.values()), remembers=remembers)
        late = seconds * SECOND > end_of(0, campaign.delivery)
        return Outlook(size, reachable, by_service, seconds, cost, late, tries=_tries(campaign, reachable))

    def _drawn(self, campaign: Campaign, seen: Seen, reachable: int) -> int:
        """How many of those who can be reached it goes to. Who is excluded has a lot, too, and nobody takes it."""
        most, store = campaign.terms.max_recipients, self.foretell.stores.get(campaign.store)
        if most is None or store is None or not reachable:
            return reachable
        reached, excluded = seen.reached, seen.excluded
        lots = reachable + (round(reachable * len(excluded) / len(reached)) if reached else 0)
        ids = [row.visitor for row in (*reached, *excluded)]
        exact = seen.everybody and len(ids) == lots
        shards = store.shards
        drawn = drawn_of(store.id, ids, most, shards) if exact else drawn_about(lots, most, shards)
        return min(reachable, round(drawn * reachable / lots))

    def _inside(self, campaign: Campaign) -> Seen:
        audience, everyone = campaign.audience, not (campaign.audience.include or campaign.audience.rule)
        if audience.rule is None:
            sample, profiles = self.survey.drawn(campaign.store)
            asked = [(profile, False) for profile in profiles]
        else:
            findings = self.survey(campaign.store, [audience.rule])
            sample, asked = findings.sample, [(row.profile, row.truths[0]) for row in findings.rows]
        meant = [
            profile
            for profile, holds in asked
            if (profile.reachable if everyone else holds or _of_any(profile, audience.include))
        ]
        inside = [profile for profile in meant if not _of_any(profile, audience.exclude)]
        excluded = [row for row in meant if row.reachable and _of_any(row, audience.exclude)]
        return Seen(sample.size, len(asked), inside, excluded)

    def _segment(self, campaign: Campaign) -> tuple[int, int] | None:
        """Total and reachable where the audience is one segment and nothing else."""
        audience = campaign.audience
        if len(audience.include) != 1 or audience.exclude or audience.rule is not None:
            return None
        size = self.counters.total(campaign.store, f"segment:{audience.include[0]}")
        return max(0, size.get("total", 0)), max(0, size.get("reachable", 0))

    def _seconds(self, campaign: Campaign, by_service: Mapping[PushService, int]) -> int:
        """The slowest service decides, or the campaign's own pace."""
        slowest = max((number / self.rates.of_runs(name) for name, number in by_service.items()), default=0.0)
        limit = campaign.delivery.per_minute
        own = 0.0 if limit is None else sum(by_service.values()) * 60 / limit
        return ceil(max(slowest, own))


def _of_any(profile: Profile, segments: Iterable[str]) -> bool:
    return any(segment in profile.memberships for segment in segments)


def _spared(reachable: int, skipped: Iterable[Estimate]) -> Estimate:
    """The reachable whom no gate is closed to; who is put off gets it later."""
    rows = list(skipped)
    value, low, high = (reachable - sum(getattr(row, end) for row in rows) for end in ("value", "high", "low"))
    return Estimate(max(0, value), max(0, low), max(0, high))


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
