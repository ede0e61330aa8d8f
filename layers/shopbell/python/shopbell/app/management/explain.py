"""Say of one visitor why a message would go now or not, gate by gate, and what became of the last one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from shopbell.app.delivery.compose import Desk
from shopbell.app.delivery.dayrun import devices_of
from shopbell.app.delivery.desks import PlanBook
from shopbell.app.delivery.letters import Addressee
from shopbell.app.delivery.picking import Picking, Selecting
from shopbell.app.delivery.plan import run_of_campaign
from shopbell.app.delivery.wording import Wording
from shopbell.app.people import People
from shopbell.app.scenarios.calendar import run_of
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.dispatch import Dispatch, dispatch_name
from shopbell.domain.errors import NotFound
from shopbell.domain.gates import Told, explained
from shopbell.domain.ids import CampaignId, StoreId, VisitorId
from shopbell.domain.outcomes import NAMES, OPEN
from shopbell.domain.profile import Profile
from shopbell.domain.push.endpoints import AllowedHosts, allow
from shopbell.domain.push.token import TokenKey
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.fly import trigger_of
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.store import Store
from shopbell.ports import Campaigns, Dispatches, OwnTriggers, Sends, Stores, Subscriptions, Visitors

_NO_KEY: Final = TokenKey(0, bytes(32))
"""Signs tokens that never leave."""
OFF: Final = Told("enabled", "skipped", {"enabled": False})
"""What is said of a scenario that is switched off."""
_NO_HOSTS: Final[AllowedHosts] = allow(())


@dataclass(frozen=True, slots=True)
class Recorded:
    """How the latest message of it ended, on each of the visitor's devices; `state` as the guard has it."""

    started_at: Instant
    step: int
    state: str
    outcomes: tuple[str, ...]
    gates: tuple[Told, ...]
    """Those that were not open, by what the outcomes say of them."""


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
    now: Clock

    def of_campaign(self, store_id: StoreId, visitor: VisitorId, name: str) -> Explanation:
        """As if it were sent at this moment. NotFound: no such store, visitor or campaign."""
        store, profile = self._known(store_id, visitor)
        campaign = self.campaigns.get(store_id, CampaignId(name))
        if campaign is None:
            raise NotFound(name)
        run = run_of_campaign(campaign, store.shards, self.now(), self.now())
        return Explanation(None, self._asked(store, profile, run, None), _variant(run, profile))

    def of_scenario(self, store_id: StoreId, visitor: VisitorId, name: str) -> Explanation:
        """The step that waits for the visitor, else the first one. NotFound: no such store, visitor or scenario."""
        store, profile = self._known(store_id, visitor)
        plans = self.plans(store_id)
        plan = plans.get(name)
        if plan is None:
            self._check(store_id, name)
            return Explanation(None, (OFF,))
        waiting = next((one for one in profile.steps if one.source_id == name), None)
        place = waiting.step if waiting else next((n for n, one in enumerate(plan.steps) if one.enabled), 0)
        if place >= len(plan.steps):
            return Explanation(None, (OFF,))
        run = run_of(plan, store, self.now(), self.now(), place)
        told = self._asked(store, profile, replace(run, shards=0) if waiting else run, waiting, plans)
        return Explanation(self._recorded(store_id, profile, plan), told, _variant(run, profile))

    def _check(self, store: StoreId, name: str) -> None:
        own = trigger_of(name)
        if name not in SCENARIOS and (own is None or self.triggers.get(store, own) is None):
            raise NotFound(name)

    def _known(self, store_id: StoreId, visitor: VisitorId) -> tuple[Store, Profile]:
        store, profile = self.stores.get(store_id), People(self.visitors).load(store_id, visitor)
        if store is None or profile.version == 0:
            raise NotFound(visitor)
        return store, profile

    def _asked(
        self,
        store: Store,
        profile: Profile,
        run: Run,
        step: PendingStep | None,
        plans: Mapping[str, Plan] | None = None,
    ) -> tuple[Told, ...]:
        now = self.now()
        device = devices_of(profile, None, newest=True)
        row = self.messages.subscriptions.get_many(store.id, device).get(device[0]) if device else None
        record = self.messages.sends.of(store.id, [profile.visitor])[profile.visitor]
        picking = Picking(self.select, store, run.terms.products, now)
        priorities = {name: plan.priority for name, plan in (plans or self.plans(store.id)).items()}
        desk = Desk(run, store, _NO_KEY, Wording.of(run, store), _NO_HOSTS, picking, now, priorities)
        return tuple(explained(desk.moment(row, Addressee(profile, record, step))))

    def _recorded(self, store: StoreId, profile: Profile, plan: Plan) -> Recorded | None:
        """Of the newest instance whose message went on its way: the last step of it that did."""
        for ran in reversed(profile.ran.get(plan.scenario, ())):
            for step in _steps(plan, ran):
                found = self.messages.dispatches.get(store, profile.visitor, dispatch_name(step))
                if found is not None:
                    return _told(ran, step, found)
        return None


def _variant(run: Run, profile: Profile) -> str | None:
    return run.variant_at(run.variant_for(profile.visitor))


def _steps(plan: Plan, ran: Ran) -> Iterator[PendingStep]:
    """By their names alone, the last first."""
    for place in reversed(range(len(plan.steps))):
        yield PendingStep("scenario", plan.scenario, ran.key, place, 0, ran.started_at, 0)


def _told(ran: Ran, step: PendingStep, found: Dispatch) -> Recorded:
    outcomes = tuple(NAMES[code] if code != OPEN else "open" for code in found.codes)
    return Recorded(ran.started_at, step.step, found.state, outcomes, tuple(_closed(outcomes)))


def _closed(outcomes: tuple[str, ...]) -> Iterator[Told]:
    for outcome in sorted(set(outcomes)):
        match outcome.partition(":"):
            case ("skipped", _, gate):
                yield Told(gate, "skipped", {})
            case ("deferred", _, gate):
                yield Told(gate, "deferred", {})
            case _:
                pass
