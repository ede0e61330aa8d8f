"""The run that a step belongs to: where it was put off, or its scenario's of that day; and the devices it goes to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shopbell.app.delivery.desks import PlanBook
from shopbell.app.delivery.plan import run_id
from shopbell.domain.clock import DAY, Clock, Instant
from shopbell.domain.dispatch import Dispatch
from shopbell.domain.events import Json
from shopbell.domain.ids import RunId, StoreId, SubscriptionId
from shopbell.domain.lasting import LONGEST_RUN
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Audience, Run
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.terms import delivery_of, terms_of
from shopbell.domain.store import Store
from shopbell.ports import Runs

ReadPlan = Callable[[StoreId, str], Plan | None]


def _none(_: StoreId, __: str) -> Plan | None:
    """Whoever keeps nothing has nothing to ask anew."""
    return None


@dataclass(frozen=True, slots=True)
class DayRun:
    """One run for (store, scenario, step, revision of its settings, UTC day), so that reports and tokens work."""

    runs: Runs
    plans: PlanBook
    now: Clock
    anew: ReadPlan = _none
    """Asked for a plan that is not among those: it may have been switched on a moment ago."""

    def __call__(self, store: Store, step: PendingStep, known: Dispatch | None) -> Run | str:
        """Made if it is not there; else why there is none. The day is the step's, so that a retry finds its run."""
        before = known.run if known is not None and known.state == "posting" else step.run
        if before is not None:
            return self.runs.get(store.id, RunId(before)) or "run_gone"
        if step.source != "scenario":
            return "run_gone"
        plan = self.plans(store.id).get(step.source_id) or self.anew(store.id, step.source_id)
        if plan is None:
            return "scenario_off"
        if step.step >= len(plan.steps) or not plan.steps[step.step].enabled:
            return "step_off"
        return self._made(_run(store.id, plan, step, self.now()))

    def _made(self, run: Run) -> Run:
        found = self.runs.get(run.store, run.id)
        if found is None and not self.runs.create(run):
            found = self.runs.get(run.store, run.id)
        return found or run


def devices_of(profile: Profile, named: Json, *, newest: bool) -> tuple[SubscriptionId, ...]:
    """Those that can be reached; `named`: only of these; `newest`: only the one that was there last."""
    active = [fact for fact in profile.subscriptions.values() if fact.active]
    if isinstance(named, Sequence):
        return tuple(sorted(fact.id for fact in active if fact.id in named))
    if newest and active:
        return (max(active, key=lambda fact: (fact.changed_at, fact.id)).id,)
    return tuple(sorted(fact.id for fact in active))


def _run(store: StoreId, plan: Plan, step: PendingStep, now: Instant) -> Run:
    day, part = step.due - step.due % DAY, f"{step.step}.{plan.revision}"
    return Run(
        store=store,
        id=run_id(store, "scenario", plan.scenario, day, part),
        source="scenario",
        source_id=plan.scenario,
        scheduled_at=day,
        created_at=now,
        ends_at=day + DAY + LONGEST_RUN,
        shards=0,
        audience=Audience(include=(plan.segment,)),
        content=plan.steps[step.step].content,
        variants=plan.steps[step.step].variants,
        delivery=delivery_of(plan, step.step),
        terms=terms_of(plan, step.step),
        part=part,
    )
