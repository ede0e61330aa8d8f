"""What a decided change of one visitor means for the scenarios that are on: what starts, ends and is due."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Candidate, Commit, Profile, revised
from shopbell.domain.scenarios.agenda import Agenda, Noted
from shopbell.domain.scenarios.aside import its_turn, settle_aside, settled_at, stands_aside
from shopbell.domain.scenarios.falling import fall_due
from shopbell.domain.scenarios.instances import are_apart
from shopbell.domain.scenarios.live import LivePlans, is_scheduled
from shopbell.domain.scenarios.missing import missed
from shopbell.domain.scenarios.occasions import Occasions
from shopbell.domain.scenarios.pauses import next_pause, stirred
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.scenarios.plan import OnClock, Plan
from shopbell.domain.scenarios.spread import own_moment
from shopbell.domain.scenarios.triggers import Triggers, by_fresh
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.settle import Settled
from shopbell.domain.segments.timeline import DEFINITION, STATISTIC
from shopbell.domain.segments.zones import zone_of


class Engaged(NamedTuple):
    """`settled` with what waits for the visitor decided, and what happened to it."""

    settled: Settled
    notes: tuple[Noted, ...] = ()
    wake_at: Instant | None = None
    """The wake-up once what is queued has left."""


def engage(
    settled: Settled,
    profile: Profile,
    events: Sequence[Event],
    plans: LivePlans,
    ruleset: Ruleset,
    now: Instant,
    *,
    united: Sequence[Event] = (),
) -> Engaged:
    """After `settle` and before the commit that writes both (ruling 1). Nothing at all for whom no plan concerns.

    `profile` is as it was stored; `events` are those that arrived just now and not those of a log that was read
    again; `united` is what two ids did that are one person now: it may end something and starts nothing. What
    `profile` holds as queued is on its way by now and leaves. Pure, and a repeat of anything that was folded before
    starts nothing and ends nothing that it did not then.
    """
    after = profile if settled.commit is None else settled.commit.after
    if not after.steps and not united and not (plans.plans and _concerned(settled, profile, events, plans, now)):
        return Engaged(settled)
    agenda = Agenda.of(after)
    agenda.release(now)
    happened = sorted(events, key=lambda event: (event.at, event.received_at, event.id))
    happened = _priced(happened, ruleset)
    occasions = Occasions(profile, after, happened, ruleset, now)
    triggers = Triggers(agenda, plans, lambda: zone_of(plans.zone)(after))
    triggers.happened(occasions)
    triggers.united(_priced(united, ruleset), occasions)
    for flip in settled.flips:
        triggers.turned(flip, occasions)
    candidates = tuple(_candidates(settled, triggers, plans, happened))
    _recheck(agenda, after, plans, now)
    fall_due(agenda, plans, now)
    agenda.bound(now)
    after = revised(after, **agenda.onto(after))
    return _engaged(settled, profile, after, candidates, agenda.notes, next_pause(after, plans, now), now)


def queued(profile: Profile) -> tuple[PendingStep, ...]:
    """Those that a commit decided to be due: on the queue after it, and away with the next (ruling 1)."""
    return tuple(step for step in profile.steps if step.state == "queued")


def released(profile: Profile, wake_at: Instant | None, now: Instant) -> Commit:
    """The next commit: what was put on the queue leaves."""
    agenda = Agenda.of(profile)
    agenda.release(now)
    return Commit(profile, revised(profile, **agenda.onto(profile), wake_at=wake_at))


def put_off(profile: Profile, step: PendingStep) -> Profile:
    """With a step that was on its way and waits again, in place of one of the same name; it may wake up earlier."""
    agenda = Agenda.of(profile)
    agenda.put_off(step)
    after = revised(profile, **agenda.onto(profile))
    if after.steps == profile.steps:
        return profile
    return revised(after, wake_at=step.due if profile.wake_at is None else min(profile.wake_at, step.due))


def unsent(profile: Profile, step: PendingStep) -> Profile:
    """With a step that was on its way and reached nobody; the same object if that is known, or of no instance."""
    agenda = Agenda.of(profile)
    agenda.unsent(step)
    after = revised(profile, **agenda.onto(profile))
    if after.ran == profile.ran:
        return profile
    return revised(after, wake_at=its_turn(after, step.source_id))


def _concerned(settled: Settled, profile: Profile, events: Sequence[Event], plans: LivePlans, now: Instant) -> bool:
    if settled.commit is not None and settled.commit.candidates:
        return True
    if any(flip.segment in plans.segments for flip in settled.flips):
        return True
    after = profile if settled.commit is None else settled.commit.after
    ends = plans.exits if after.ran else {}
    if any(event.type in plans.starters or event.type in ends or plans.calls_off(event.type) for event in events):
        return True
    if after.ran and any(plan.scenario in after.ran for one in events for plan, _ in plans.holds.get(one.type, ())):
        return True
    return stirred(profile, after, events, plans, now)


def _candidates(
    settled: Settled, triggers: Triggers, plans: LivePlans, events: Sequence[Event]
) -> Iterator[Candidate]:
    """Those of the clock, and of whatever else counts as it for a plan."""
    if settled.commit is None:
        return
    found, after = [(one, 0) for one in settled.commit.candidates], settled.commit.after
    for flip in settled.commit.flips:
        if flip.change == "entered" and after.memberships.get(flip.segment) == flip.at:
            for plan in plans.segments.get(flip.segment, ()):
                if is_scheduled(plan) and _counts(flip, plan, events):
                    wait = own_moment(after, plan.spread) if flip.cause == DEFINITION else 0
                    found.append((Candidate(plan.scenario, flip.at, flip.at), wait))
    for candidate, wait in found:
        written = triggers.candidate(candidate)
        if written is not None:
            yield replace(written, send_at=written.send_at + wait)


def _counts(flip: Flip, plan: Plan, events: Sequence[Event]) -> bool:
    """A score that turned; where that was asked for, a definition, or what happened just now."""
    if flip.cause == STATISTIC:
        return True
    if flip.cause == DEFINITION:
        return plan.include_existing
    return isinstance(plan.trigger, OnClock) and plan.trigger.fresh and by_fresh(flip, events)


def _priced(events: Sequence[Event], ruleset: Ruleset) -> list[Event]:
    return [event.priced_in(ruleset.currency) if event.products else event for event in events]


def _recheck(agenda: Agenda, after: Profile, plans: LivePlans, now: Instant) -> None:
    """Who left the audience is sent nothing more of it; where one instance alone may run, the others end."""
    for scenario in sorted({step.source_id for step in agenda.steps.values() if step.source == "scenario"}):
        plan = plans.plans.get(scenario)
        if plan is None:
            continue
        running = agenda.running(scenario)
        if plan.recheck_audience and plan.segment not in after.memberships:
            for ran in (*running, *agenda.deferred(scenario)):
                gone = bool(after.subscriptions) and not after.subscribed
                why = "unsubscribed" if gone else "audience_left"
                agenda.cancel(ran, after.left.get(plan.segment, now), why)
        elif stands_aside(plan):
            settle_aside(agenda, plan, now)
        elif plan.reentry != "always" and not are_apart(plan):
            _leave_one(agenda, running, now)


def _leave_one(agenda: Agenda, running: Sequence[Ran], now: Instant) -> None:
    """The oldest that has reached somebody: in its way nothing stands that began later. Else the latest."""
    goes_on = next((one for one in running if one.reached), running[-1] if running else None)
    for ran in (one for one in running if one != goes_on):
        agenda.cancel(ran, now, "superseded")


def _engaged(
    settled: Settled,
    profile: Profile,
    after: Profile,
    candidates: tuple[Candidate, ...],
    notes: Sequence[Noted],
    pause: Instant | None,
    now: Instant,
) -> Engaged:
    waiting = [step.due for step in after.steps if step.state == "waiting"]
    wakes = [*waiting[:1], *(at for at in (after.wake_at, pause, settled_at(after, now)) if at is not None)]
    wake_at = min(wakes, default=None)
    if not settled.more:  # what is left over wakes at once as it is
        after = revised(after, wake_at=now if queued(after) else wake_at)
    commit = Commit(profile, after) if settled.commit is None else replace(settled.commit, after=after)
    commit = replace(commit, candidates=candidates, missed=missed(notes, now))
    idle = profile.version and not (commit.flips or commit.refreshed or candidates) and after == profile
    written = Settled(None if idle else commit, settled.flips, settled.evaluated, settled.more)
    return Engaged(written, tuple(notes), wake_at)
