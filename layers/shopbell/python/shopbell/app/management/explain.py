"""Say of one visitor why a message would go now or not, gate by gate, and what became of the last one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Protocol

from shopbell.app.delivery.compose import Desk
from shopbell.app.delivery.dayrun import devices_of
from shopbell.app.delivery.desks import PlanBook, rivals_of
from shopbell.app.delivery.ended import Ended, not_known
from shopbell.app.delivery.letters import Addressee
from shopbell.app.delivery.picking import Picking
from shopbell.app.delivery.plan import Weigh, as_given, rest_of_campaign, run_of_campaign
from shopbell.app.delivery.promising import Promising, promise_nothing
from shopbell.app.delivery.wording import Wording
from shopbell.app.management.drawn import DrawNext
from shopbell.app.management.lacking import Lacking
from shopbell.app.management.recorded import ReadRecorded, Recorded
from shopbell.app.people import People
from shopbell.app.recommend import Selecting
from shopbell.app.scenarios.calendar import run_of
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.events import Json
from shopbell.domain.gates import Told, explained
from shopbell.domain.ids import CampaignId, SegmentId, StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.push.endpoints import AllowedHosts, allow
from shopbell.domain.push.token import TokenKey
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.fly import trigger_of
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.sends import SendRecord
from shopbell.domain.store import Store
from shopbell.ports import Campaigns, Dispatches, OwnTriggers, Sends, Stores, Subscriptions, Visitors

_NO_KEY: Final = TokenKey(0, bytes(32))
"""Signs tokens that never leave."""
OFF: Final = Told("enabled", "skipped", {"enabled": False})
"""What is said of a scenario that is switched off."""
_NO_HOSTS: Final[AllowedHosts] = allow(())
_OF_AUDIENCE: Final = frozenset({"exited", "audience_left"})
FLY_MODE: Final = "fly_mode"
SHOWN: Final = 10
"""Triggers that are named."""


@dataclass(frozen=True, slots=True)
class Explanation:
    recorded: Recorded | None
    gates: tuple[Told, ...]
    """All in their order, or the one that says that it is off."""
    variant: str | None = None
    """The one that the visitor gets; None: there are none."""


class Messages(Protocol):
    """What a visitor's messages are told by."""

    @property
    def subscriptions(self) -> Subscriptions: ...

    @property
    def sends(self) -> Sends: ...

    @property
    def dispatches(self) -> Dispatches: ...


