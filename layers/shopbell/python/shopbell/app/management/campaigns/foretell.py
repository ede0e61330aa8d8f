"""Whom a campaign would reach if it were sent now, by language, browser and zone, and whom the gates would spare."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.app.delivery.dayrun import devices_of
from shopbell.app.delivery.plan import run_of_campaign
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import Clock
from shopbell.domain.gates import Defer, Moment, Skip, Verdict, sending_of, verdict, zones
from shopbell.domain.profile import Profile
from shopbell.domain.sampling import Estimate, scaled
from shopbell.domain.segments.zones import zone_of
from shopbell.domain.sends import EMPTY
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import SubscriptionFact
from shopbell.ports import Sends, Stores, Subscriptions

UNKNOWN: Final = "unknown"
OTHERS: Final = "others"
NAMED: Final = 30
"""Of each kind; the rest are one."""
KINDS: Final = ("language", "browser", "zone", "skip", "defer")
Shares = Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Foretold:
    """People, each with the interval that the sample leaves. What they would be shown is not asked here."""

    by_language: Shares = field(default_factory=dict)
    by_browser: Shares = field(default_factory=dict)
    by_time_zone: Shares = field(default_factory=dict)
    skipped: Shares = field(default_factory=dict)
    """By the gate that would be closed to them."""
    deferred: Shares = field(default_factory=dict)
    """By the gate that would put it off."""

    def of_part(self, part: Callable[[Estimate], Estimate]) -> "Foretold":
        """The same of those alone whom a lot takes."""
        told = (self.by_language, self.by_browser, self.by_time_zone, self.skipped, self.deferred)
        return Foretold(*({name: part(one) for name, one in shares.items()} for shares in told))


@dataclass(frozen=True, slots=True)
class Foretell:
    stores: Stores
    subscriptions: Subscriptions
    sends: Sends
    now: Clock

    def __call__(self, campaign: Campaign, people: Sequence[Profile], taken: int, size: Estimate) -> Foretold:
        """`people`: those of a sample of `taken`, of a store of `size`, who could be reached. Raises Unavailable."""
        store = self.stores.get(campaign.store)
        if store is None or not people:
            return Foretold()
        zone = zone_of(store.time_zone)
        kinds: dict[str, Counter[str]] = {
            name: Counter() for name in ("language", "browser", "zone", "skip", "defer")
        }
        for profile, found in zip(people, self._asked(campaign, store, people), strict=True):
            kinds["language"][_language(profile)] += 1
            kinds["browser"][_browser(profile)] += 1
            kinds["zone"][zone(profile).key] += 1
            match found:
                case Skip(reason):
                    kinds["skip"][reason] += 1
                case Defer(reason):
                    kinds["defer"][reason] += 1
        return Foretold(*(_shares(counted, taken, size) for counted in kinds.values()))

    def _asked(self, campaign: Campaign, store: Store, people: Sequence[Profile]) -> Iterator[Verdict]:
        """Who is in the audience was asked of the sample already, and what it says needs no products here."""
        now = self.now()
        run = run_of_campaign(replace(campaign, schedule=None, ends_at=None), store.shards, now, now)
        newest = {one.visitor: devices_of(one, None, newest=True) for one in people}
        rows = self.subscriptions.get_many(store.id, [device for devices in newest.values() for device in devices])
        records = self.sends.of(store.id, [one.visitor for one in people])
        at = Moment(
            audience=run.audience,
            subscription=None,
            profile=None,
            has_content=lambda: True,
            sending=replace(sending_of(run), recheck_audience=False),
            policy=store.policy,
            now=now,
            zone=zones(store.time_zone),
        )
        for one in people:
            row = next((rows[device] for device in newest[one.visitor] if device in rows), None)
            yield verdict(replace(at, subscription=row, profile=one, record=records.get(one.visitor, EMPTY)))


def _shares(counted: Counter[str], taken: int, size: Estimate) -> Shares:
    first = dict(counted.most_common(NAMED))
    if rest := counted.total() - sum(first.values()):
        first[OTHERS] = rest
    return {name: scaled(hits, taken, size) for name, hits in first.items()}


def _language(profile: Profile) -> str:
    said = profile.traits.get("language")
    if said is not None and isinstance(said.value, str):
        return said.value
    newest = [one.language for one in _latest(profile) if one.language]
    return newest[0] if newest else UNKNOWN


def _browser(profile: Profile) -> str:
    newest = [one.browser for one in _latest(profile) if one.browser]
    return newest[0] if newest else UNKNOWN


def _latest(profile: Profile) -> Sequence[SubscriptionFact]:
    """The active ones, the newest first."""
    active = [one for one in profile.subscriptions.values() if one.active]
    return sorted(active, key=lambda one: (one.changed_at, one.id), reverse=True)
