"""Of several orders the newest is followed up; those before it stand aside until a message of it has gone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shopbell.domain.clock import HOUR, Duration, Instant
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.agenda import RESTARTED, Agenda
from shopbell.domain.scenarios.pending import DEVICES, PendingStep, Ran
from shopbell.domain.scenarios.plan import OnEvent, Plan

MOST: Final = 3
"""Instances that stand aside for one visitor; of more the oldest are over."""
BACK: Final[Duration] = HOUR
"""So long after a message went on its way it may yet come back: put off, stopped, or for nobody."""


def stands_aside(plan: Plan) -> bool:
    return isinstance(plan.trigger, OnEvent) and plan.trigger.aside


def settle_aside(agenda: Agenda, plan: Plan, now: Instant) -> None:
    """The newest waits for its moment, the others for what becomes of it: once it has reached somebody they are over.

    Which of them those are the instances alone say, in whatever order they became known, or came together by a login.
    """
    known = agenda.instances(plan.scenario)
    reached = _last([_has_reached(agenda, ran, now) for ran in known])
    away = _last([ran.ended_at is not None and ran.reached for ran in known])
    left = [(place, ran) for place, ran in enumerate(known) if ran.ended_at is None and place != reached]
    waiting = [(place, ran) for place, ran in left if place > reached]
    newest = [ran for place, ran in waiting[-1:] if place > away]
    older = [ran for _, ran in waiting[: len(waiting) - len(newest)]]
    for ran in (*(ran for place, ran in left if place < reached), *older[:-MOST]):
        agenda.cancel(ran, now, RESTARTED)
    _stand(agenda, plan, older[-MOST:])
    for step in [step for ran in newest for step in agenda.waiting(plan.scenario, ran.key)]:
        if step.state == "aside":
            agenda.steps[step.id] = _forward(step, now)
            agenda.unsent(step, still=False)


def settled_at(profile: Profile, now: Instant) -> Instant | None:
    """When it is known next of a message on its way that it will not come back, where another stands aside for it."""
    names = {step.source_id for step in profile.steps if step.state == "aside"}
    ends = [ran.ended_at for name in names for ran in profile.ran.get(name, ()) if ran.ended_at and ran.reached]
    ends += [min(step.due, now) for step in profile.steps if step.state == "queued" and step.source_id in names]
    return min((at + BACK for at in ends if at + BACK > now), default=None)


def its_turn(profile: Profile, scenario: str) -> Instant | None:
    """When the profile is to wake up since a message has reached nobody that others stand aside for; mostly None."""
    waiting = (step.due for step in profile.steps if step.source_id == scenario and step.state == "aside")
    known = (profile.wake_at,) if profile.wake_at is not None else ()
    return min((*waiting, *known), default=None)


def _has_reached(agenda: Agenda, ran: Ran, now: Instant) -> bool:
    """What waits for some devices alone has reached the others."""
    if ran.ended_at is None:
        return any(DEVICES in step.facts for step in agenda.waiting(ran.source_id, ran.key))
    return ran.reached and now >= ran.ended_at + BACK


def _last(places: Sequence[bool]) -> int:
    return max((place for place, is_so in enumerate(places) if is_so), default=-1)


def _stand(agenda: Agenda, plan: Plan, older: Sequence[Ran]) -> None:
    """What was put off counts as sent no more until its turn: else the newest would keep away from it."""
    for ran in older:
        for step in agenda.waiting(plan.scenario, ran.key):
            agenda.steps[step.id] = replace(step, state="aside")
            if step.run is not None and DEVICES not in step.facts:
                agenda.unsent(step)


def _forward(step: PendingStep, now: Instant) -> PendingStep:
    """While it stood aside it could not be sent: that uses up none of its relevance."""
    stood = max(now - step.due, 0)
    return replace(step, state="waiting", due=step.due + stood, expires_at=step.expires_at + stood)
