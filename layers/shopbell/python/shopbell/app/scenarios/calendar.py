"""Plan what a store's own calendar asks for: each instant once, made up for if missed, never two at a time."""

from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.delivery.ended import finished, in_flight
from shopbell.app.delivery.plan import Launch, end_of, for_visitors, run_id
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.localtime import date_of, minute_of
from shopbell.domain.pauses import within
from shopbell.domain.runs import Audience, Run
from shopbell.domain.scenarios.calendar import ROUND, first_of_week, latest, wall_of
from shopbell.domain.scenarios.plan import OnCalendar, Plan
from shopbell.domain.scenarios.terms import delivery_of, terms_of
from shopbell.domain.segments.zones import named
from shopbell.domain.store import Store
from shopbell.ports import RunProgress, Runs, Segments

NOT_DUE: Final = "not_due"
MISSED: Final = "missed"
OVERLAPPING: Final = "skipped_overlapping"
IN_A_PAUSE: Final = "skipped_paused"
HELD: Final = "sending_paused"
STEP_OFF: Final = "step_off"


def run_of(plan: Plan, store: Store, at: Instant, now: Instant, step: int = 0) -> Run:
    """One message to all who are in the hidden segment, one shard of it at a time."""
    delivery = delivery_of(plan, step)
    return Run(
        store=store.id,
        id=run_id(store.id, "scenario", plan.scenario, at),
        source="scenario",
        source_id=plan.scenario,
        scheduled_at=at,
        created_at=now,
        ends_at=end_of(at, delivery),
        shards=store.shards,
        audience=Audience(include=(plan.segment,)),
        content=plan.steps[step].content,
        variants=plan.steps[step].variants,
        delivery=delivery,
        terms=terms_of(plan, step),
    )


def tried(run: Run, plan: Plan, trigger: OnCalendar, store: Store) -> Run:
    """For a dry run: as if the store's clock had shown the time just then, and nobody's moment were too long ago."""
    home = named(store.time_zone)
    now = run.scheduled_at
    run = _of_one_pool(run, first_of_week(trigger, home, now, plan.since or now))
    return for_visitors(run, date_of(now, home), minute_of(now, home), 0) if trigger.by_visitor else run


def _by_calendar(run: Run, trigger: OnCalendar, store: Store, since: Instant) -> Run:
    home = named(store.time_zone)
    run = _of_one_pool(run, first_of_week(trigger, home, run.scheduled_at, since))
    if not trigger.by_visitor:
        return run
    oldest = max(since, run.created_at - trigger.max_lateness)
    return for_visitors(run, *wall_of(trigger, home, run.scheduled_at), oldest)


def _of_one_pool(run: Run, first: Instant) -> Run:
    """What is new is settled for the week when it first runs in it, unless it is to be made anew each day."""
    products = run.terms.products
    if products.options.get("refresh") != "weekly":
        return run
    frozen = replace(products, options={**products.options, "new_until": first})
    return replace(run, terms=replace(run.terms, products=frozen))


@dataclass(frozen=True, slots=True)
class PlanByCalendar:
    """Asked every quarter of an hour. The run of an instant is its mark: who finds it there makes no other.

    An instant that comes to nothing, since it was missed for too long or the run before is still sending, leaves a
    cancelled run behind, so that it is decided and counted once. While the store sends nothing, what recurs waits
    without a run, as long as it would be made up for: else all that came meanwhile would go at once afterwards.
    """

    segments: Segments
    runs: Runs
    progress: RunProgress
    launch: Launch
    now: Clock

    def __call__(self, plan: Plan, trigger: OnCalendar, store: Store, since: Instant, scheduled_at: Instant) -> str:
        """The outcome, by which it is counted. `since`: instants before it were not asked for yet."""
        at, span = latest(trigger, named(store.time_zone), scheduled_at), ROUND if trigger.by_visitor else 0
        if at is None or at + span < since:
            return NOT_DUE
        now = max(scheduled_at, self.now())
        late = now - at >= trigger.max_lateness + span
        run = _by_calendar(run_of(plan, store, at, self.now()), trigger, store, since)
        known = self.runs.get(store.id, run.id)
        if known is not None:
            return self._again(known, late=late)
        if late:
            return self._given_up(run, MISSED if within(store.stood, at) is None else IN_A_PAUSE)
        if store.sending == "paused" and trigger.once is None:
            return HELD
        return self._begin(plan, run, store, now)

    def _begin(self, plan: Plan, run: Run, store: Store, now: Instant) -> str:
        if not plan.steps[0].enabled:
            return STEP_OFF
        segment = self.segments.get(run.store, plan.segment)
        if segment is None or segment.state == "building":
            return "audience_building"
        if self._overlapped(run, store, now):
            return self._given_up(run, OVERLAPPING)
        return "runs_planned" if self.launch(run) else "runs_planned_before"

    def _again(self, run: Run, *, late: bool) -> str:
        """Whoever made it may have died before all of its shard messages were out."""
        if late or run.given_up or len(self.progress.shards(run.store, run.id)) >= run.shards:
            return NOT_DUE
        self.launch(run)
        return "runs_planned_before"

    def _given_up(self, run: Run, reason: str) -> str:
        mark = replace(run, state="cancelled", shards=0, given_up=reason)
        return reason if self.runs.create(mark) else NOT_DUE

    def _overlapped(self, run: Run, store: Store, now: Instant) -> bool:
        """The lease of an earlier run lasts until its last message has ended or was put off, or the run has."""
        known = self.runs.of_source(run.store, run.source, run.source_id)
        return in_flight(lambda one: finished(self.progress, one), known, run, store, now)