@dataclass(frozen=True, slots=True)
class ReadExplanation:
    """Nothing is written and nothing is sent."""

    stores: Stores
    visitors: Visitors
    messages: Messages
    campaigns: Campaigns
    plans: PlanBook
    triggers: OwnTriggers
    select: Selecting
    lacking: Lacking
    recorded: ReadRecorded
    now: Clock
    promise: Promising = promise_nothing
    ended: Ended = not_known
    drawn: DrawNext | None = None
    weigh: Weigh = as_given

    def of_campaign(self, store_id: StoreId, visitor: VisitorId, name: str) -> Explanation:
        """As if it were sent at this moment. NotFound: no such store, visitor or campaign."""
        store, profile = self._known(store_id, visitor)
        campaign = self.campaigns.get(store_id, CampaignId(name))
        if campaign is None:
            raise NotFound(name)
        campaign, profile = self._supposed(campaign, profile)
        run = _run(replace(campaign, schedule=None), store, profile, self.now())
        if campaign.weighing is not None:
            run = self.weigh(run, campaign.weighing.metric)
        record = self._record(profile)
        told = self._asked(store, Addressee(profile, record), run)
        past = self._past(profile, record, name, None)
        return Explanation(past, self._why(profile, campaign.audience.rule, told), _variant(run, profile))

    def of_scenario(self, store_id: StoreId, visitor: VisitorId, name: str) -> Explanation:
        """The step that waits for the visitor, else the first one. NotFound: no such store, visitor or scenario."""
        store, profile = self._known(store_id, visitor)
        plans = self.plans(store_id)
        plan = plans.get(name)
        if plan is None:
            self._check(store_id, name)
            return Explanation(None, (OFF,))
        waiting = next((one for one in profile.steps if one.source_id == name and one.state != "aside"), None)
        place = waiting.step if waiting else next((n for n, one in enumerate(plan.steps) if one.enabled), 0)
        if place >= len(plan.steps):
            return Explanation(None, (OFF,))
        run, record = run_of(plan, store, self.now(), self.now(), place), self._record(profile)
        run = replace(run, shards=0) if waiting else run
        told = self._asked(store, Addressee(profile, record, waiting), run, plans)
        lot = None if self.drawn is None or waiting else self.drawn(store, plan, profile.visitor)
        past, why = self._past(profile, record, name, plan), self._why(profile, plan.audience, told)
        return Explanation(past, why if lot is None else (lot, *why), _variant(run, profile))

    def _supposed(self, campaign: Campaign, profile: Profile) -> tuple[Campaign, Profile]:
        """What was not started has no segment of its rule: who would be in it, the rule itself says."""
        audience = campaign.audience
        if audience.rule is None or audience.rule_segment is not None:
            return campaign, profile
        name = SegmentId(f"campaign-{campaign.id}")
        inside = {} if self.lacking(profile, audience.rule) else {name: self.now()}
        started = replace(campaign, audience=replace(audience, rule_segment=name))
        return started, replace(profile, memberships={**profile.memberships, **inside})

    def _check(self, store: StoreId, name: str) -> None:
        own = trigger_of(name)
        if name == FLY_MODE:
            known = ", ".join(row.scenario for row in self.triggers.all(store)[:SHOWN]) or "there are none yet"
            raise Conflict(f"fly_mode runs the triggers of the store: ask for one of them ({known})")
        if name not in SCENARIOS and (own is None or self.triggers.get(store, own) is None):
            raise NotFound(name)

    def _known(self, store_id: StoreId, visitor: VisitorId) -> tuple[Store, Profile]:
        store, profile = self.stores.get(store_id), People(self.visitors).load(store_id, visitor)
        if store is None or profile.version == 0:
            raise NotFound(visitor)
        return store, profile

    def _record(self, profile: Profile) -> SendRecord:
        return self.messages.sends.of(profile.store, [profile.visitor])[profile.visitor]

    def _past(self, profile: Profile, record: SendRecord, name: str, plan: Plan | None) -> Recorded | None:
        return self.recorded(profile, record, name, plan)

    def _asked(
        self, store: Store, to: Addressee, run: Run, plans: Mapping[str, Plan] | None = None
    ) -> tuple[Told, ...]:
        now, device = self.now(), devices_of(to.profile, None, newest=True) if to.profile else ()
        row = self.messages.subscriptions.get_many(store.id, device).get(device[0]) if device else None
        picking = Picking(self.select, store, run.terms.products, now, run.id, run.source_id)
        wording, promise = Wording.of(run, store), self.promise(run, store)
        known = plans or self.plans(store.id)
        rivals = rivals_of(run, store, known, now, partial(self.ended, store.id))
        desk = Desk(run, store, _NO_KEY, wording, _NO_HOSTS, picking, now, *rivals, promise)
        return tuple(explained(desk.moment(row, to)))

    def _why(self, profile: Profile, rule: Json, told: Sequence[Told]) -> tuple[Told, ...]:
        """Beside who is not in the audience, which conditions of its rule keep them out."""
        if rule is None or all(one.outcome == "passed" for one in told if one.gate in _OF_AUDIENCE):
            return tuple(told)
        failing = self.lacking(profile, rule)
        return tuple(
            replace(one, values={**one.values, "failing": failing}) if one.gate in _OF_AUDIENCE else one
            for one in told
        )


def _run(campaign: Campaign, store: Store, profile: Profile, now: Instant) -> Run:
    """Of a campaign that has found what to send to the rest: theirs, if they are of the rest."""
    run, found = run_of_campaign(campaign, store.shards, now, now), campaign.decision
    if campaign.winner is None or found is None or not found.sends or run.takes(profile.visitor):
        return run
    return rest_of_campaign(campaign, campaign.winner, store.shards, run, replace(found, at=now))


def _variant(run: Run, profile: Profile) -> str | None:
    return run.variant_at(run.variant_for(profile.visitor))
